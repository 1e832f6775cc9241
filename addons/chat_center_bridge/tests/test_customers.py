"""The card of a customer: who sees and does what (issue A, identities; B, block)."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChatBuilders
from .test_access import AccessWorld

# a door of a customer, and what it needs
DOORS = {
    "chat_link": lambda self: (self.partner.id,),
    "chat_undo_link": lambda self: (),
    "chat_send_proof_link": lambda self: (self.partner.id,),
    "chat_suggestions": lambda self: (),
    "chat_prefer": lambda self: (),
    "chat_block": lambda self: ("Advertising",),
    "chat_unblock": lambda self: (),
    "chat_begin": lambda self: (),
}


@tagged("post_install", "-at_install")
class TestCustomersSeen(AccessWorld, TransactionCase):
    """Operators see the customers of their directions; who serves one acts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Anna", "email": "anna.seen@example.com"}
        )
        cls.identity = cls.taken.chat_identity_id
        cls.identity.alias_ids = [(0, 0, {"name": "phone:79001234567"})]
        cls.insiders = cls.holder | cls.colleague | cls.supervisor | cls.manager

    def _finds(self, user, model, domain=()):
        return self.env[model].with_user(user).search(domain)

    def test_operators_find_the_customers_of_their_directions(self):
        self.taken._chat_close(fields.Datetime.now(), "spam")
        for user in self.insiders:
            with self.subTest(user.login):
                mine = [("id", "=", self.identity.id)]
                self.assertTrue(self._finds(user, "chat.identity", mine))
        for user in self.stranger | self.foreign_supervisor:
            with self.subTest(user.login):
                self.assertFalse(self._finds(user, "chat.identity"))

    def test_who_was_transferred_is_seen_where_he_is_now_as_well(self):
        mine = [("id", "=", self.identity.id)]
        self.assertEqual(self.identity.direction_id, self.direction)
        self.taken.with_user(self.holder).chat_transfer_to_direction(self.other.id)
        self.assertEqual(self.identity.direction_id, self.other)
        for user in self.insiders | self.stranger | self.foreign_supervisor:
            with self.subTest(user.login):
                self.assertTrue(self._finds(user, "chat.identity", mine))
        self.assertTrue(self.identity.with_user(self.foreign_supervisor).is_supervised)
        self.assertFalse(self.identity.with_user(self.supervisor).is_supervised)

    def test_whom_one_speaks_with_is_seen_whatever_one_serves(self):
        self.taken._add_members(users=self.stranger)
        mine = [("id", "=", self.identity.id)]
        self.assertTrue(self._finds(self.stranger, "chat.identity", mine))

    def test_names_and_links_are_seen_as_the_customer(self):
        self.identity.with_user(self.holder).chat_link(self.partner.id)
        for model in ("chat.identity.alias", "chat.identity.link"):
            for user in self.insiders:
                with self.subTest(model=model, user=user.login):
                    self.assertTrue(self._finds(user, model))
            for user in self.stranger | self.foreign_supervisor:
                with self.subTest(model=model, user=user.login):
                    self.assertFalse(self._finds(user, model))

    def test_outsiders_open_no_door(self):
        for user in self.outsiders:
            identity = self.identity.with_user(user)
            for door, arguments in DOORS.items():
                with self.subTest(user=user.login, door=door):
                    with self.assertRaises(AccessError):
                        getattr(identity, door)(*arguments(self))
        self.assertFalse(self.identity.is_spam or self.identity.partner_id)

    def test_a_colleague_sees_the_card_and_decides_nothing(self):
        card = self.identity.with_user(self.colleague)
        self.assertFalse(card.is_served or card.is_supervised)
        for door in ("chat_link", "chat_undo_link", "chat_prefer", "chat_block"):
            with self.subTest(door), self.assertRaises(AccessError):
                getattr(card, door)(*DOORS[door](self))

    def test_the_card_shows_buttons_to_who_may_press_them(self):
        for user, served, supervised in (
            (self.holder, True, False),
            (self.supervisor, True, True),
            (self.manager, True, True),
        ):
            card = self.identity.with_user(user)
            with self.subTest(user.login):
                self.assertEqual(
                    (card.is_served, card.is_supervised), (served, supervised)
                )

    def test_nobody_writes_a_customer_by_hand(self):
        for user in self.insiders:
            for values in ({"partner_id": self.partner.id}, {"is_spam": True}):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    self.identity.with_user(user).write(values)

    def test_messages_on_their_way_are_seen_as_their_conversation(self):
        """The outbox has rules as the inbox has."""
        self.taken.with_user(self.holder).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for user in self.holder | self.supervisor | self.manager:
            with self.subTest(user.login):
                self.assertTrue(self._finds(user, "chat.outbox"))
        for user in self.colleague | self.stranger | self.foreign_supervisor:
            with self.subTest(user.login):
                self.assertFalse(self._finds(user, "chat.outbox"))
        for user in self.livechat | self.clerk | self.portal | self.public:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._finds(user, "chat.outbox")
        for user in self.supervisor | self.manager:
            self.assertTrue(self._finds(user, "chat.outbox.part"))
        self.assertFalse(self._finds(self.foreign_supervisor, "chat.outbox.part"))

    def test_files_of_customers_are_seen_by_who_supervises_the_gateway(self):
        photo = {"file_id": "F1", "width": 9, "height": 9, "file_size": 90}
        self._receive(self._update(text="", chat=2, number=3, photo=[photo]))
        self.assertTrue(self._finds(self.supervisor, "chat.inbox.file"))
        self.assertFalse(self._finds(self.foreign_supervisor, "chat.inbox.file"))


class CustomerCase(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.operator = cls._operator("chat_olga")
        cls.user = cls.operator.user_id
        cls.channel = cls._taken(cls.operator)
        cls.identity = cls.channel.chat_identity_id
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Anna of the card",
                "phone": "+79139998811",
                "email": "anna.card@example.com",
            }
        )
        cls.card = cls.identity.with_user(cls.user)

    def _close(self):
        self.channel._chat_close(fields.Datetime.now(), "spam")


@tagged("post_install", "-at_install")
class TestCard(CustomerCase):
    """What the card and the panel offer."""

    def _know_phone(self):
        self.identity.alias_ids = [(0, 0, {"name": "phone:79139998811"})]
        self.env.invalidate_all()

    def test_a_partner_with_the_phone_is_suggested_and_linked_by_one_button(self):
        self._know_phone()
        self.assertEqual(self.card.suggested_partner_ids, self.partner)
        suggested = self.card.suggested_partner_ids.with_context(
            chat_identity_id=self.identity.id
        )
        suggested.action_chat_link()
        self.assertEqual(self.identity.partner_id, self.partner)
        self.env.invalidate_all()
        self.assertFalse(self.card.suggested_partner_ids)
        self.assertTrue(self.card.is_linked_by_hand)

    def test_nobody_is_suggested_to_who_may_not_link(self):
        self._know_phone()
        colleague = self._operator("chat_ivan").user_id
        self.assertFalse(self.identity.with_user(colleague).suggested_partner_ids)

    def test_the_card_says_what_a_proof_is_worth(self):
        self.assertIn("Nobody knows", self.card.proof_meaning)
        self.card.chat_link(self.partner.id)
        self.assertIn("proven nothing", self.card.proof_meaning)
        self.assertFalse(self.card.is_proven)
        self.identity.proof = "link"
        self.assertIn("has proven it", self.card.proof_meaning)
        self.assertTrue(self.card.is_proven)

    def test_another_partner_is_chosen_in_a_form(self):
        linker = Form(
            self.env["chat.identity.linker"]
            .with_user(self.user)
            .with_context(default_identity_id=self.identity.id)
        )
        linker.partner_id = self.partner
        linker.save().action_link()
        self.assertEqual(self.identity.partner_id, self.partner)

    def test_the_form_asks_the_partner(self):
        linker = self.env["chat.identity.linker"].with_user(self.user)
        told = linker.create(
            {"identity_id": self.identity.id, "partner_id": self.partner.id}
        ).action_ask()
        self.assertIn("by e-mail", told["params"]["message"])
        self.assertFalse(self.identity.partner_id)
        self.assertTrue(
            self.env["chat.proof.link"].search([("partner_id", "=", self.partner.id)])
        )

    def test_a_form_lets_nobody_do_more(self):
        colleague = self._operator("chat_ivan").user_id
        linker = self.env["chat.identity.linker"].with_user(colleague)
        values = {"identity_id": self.identity.id, "partner_id": self.partner.id}
        with self.assertRaises(AccessError):
            linker.create(values).action_link()
        blocker = self.env["chat.identity.blocker"].with_user(colleague)
        with self.assertRaises(AccessError):
            blocker.create(
                {"identity_id": self.identity.id, "reason": "Rude"}
            ).action_block()
        self.assertFalse(self.identity.partner_id or self.identity.is_spam)

    def test_the_panel_suggests_and_leads_to_the_card(self):
        self._know_phone()
        panel = self.channel.with_user(self.user).chat_panel()["identity"]
        self.assertEqual(panel["id"], self.identity.id)
        self.assertTrue(panel["is_served"])
        [suggested] = panel["suggestions"]
        self.assertEqual(suggested["partner_id"], self.partner.id)
        self.card.chat_link(self.partner.id)
        panel = self.channel.with_user(self.user).chat_panel()["identity"]
        self.assertEqual(panel["suggestions"], [])

    def test_who_only_watches_is_suggested_nobody(self):
        self._know_phone()
        colleague = self._operator("chat_ivan").user_id
        self.channel._add_members(users=colleague)
        panel = self.channel.with_user(colleague).chat_panel()["identity"]
        self.assertEqual((panel["is_served"], panel["suggestions"]), (False, []))

    def test_customers_are_found_by_phone_and_called_by_a_name(self):
        self._know_phone()
        found = self.env["chat.identity"].name_search("79139998811")
        self.assertEqual(found, [(self.identity.id, "Anna")])
        self.identity.name = False
        self.assertEqual(self.identity.display_name, "77")


@tagged("post_install", "-at_install")
class TestBlocking(CustomerCase):
    """Block with a reason, and unblock (issue B)."""

    def test_a_block_keeps_why_who_and_when_and_ends_the_conversation(self):
        self.card.chat_block("  Advertising ")
        self.assertTrue(self.identity.is_spam)
        self.assertEqual(self.identity.spam_reason, "Advertising")
        self.assertEqual(self.identity.spam_by_id, self.user)
        self.assertTrue(self.identity.spam_at)
        self.assertEqual(self.channel.chat_state, "closed")
        self.assertFalse(self.operator.slot_ids.conversation_id)

    def test_a_block_needs_a_reason(self):
        for reason in (None, False, "", "   "):
            with self.subTest(reason), self.assertRaisesRegex(UserError, "Say why"):
                self.card.chat_block(reason)
            with self.assertRaisesRegex(UserError, "Say why"):
                self.channel.with_user(self.user).chat_block(reason)
        self.assertFalse(self.identity.is_spam)
        self.assertEqual(self.channel.chat_state, "active")

    def test_the_form_of_the_window_blocks(self):
        action = self.channel.with_user(self.user).action_chat_block()
        blockers = self.env[action["res_model"]].with_user(self.user)
        form = Form(blockers.with_context(**action["context"]))
        form.reason = "Advertising"
        form.save().action_block()
        self.assertTrue(self.identity.is_spam)

    def test_a_supervisor_blocks_and_unblocks_after_the_end(self):
        groups = "chat_center_bridge.group_supervisor"
        supervisor = new_test_user(self.env, "chat_vera", groups=groups)
        self.direction.supervisor_ids = supervisor
        self._close()
        card = self.identity.with_user(supervisor)
        card.chat_block("Threats")
        self.assertEqual(self._receive(self._update(number=2)).state, "ignored")
        card.chat_unblock()
        self.assertFalse(self.identity.spam_reason or self.identity.spam_by_id)
        self.assertEqual(self._receive(self._update(number=3)).state, "done")

    def test_a_supervisor_of_another_direction_unblocks_nobody(self):
        """Even one who serves this direction as an operator, and sees the card."""
        other = self._direction("B2B")
        chief = self._operator("chat_vera").user_id
        chief.group_ids += self.env.ref("chat_center_bridge.group_supervisor")
        other.supervisor_ids = chief
        self.card.chat_block("Advertising")
        with self.assertRaisesRegex(AccessError, "ask one"):
            self.identity.with_user(chief).chat_unblock()
        self.assertTrue(self.identity.is_spam)


@tagged("post_install", "-at_install")
class TestWritingFirst(CustomerCase):
    """An operator's first message goes where the customer likes it (P9)."""

    def _another_channel(self, **values):
        """The same customer at another gateway."""
        gateway = self._gateway(name="Second bot")
        guest = self.env["mail.guest"].create({"name": "Anna"})
        self.identity.partner_id = self.partner
        return self.env["chat.identity"].create(
            {
                "gateway_id": gateway.id,
                "external_id": "78",
                "name": "Anna",
                "guest_id": guest.id,
                "partner_id": self.partner.id,
                **values,
            }
        )

    def _begin(self, user=None, identity=None):
        identity = (identity or self.identity).with_user(user or self.user)
        return self.env["discuss.channel"].browse(identity.chat_begin())

    def test_the_preferred_channel_is_one(self):
        other = self._another_channel(is_preferred=True)
        self.card.chat_prefer()
        self.assertTrue(self.identity.is_preferred)
        self.assertFalse(other.is_preferred)

    def test_it_begins_with_the_operator_in_a_slot_of_his(self):
        self._close()
        begun = self._begin()
        self.assertEqual(begun.chat_state, "active")
        self.assertEqual(begun.chat_operator_id, self.operator)
        self.assertEqual(self.operator.slot_ids.conversation_id, begun)
        segment = begun.chat_segment_ids
        self.assertEqual(
            (segment.reason_in, segment.holder_kind), ("outgoing", "operator")
        )
        self.assertTrue(segment.accepted_at)
        self.assertIn(self.user.partner_id, begun.channel_partner_ids)

    def test_the_message_goes_to_the_preferred_channel(self):
        other = self._another_channel(is_preferred=True)
        self._close()
        begun = self._begin()
        self.assertEqual(begun.chat_identity_id, other)
        self._reply(begun, self.user)
        self.assertEqual(
            self.env["chat.outbox"].search([]).gateway_id, other.gateway_id
        )

    def test_without_a_preferred_one_it_goes_where_the_card_is(self):
        self._another_channel()
        self._close()
        self.assertEqual(self._begin().chat_identity_id, self.identity)

    def test_where_the_customer_takes_no_messages_another_channel_is_chosen(self):
        other = self._another_channel()
        self._close()
        hour = timedelta(hours=1)
        for values in (
            {"is_blocked": True},
            {"is_spam": True},
            {"window_until": fields.Datetime.now() - hour},
        ):
            self.identity.write({"is_preferred": True, **values})
            begun = self._begin()
            with self.subTest(values):
                self.assertEqual(begun.chat_identity_id, other)
            begun._chat_close(fields.Datetime.now(), "spam")
            self.identity.write({name: False for name in values})

    def test_with_no_channel_left_the_operator_is_told_what_to_do(self):
        self._close()
        self.identity.is_blocked = True
        with self.assertRaisesRegex(UserError, "telephone"):
            self._begin()

    def test_another_companys_channel_is_none(self):
        company = self.env["res.company"].create({"name": "Other"})
        there = self._direction("Others", company_id=company.id)
        gateway = self._gateway(direction=there, company_id=company.id)
        self._another_channel(is_preferred=True, gateway_id=gateway.id)
        self._close()
        self.assertEqual(self._begin().chat_identity_id, self.identity)

    def test_what_one_holds_is_opened_and_what_waits_is_taken(self):
        self.assertEqual(self._begin(), self.channel)
        self.channel.with_user(self.user).chat_return()
        self.assertEqual(self._begin(), self.channel)
        self.assertEqual(self.channel.chat_operator_id, self.operator)
        self.assertEqual(self.channel._chat_segment().reason_in, "taken")

    def test_what_somebody_else_holds_stays_with_him(self):
        colleague = self._operator("chat_ivan").user_id
        with self.assertRaisesRegex(UserError, "ask for a transfer"):
            self._begin(colleague)
        self.assertEqual(self.channel.chat_operator_id, self.operator)

    def test_who_is_not_available_or_full_begins_nothing(self):
        self._close()
        self.operator._set_state("break")
        with self.assertRaisesRegex(UserError, "not available"):
            self._begin()
        self.operator._set_state("available")
        self.operator.base_slots = 0
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._begin()

    def test_extra_slots_are_not_for_it(self):
        """They are for customers who come back by themselves (P4)."""
        self._close()
        self.operator.write({"base_slots": 0, "extra_slots": 2})
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._begin()

    def test_no_figure_of_answering_counts_it(self):
        self._close()
        begun = self._begin()
        self._reply(begun, self.user)
        self.env["chat.figure.row"]._count(begun)
        rows = self.env["chat.figure.row"].search([("conversation_id", "=", begun.id)])
        self.assertFalse(sum(rows.mapped("offered")))

    def test_the_customers_answer_comes_to_the_same_operator(self):
        self._close()
        begun = self._begin()
        row = self._receive(self._update(number=5))
        self.assertEqual(row.message_id.res_id, begun.id)
        self.assertEqual(begun.chat_operator_id, self.operator)

    def test_two_operators_at_once_begin_one_conversation(self):
        """The one who is later begins again, and sees the other's."""
        channels = type(self.channel)
        nothing = patch.object(channels, "_chat_open_of", lambda self, _: self.browse())
        with nothing, mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
            self._begin()

    def test_the_button_opens_discuss(self):
        action = self.card.action_begin()
        self.assertEqual(action["tag"], "mail.action_discuss")
        self.assertEqual(
            action["context"]["active_id"], f"discuss.channel_{self.channel.id}"
        )
