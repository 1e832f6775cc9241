"""A customer who wants to be forgotten is (152-FZ, GDPR article 17)."""

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from .common import ChatBuilders
from .provider import ProviderMixin
from .test_inbox_files import LOCATED
from .test_outbox import PNG


@tagged("post_install", "-at_install")
class TestErasure(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.channel = cls._conversation(text="My passport is 4510", chat=501)
        cls.kept = cls._conversation(text="Another customer", chat=502, number=2)
        cls.identity = cls.channel.chat_identity_id
        cls.partner = cls.env["res.partner"].create(
            {"name": "Zinaida Forgetova", "email": "zinaida@example.com"}
        )
        cls.identity.partner_id = cls.partner

    def _found(self, name=None, email="zinaida@example.com"):
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": name or self.partner.name, "email": email}
        )
        wizard.action_lookup()
        return wizard.line_ids

    def _of_model(self, lines, model):
        return lines.filtered(lambda line: line.res_model == model)

    def test_the_customer_of_a_partner_is_found_once(self):
        found = self._of_model(self._found(), "chat.identity")
        self.assertEqual(found.mapped("res_id"), self.identity.ids)

    def test_a_customer_nobody_linked_is_found_by_name(self):
        self.identity.write({"partner_id": False, "name": "Zoya Lonely"})
        found = self._found("Zoya Lonely", "zoya@example.com")
        self.assertEqual(
            self._of_model(found, "chat.identity").res_id, self.identity.id
        )

    def test_a_guest_of_another_live_chat_is_found_as_before(self):
        guest = self.env["mail.guest"].create(
            {"name": "Vera", "email": "vera@example.com"}
        )
        found = self._found("Vera", "vera@example.com")
        self.assertEqual(self._of_model(found, "mail.guest").res_id, guest.id)

    def test_deleting_the_line_erases_words_files_events_and_the_guest(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "passport.jpg",
                "raw": b"4510",
                "res_model": "discuss.channel",
                "res_id": self.channel.id,
            }
        )
        messages, guest = self.channel.message_ids, self.identity.guest_id
        events = self.env["chat.inbox"].search([("chat_key", "=", "501")])
        self.assertTrue(messages and guest and events)
        self._of_model(self._found(), "chat.identity").action_unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        for records in (self.identity, messages, guest, events, file):
            with self.subTest(records._name):
                self.assertFalse(records.exists())
        self.assertEqual(self.channel.name, "Erased customer")
        self.assertFalse(self.channel.chat_identity_id)

    def test_all_lines_are_deleted_at_once(self):
        self._found().action_unlink_all()
        self.env.flush_all()
        self.assertFalse(self.identity.exists() or self.partner.exists())

    def test_an_open_conversation_ends_and_frees_its_slot(self):
        operator = self._operator("chat_erases")
        self.channel._chat_take(operator, "base")
        self.identity.unlink()
        self.assertEqual(self.channel.chat_state, "closed")
        self.assertFalse(operator.slot_ids.conversation_id)

    def test_figures_stay(self):
        segments, turns = self.channel.chat_segment_ids, self.channel.chat_turn_ids
        self.identity.unlink()
        self.assertEqual((segments | segments).exists(), segments)
        self.assertEqual(turns.exists(), turns)

    def test_other_customers_stay(self):
        self.identity.unlink()
        self.assertIn("Another customer", self.kept.message_ids.body)
        self.assertTrue(self.kept.chat_identity_id.guest_id)
        self.assertTrue(self.env["chat.inbox"].search([("chat_key", "=", "502")]))

    def test_nobody_of_the_chat_center_erases_a_customer_by_rpc(self):
        user = new_test_user(
            self.env, "chat_clears", groups="chat_center_bridge.group_manager"
        )
        with self.assertRaises(AccessError):
            self.identity.with_user(user).unlink()


# in all that the customer says and is called
MARK = "Zqx7"
CHAT = 950_712_345
PHONE = "79995550199"
# what Discuss tells the screens: core keeps it for a day
SHORT_LIVED = ("bus_bus",)


@tagged("post_install", "-at_install")
class TestNothingIsLeft(ProviderMixin, ChatBuilders, TransactionCase):
    """A whole conversation, in and out, with files: no table remembers it (issue E)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()
        cls.operator = cls._operator("chat_olga")
        cls.user = cls.operator.user_id
        cls.partner = cls.env["res.partner"].create(
            {"name": "Zinaida", "email": "zinaida.left@example.com"}
        )

    def _word(self, number, text="My passport is", **message):
        sender = {"id": CHAT, "is_bot": False, "first_name": f"Anna {MARK}"}
        text = text and f"{text} {MARK}"
        return self._update(
            text=text, chat=CHAT, number=number, **{"from": sender, **message}
        )

    def _hear(self, *arguments, **message):
        [row] = self._receive(self._word(*arguments, **message))
        return row.message_id

    def _write_and_send(self):
        """What the customer writes, sends and changes; events nobody can read."""
        first = self._hear(1)
        document = {"file_id": "F2", "file_name": f"{MARK}.png", "file_size": 90}
        sent = self._hear(2, "", document={**document, "mime_type": "image/png"})
        self.provider.answers = [LOCATED, (200, PNG)]
        with self.own_transactions():
            sent.sudo().chat_file_ids._fetch()
        self.env.invalidate_all()
        edited = self._word(1, "My passport was")
        self._receive({"update_id": 77, "edited_message": edited["message"]})
        self.env["chat.inbox"]._take(self.gateway, f"[{CHAT}: {MARK}".encode())
        return self.env["discuss.channel"].browse(first.res_id)

    def _answer(self, channel):
        """What operators write: to the customer, and about the customer."""
        channel._chat_take(self.operator, "base")
        files = self.env["ir.attachment"].with_user(self.user)
        file = files.create({"name": f"{MARK}.pdf", "raw": b"%PDF"})
        self._reply(channel, f"Thank you {MARK}", self.user, attachment_ids=file.ids)
        self._drain()
        self.provider.answers = [(500, {"description": MARK})]
        self._reply(channel, f"Are you there, {MARK}?", self.user)
        self._drain()
        channel.message_post(body=f"Rude {MARK}", subtype_xmlid="mail.mt_note")
        channel.message_notify(
            body=f"Look at {MARK}", partner_ids=self.user.partner_id.ids
        )
        channel.livechat_note = f"Asks for {MARK}"
        channel.channel_member_ids[:1].custom_channel_name = MARK
        channel.with_user(self.user).chat_return(comment=f"It is about {MARK}")

    def _know(self, channel):
        """Who it is: names, links, questions, ratings, previews and a block."""
        identity = channel.chat_identity_id
        identity.alias_ids = [(0, 0, {"name": f"phone:{PHONE}"})]
        channel._chat_take(self.operator, "base")
        identity.with_user(self.user).chat_send_proof_link(self.partner.id)
        other = self._proven_conversation()
        identity.with_user(self.user).chat_send_proof_link(self.partner.id)
        identity.with_user(self.user).chat_link(self.partner.id)
        self.assertIn(MARK, str(other.message_ids.mapped("body")))
        self._rate(channel)
        preview = self.env["mail.link.preview"].create(
            {"source_url": f"https://example.com/{MARK}"}
        )
        self.env["mail.message.link.preview"].create(
            {"message_id": channel.message_ids[:1].id, "link_preview_id": preview.id}
        )
        identity.with_user(self.user).chat_block(f"Sells {MARK}")

    def _proven_conversation(self):
        """Where the partner is known already, and the question is asked."""
        other = self._conversation(text="It is me", chat=502, number=9)
        other.chat_identity_id.write({"partner_id": self.partner.id, "proof": "link"})
        return other

    def _rate(self, channel):
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": channel.id,
                "partner_id": self.partner.id,
                "rating": 5,
                "consumed": True,
                "feedback": f"Good, {MARK}",
            }
        )

    def _tables_that_remember(self):
        """Every table of the database in which a row has a mark of the customer."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        names = {name for (name,) in rows}.difference(SHORT_LIVED)
        return {name for name in names if self._remembers(name)}

    def _remembers(self, name):
        return self.env.execute_query(
            SQL(
                "SELECT 1 FROM %s AS t WHERE t::text ~ %s LIMIT 1",
                SQL.identifier(name),
                f"{MARK}|{CHAT}|{PHONE}",
            )
        )

    def test_no_table_remembers_the_customer(self):
        channel = self._write_and_send()
        self._answer(channel)
        self._know(channel)
        # otherwise nothing would be proven
        self.assertLessEqual(
            {
                "chat_identity",
                "chat_identity_alias",
                "chat_inbox",
                "chat_inbox_file",
                "chat_segment",
                "discuss_channel",
                "discuss_channel_member",
                "ir_attachment",
                "mail_guest",
                "mail_link_preview",
                "mail_message",
                "rating_rating",
            },
            self._tables_that_remember(),
        )
        unread = self.env["chat.inbox"].search([("raw", "!=", False)])
        sent = self.env["chat.outbox"].search([("conversation_id", "=", channel.id)])
        self.assertTrue(unread and len(sent) == 2 and sent.part_ids)
        channel.chat_identity_id.unlink()
        self.assertFalse(self._tables_that_remember())
        self.env.invalidate_all()
        self.assertFalse(unread.exists() or sent.exists())
        self.assertTrue(channel.chat_segment_ids and channel.chat_turn_ids)

    def test_what_nobody_could_read_of_others_stays(self):
        identity = self._write_and_send().chat_identity_id
        inbox = self.env["chat.inbox"]
        unread = inbox.search([("raw", "!=", False)])
        for number in (f"1{CHAT}", f"{CHAT}9", "502"):
            inbox._take(self.gateway, f"[{number}".encode())
        others = inbox.search([("raw", "!=", False)]) - unread
        identity.unlink()
        self.assertFalse(unread.exists())
        self.assertEqual(len(others.exists()), 3)

    def test_files_of_other_records_and_messages_stay(self):
        channel = self._write_and_send()
        create = self.env["ir.attachment"].create
        bill = create({"name": "bill.pdf", "raw": b"%PDF"})
        bill.write({"res_model": "res.partner", "res_id": self.partner.id})
        prices = create({"name": "prices.pdf", "raw": b"%PDF"})
        others = self._conversation(text="Prices?", chat=502, number=9)
        self._reply(channel, "Here", attachment_ids=(bill | prices).ids)
        self._reply(others, "Here", attachment_ids=prices.ids)
        channel.chat_identity_id.unlink()
        self.assertEqual((bill | prices).exists(), bill | prices)

    def test_who_signed_in_is_no_member_of_the_erased_conversation(self):
        site = self._site()
        customer = new_test_user(self.env, "chat_left", groups="base.group_portal")
        partner = customer.partner_id
        guest = self.env["mail.guest"]
        identity = self.env["chat.identity"]._of_visitor(site, partner, guest)
        channel = self.env["discuss.channel"]._chat_begin(identity, self.direction)
        self.assertIn(partner, channel.channel_partner_ids)
        self._rate(channel)
        identity.unlink()
        self.env.invalidate_all()
        self.assertNotIn(partner, channel.channel_partner_ids)
        self.assertNotIn(
            partner, channel.livechat_channel_member_history_ids.partner_id
        )
        rating = self.env["rating.rating"].search(
            [("res_model", "=", "discuss.channel"), ("res_id", "=", channel.id)]
        )
        self.assertFalse(rating.partner_id or rating.feedback)
        self.assertEqual(rating.rating, 5)
