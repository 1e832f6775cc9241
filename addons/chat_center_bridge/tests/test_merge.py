import random
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.adapter import Event, Sender
from ..rules.adapters import ADAPTERS
from ..rules.merge import EDIT_WAIT, STATES, Conversation, forward, is_waiting
from . import payloads
from .payloads import AT, CHAT, OUR_WAMID, WAMID

states = st.sampled_from(STATES)
WHO = str(CHAT)


def events_of(gateway_type, *bodies):
    adapter = ADAPTERS[gateway_type]
    parts = [part for body in bodies for part in adapter.split(payloads.raw(body))]
    return [adapter.parse(part) for part in parts]


TELEGRAM_DAY = events_of(
    "telegram",
    payloads.telegram_text("Здравствуйте", 10, 1),
    payloads.telegram_photo(11, 2, album="5", name="a"),
    payloads.telegram_photo(12, 3, album="5", name="b", caption="Чек"),
    payloads.telegram_photo(13, 4, album="5", name="c"),
    payloads.telegram_text("Где заказ?", 14, 5),
    payloads.telegram_edit("Где заказ 17?", 14, 6),
    # within the same second
    payloads.telegram_edit("Где мой заказ 17?", 14, 7),
    payloads.telegram_reaction("👍", number=14, update=8),
    payloads.telegram_reaction("🔥", number=14, update=9),
    payloads.telegram_reaction("👍", number=10, update=10, at=AT + 1),
    payloads.telegram_reaction(number=10, update=11, at=AT + 2),
    payloads.telegram_callback("yes", 12, title="Да"),
    payloads.telegram_membership("kicked", 13, AT + 3),
    payloads.telegram_membership("member", 14, AT + 4),
    payloads.telegram_edit("Поздно", 99, 15),
)
WHATSAPP_DAY = events_of(
    "whatsapp",
    payloads.WHATSAPP["text"],
    payloads.WHATSAPP["edit"],
    payloads.WHATSAPP["reaction"],
    payloads.WHATSAPP["sent"],
    payloads.WHATSAPP["delivered"],
    payloads.WHATSAPP["read"],
    payloads.whatsapp(
        payloads.whatsapp_message(
            "button", "wamid.4", button={"text": "Да", "payload": "yes"}
        )
    ),
    payloads.whatsapp(payloads.whatsapp_text("Алло", "wamid.2")),
    payloads.whatsapp(
        payloads.whatsapp_message(
            "revoke", "wamid.3", revoke={"original_message_id": "wamid.2"}
        )
    ),
)
DAYS = (TELEGRAM_DAY, WHATSAPP_DAY)


def shuffled_and_doubled(draw, day):
    """All events of a day, some of them twice, in any order."""
    again = draw(st.lists(st.sampled_from(day), max_size=10))
    return draw(st.permutations([*day, *again]))


def conversations(events):
    """Chat -> what is seen of it."""
    found = {}
    for event in events:
        found.setdefault(event.chat_key, Conversation()).add(event)
    return {chat: seen(conversation) for chat, conversation in found.items()}


def seen(conversation):
    return (
        conversation.messages(),
        conversation.messages(with_waiting=True),
        conversation.states,
        conversation.waiting,
        conversation.is_blocked,
    )


@tagged("post_install", "-at_install")
class TestMerge(BaseCase):
    """The same events give the same conversation, whatever their order."""

    @given(st.data(), st.sampled_from(DAYS))
    def test_order_and_repetition_do_not_matter(self, data, day):
        events = shuffled_and_doubled(data.draw, day)
        self.assertEqual(seen(Conversation(events)), seen(Conversation(day)))

    @given(st.data(), st.sampled_from(DAYS), st.integers(min_value=0, max_value=20))
    def test_what_comes_in_two_parts_comes_to_the_same(self, data, day, cut):
        events = shuffled_and_doubled(data.draw, day)
        conversation = Conversation(events[:cut])
        seen(conversation)
        for event in events[cut:]:
            conversation.add(event)
        self.assertEqual(seen(conversation), seen(Conversation(day)))

    def test_300_events_of_five_customers(self):
        chance = random.Random(5)
        day = events_of("telegram", *payloads.telegram_day(chance, 300))
        expected = conversations(day)
        self.assertEqual(len(expected), 5)
        self.assertGreater(sum(len(one[0]) for one in expected.values()), 100)
        for _time in range(10):
            events = day + chance.choices(day, k=300)
            chance.shuffle(events)
            self.assertEqual(conversations(events), expected)

    def test_a_day_in_telegram(self):
        conversation = Conversation(TELEGRAM_DAY)
        texts = [message.text for message in conversation.messages()]
        self.assertEqual(texts, ["Здравствуйте", "Чек", "Где мой заказ 17?", "Да"])
        self.assertFalse(conversation.is_blocked)
        self.assertEqual(conversation.waiting, [f"{CHAT}:99"])

    def test_an_album_is_one_message(self):
        album = Conversation(TELEGRAM_DAY).messages()[1]
        self.assertEqual([file.id for file in album.files], ["a", "b", "c"])
        self.assertEqual(album.ids, (f"{CHAT}:11", f"{CHAT}:12", f"{CHAT}:13"))

    def test_the_newest_edit_is_shown(self):
        message = Conversation(TELEGRAM_DAY).messages()[2]
        self.assertTrue(message.is_edited)
        self.assertEqual(message.at, datetime(2026, 3, 2, 8))
        self.assertEqual(message.reactions, {WHO: ("🔥",)})

    def test_a_reaction_that_was_taken_back(self):
        self.assertEqual(Conversation(TELEGRAM_DAY).messages()[0].reactions, {})

    def test_an_edit_waits_for_its_original(self):
        edit, original = events_of(
            "telegram", payloads.TELEGRAM["edit"], payloads.TELEGRAM["text"]
        )
        conversation = Conversation([edit])
        self.assertEqual(conversation.messages(), [])
        [message] = conversation.messages(with_waiting=True)
        self.assertEqual(message.text, "Где мой заказ 17?")
        conversation.add(original)
        self.assertEqual(conversation.messages(), [message])
        self.assertEqual(conversation.waiting, [])

    def test_how_long_it_waits(self):
        edit, text, sign = events_of(
            "telegram",
            payloads.TELEGRAM["edit"],
            payloads.TELEGRAM["text"],
            payloads.TELEGRAM["reaction"],
        )
        came = datetime(2026, 3, 2, 12)
        self.assertTrue(is_waiting(edit, came, came + timedelta(minutes=4)))
        self.assertFalse(is_waiting(edit, came, came + EDIT_WAIT))
        self.assertTrue(is_waiting(sign, came, came))
        self.assertFalse(is_waiting(text, came, came))

    def test_a_message_that_was_withdrawn(self):
        messages = Conversation(WHATSAPP_DAY).messages()
        [message] = [one for one in messages if one.is_revoked]
        self.assertEqual((message.ids, message.text), (("wamid.2",), ""))

    def test_the_file_stays_when_its_caption_is_edited(self):
        image, edit = events_of(
            "whatsapp", payloads.WHATSAPP["image"], payloads.WHATSAPP["edit"]
        )
        [message] = Conversation([edit, image]).messages()
        self.assertEqual(message.ids, (WAMID,))
        self.assertEqual(message.text, "Где мой заказ 17?")
        self.assertEqual(len(message.files), 1)

    def test_the_state_of_our_message(self):
        self.assertEqual(Conversation(WHATSAPP_DAY).states, {OUR_WAMID: "read"})

    def test_blocked_and_let_in_again_within_a_second(self):
        events = [
            Event("blocked", WHO, Sender(WHO), datetime(2026, 3, 2), sequence=2),
            Event("unblocked", WHO, Sender(WHO), datetime(2026, 3, 2), sequence=1),
        ]
        self.assertTrue(Conversation(events).is_blocked)
        self.assertTrue(Conversation(events[::-1]).is_blocked)

    @given(st.lists(states, min_size=1))
    def test_a_state_only_moves_forward(self, told):
        state = ""
        for one in told:
            after = forward(state, one)
            self.assertIn(after, (state, one))
            if state:
                self.assertGreaterEqual(STATES.index(after), STATES.index(state))
            state = after
        self.assertEqual(state, max(told, key=STATES.index))

    def test_what_settles_what(self):
        for state, told, expected in (
            ("", "sent", "sent"),
            ("read", "delivered", "read"),
            ("unknown", "sent", "sent"),
            ("sent", "failed", "failed"),
            ("failed", "sent", "failed"),
            # on the customer's other device
            ("failed", "delivered", "delivered"),
            ("sent", "news of a later release", "sent"),
        ):
            with self.subTest(state, told=told):
                self.assertEqual(forward(state, told), expected)
