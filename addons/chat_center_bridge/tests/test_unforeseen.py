"""What nobody foresaw stops one event or one conversation, and nothing behind it."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from . import payloads
from .common import ChatBuilders
from .provider import ProviderMixin

MODELS = "odoo.addons.chat_center_bridge.models"
POISON = "Poison"


class UnforeseenCase(ProviderMixin, ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()

    def _failing(self, model, method, error, is_poison):
        """A patch: the method fails on what ``is_poison`` says."""
        model = type(self.env[model])
        right = getattr(model, method)

        def wrong(records, *args, **kwargs):
            if is_poison(records, *args):
                raise error
            return right(records, *args, **kwargs)

        return patch.object(model, method, wrong)

    def _with_poison(self, error):
        """A patch: messages with the word are done by nobody."""
        return self._failing(
            "chat.inbox",
            "_post",
            error,
            lambda _row, _gateway, event, _body: event.text == POISON,
        )


@tagged("post_install", "-at_install")
class TestUnforeseenEvent(UnforeseenCase):
    """One event of a lane cannot be done (E1: nobody else's message is lost)."""

    @mute_logger(f"{MODELS}.chat_inbox")
    def test_it_is_dead_at_last_and_those_behind_it_are_done_at_once(self):
        bad, good = self._update(POISON, number=1), self._update("Hello?", number=2)
        with self._with_poison(ZeroDivisionError("secret of the customer")):
            rows = self._receive(bad, good)
            self.assertEqual(rows.mapped("state"), ["new", "done"])
            for _time in range(2):
                rows[0]._work_off()
        self.assertEqual(rows[0].state, "dead")
        self.assertIn("ZeroDivisionError", rows[0].error)
        self.assertNotIn("secret", rows[0].error)

    @mute_logger(f"{MODELS}.chat_inbox", "odoo.sql_db")
    def test_an_error_of_the_database_is_one_like_others(self):
        def divide(row, _gateway, event, _body):
            if event.text == POISON:
                row.env.cr.execute("SELECT 1 / 0")

        with self._failing("chat.inbox", "_post", None, divide):
            rows = self._receive(
                self._update(POISON, number=1), self._update("Hello?", number=2)
            )
        self.assertEqual(rows.mapped("state"), ["new", "done"])

    @mute_logger(f"{MODELS}.chat_inbox")
    def test_tried_again_it_is_done(self):
        with self._with_poison(ZeroDivisionError()):
            row = self._receive(self._update(POISON))
            for _time in range(2):
                row._work_off()
        row.action_try_again()
        row._work_off()
        self.assertEqual(row.state, "done")
        self.assertFalse(row.error)

    def test_somebody_quicker_is_no_failure_of_the_event(self):
        """The lane begins its batch again, so the error has to reach it."""
        inbox = self.env["chat.inbox"]
        inbox._take(self.gateway, payloads.raw(self._update(POISON)))
        row = inbox.search([("state", "=", "new")])
        with self._with_poison(SerializationFailure()):
            with self.assertRaises(SerializationFailure):
                row._work_off()
        self.assertEqual((row.state, row.tries), ("new", 0))


@tagged("post_install", "-at_install")
class TestRefusedText(UnforeseenCase):
    """A text the messenger refuses does not stop what it accompanies (E1, E10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whatsapp = cls._gateway("whatsapp", name="Number")
        cls.direction.text_ids = [
            (0, 0, {"event": event, "text": f"Text {event}"})
            for event in ("greeting", "silence", "closing")
        ]

    def _late(self):
        """A message that WhatsApp brings a year late: its window is closed."""
        row = self._receive(payloads.WHATSAPP["text"], gateway=self.whatsapp)
        self.assertEqual(row.state, "done", row.error)
        return self.env["discuss.channel"].browse(row.message_id.res_id)

    def test_a_message_that_comes_late_is_not_lost(self):
        channel = self._late()
        self.assertEqual(channel.chat_state, "queued")
        self.assertEqual(len(channel.message_ids), 1)
        self.assertFalse(self.env["chat.outbox"].search([]))

    def test_an_operator_can_close_it(self):
        channel = self._late()
        operator = self._operator("chat_olga")
        channel._chat_take(operator, "base")
        channel.with_user(operator.user_id).chat_close()
        self.assertTrue(channel.livechat_end_dt)

    def test_the_clock_goes_on_with_it(self):
        channel = self._late()
        channel._chat_step_warn(self.env.cr.now())
        self.assertTrue(channel.chat_warned_at)
        self.assertFalse(self.env["chat.outbox"].search([]))

    def test_an_open_window_is_told(self):
        channel = self._conversation()
        self.assertIn("Text greeting", channel.message_ids.mapped("body")[0])


@tagged("post_install", "-at_install")
class TestUnforeseenHandOver(UnforeseenCase):
    """One conversation nobody can be given keeps nobody else waiting (P4)."""

    @mute_logger(f"{MODELS}.chat_direction_routing")
    def test_those_behind_it_get_the_slot(self):
        self._operator("chat_olga", base_slots=1, extra_slots=0)
        broken = self._conversation(chat=1, number=1)
        behind = self._conversation(chat=2, number=2)
        self.env.flush_all()
        with (
            self._failing(
                "discuss.channel",
                "_chat_let_in",
                ZeroDivisionError(),
                lambda channel, _user: channel == broken,
            ),
            self.own_transactions(),
        ):
            self.direction._route()
        self.assertEqual(broken.chat_state, "queued")
        self.assertFalse(broken.chat_operator_id)
        self.assertEqual(behind.chat_state, "active")
