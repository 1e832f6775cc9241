import re
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestIdentityLink(ChatBuilders, HttpCase):
    """One customer in two channels: one operator, one history (E1, X5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.operator = cls._operator("chat_olga")
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Anna",
                "phone": "+79139998877",
                "email": "anna.of.the.test@example.com",
            }
        )
        cls.channel = cls._conversation(chat=77, number=1)
        cls.channel._chat_take(cls.operator, "base")
        cls.identity = cls.channel.chat_identity_id
        cls.user = cls.operator.user_id

    def mine(self):
        return self.identity.with_user(self.user)

    def knows(self, name):
        self.env["chat.identity.alias"].create(
            {"identity_id": self.identity.id, "name": name}
        )

    # -- suggestions -------------------------------------------------------------------

    def test_a_phone_suggests_and_links_nobody(self):
        self.knows("phone:79139998877")
        self.assertEqual(
            self.mine().chat_suggestions(),
            [{"partner_id": self.partner.id, "name": "Anna", "by": ["phone"]}],
        )
        self.assertFalse(self.identity.partner_id)

    def test_an_address_suggests_too(self):
        self.knows("email:Anna.Of.The.Test@Example.com")
        (suggested,) = self.mine().chat_suggestions()
        self.assertEqual(suggested["by"], ["email"])

    def test_without_phone_and_address_nobody_is_suggested(self):
        self.env["res.partner"].create({"name": "Without a phone"})
        self.assertEqual(self.mine().chat_suggestions(), [])

    def test_partners_of_another_company_are_not_suggested(self):
        self.knows("phone:79139998877")
        self.partner.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self.mine().chat_suggestions(), [])

    # -- linking -----------------------------------------------------------------------

    def test_the_operator_links_and_it_is_written_down(self):
        self.mine().chat_link(self.partner.id)
        self.assertEqual(self.identity.partner_id, self.partner)
        self.assertEqual(self.identity.proof, "operator")
        self.assertEqual(self.identity.link_ids.user_id, self.user)

    def test_undoing_leaves_the_customer_as_he_was(self):
        self.mine().chat_link(self.partner.id)
        self.mine().chat_link(self.partner.copy().id)
        self.mine().chat_undo_link()
        self.assertEqual(self.identity.partner_id, self.partner)
        self.mine().chat_undo_link()
        self.assertFalse(self.identity.partner_id)
        self.assertEqual(self.identity.proof, "none")
        self.assertEqual(len(self.identity.link_ids), 2)
        with self.assertRaises(UserError):
            self.mine().chat_undo_link()

    def test_what_the_customer_proved_stays(self):
        for proof in ("session", "token", "link"):
            self.identity.proof = proof
            with self.assertRaises(UserError):
                self.mine().chat_link(self.partner.id)

    def test_a_partner_of_another_company_is_not_linked(self):
        self.partner.company_id = self.env["res.company"].create({"name": "Other"})
        # its operators may not even read it
        with self.assertRaises(AccessError):
            self.mine().chat_link(self.partner.id)

    def test_only_who_serves_the_customer_links(self):
        groups = "chat_center_bridge.group_supervisor"
        supervisor = new_test_user(self.env, "chat_vera", groups=groups)
        outsiders = [
            self._operator("chat_ivan").user_id,
            supervisor,
            new_test_user(self.env, "chat_colleague", groups="base.group_user"),
            new_test_user(self.env, "chat_anna", groups="base.group_portal"),
            self.env.ref("base.public_user"),
        ]
        for user in outsiders:
            identity = self.identity.with_user(user)
            for door, *values in (
                (identity.chat_link, self.partner.id),
                (identity.chat_send_proof_link, self.partner.id),
                (identity.chat_undo_link,),
                (identity.chat_suggestions,),
            ):
                with self.assertRaises(AccessError):
                    door(*values)
        self.direction.supervisor_ids = supervisor
        self.identity.with_user(supervisor).chat_link(self.partner.id)
        self.assertEqual(self.identity.partner_id, self.partner)

    def test_the_log_is_nobodys_to_write(self):
        manager = new_test_user(
            self.env, "chat_boss", groups="chat_center_bridge.group_manager"
        )
        for operation in ("write", "create", "unlink"):
            links = self.env["chat.identity.link"].with_user(manager)
            self.assertFalse(links.has_access(operation))

    # -- two channels ------------------------------------------------------------------

    def another_channel(self, **values):
        identity = self.env["chat.identity"].create(
            {
                "gateway_id": self.gateway.id,
                "external_id": "78",
                "name": "Anna at home",
                "guest_id": self.env["mail.guest"].create({"name": "Anna"}).id,
                "partner_id": self.partner.id,
                **values,
            }
        )
        return self.env["discuss.channel"]._chat_begin(identity, self.direction)

    def earlier(self):
        """What the panel beside the conversation tells of the others."""
        return self.channel.with_user(self.user).chat_panel()["earlier"]

    def test_who_is_with_an_operator_stays_with_him_in_every_channel(self):
        self.mine().chat_link(self.partner.id)
        other = self.another_channel()
        self.assertEqual(other.chat_previous_id, self.channel)
        self.assertTrue(other.chat_is_repeat)
        waiting = other._chat_as_waiting()
        self.assertEqual(waiting.previous_operator, self.operator.id)

    def test_another_customer_does_not(self):
        other = self.another_channel()
        self.assertFalse(other.chat_previous_id)
        self.assertFalse(other.chat_is_repeat)

    def test_another_company_knows_nothing_of_it(self):
        self.mine().chat_link(self.partner.id)
        company = self.env["res.company"].create({"name": "Other"})
        direction = self._direction("Others", company_id=company.id)
        gateway = self._gateway(direction=direction, company_id=company.id)
        other = self.another_channel(gateway_id=gateway.id)
        self.assertFalse(other.chat_previous_id)
        self.assertEqual(self.earlier(), [])

    def test_the_history_is_one(self):
        self.mine().chat_link(self.partner.id)
        other = self.another_channel()
        other._chat_close(self.env.cr.now(), "operator")
        (row,) = self.earlier()
        self.assertEqual(row["id"], other.id)
        self.assertEqual(row["channel"], "Telegram")
        self.assertEqual(row["state"], "Closed")
        self.assertFalse(row["operator"])

    # -- the question ------------------------------------------------------------------

    def asked(self):
        """The address of the question that was sent by e-mail."""
        self.assertEqual(self.mine().chat_send_proof_link(self.partner.id), "email")
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn(self.partner, mail.recipient_ids)
        return re.search(r"/chat_center/link/[\w-]+", mail.body_html)[0]

    def question(self):
        asked = [("identity_id", "=", self.identity.id)]
        return self.env["chat.proof.link"].search(asked)

    def confirm(self, address):
        token = Request.csrf_token(self)
        return self.url_open(f"{address}/confirm", data={"csrf_token": token})

    def test_who_opens_the_link_and_confirms_is_proven(self):
        address = self.asked()
        self.authenticate(None, None)
        page = self.url_open(address)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("Yes, it is me", page.text)
        # messengers open links by themselves
        self.assertEqual(self.identity.proof, "none")
        self.assertEqual(self.confirm(address).status_code, 200)
        self.assertEqual(self.identity.proof, "link")
        self.assertEqual(self.identity.partner_id, self.partner)
        self.assertEqual(self.identity.link_ids.user_id, self.user)

    def test_the_link_works_once(self):
        address = self.asked()
        self.authenticate(None, None)
        self.confirm(address)
        self.assertEqual(self.url_open(address).status_code, 404)
        self.assertEqual(self.confirm(address).status_code, 404)
        self.assertEqual(len(self.identity.link_ids), 1)

    def test_the_link_works_for_a_quarter_of_an_hour(self):
        token = self.asked().rpartition("/")[2]
        questions = self.env["chat.proof.link"]
        now = self.question().create_date
        with freeze_time(now + timedelta(minutes=14)):
            self.assertTrue(questions._of_token(token))
        with freeze_time(now + timedelta(minutes=16)):
            self.assertFalse(questions._of_token(token))

    def test_another_link_is_none(self):
        self.asked()
        self.assertEqual(self.url_open("/chat_center/link/other").status_code, 404)

    def test_the_secret_of_the_link_is_not_kept(self):
        token = self.asked().rpartition("/")[2]
        question = self.question()
        self.assertNotEqual(question.sudo().token_hash, token)
        manager = new_test_user(
            self.env, "chat_boss", groups="chat_center_bridge.group_manager"
        )
        with self.assertRaises(AccessError):
            question.with_user(manager).read(["token_hash"])

    def test_a_proven_chat_is_asked_rather_than_the_mailbox(self):
        other = self.another_channel(proof="link")
        self.assertEqual(self.mine().chat_send_proof_link(self.partner.id), "chat")
        self.assertIn("/chat_center/link/", other.message_ids[0].body)
        self.assertNotIn(
            "/chat_center/link/", str(self.channel.message_ids.mapped("body"))
        )

    def test_a_chat_an_operator_linked_proves_nothing(self):
        self.another_channel(proof="operator")
        self.assertEqual(self.mine().chat_send_proof_link(self.partner.id), "email")

    def test_without_a_way_to_ask_the_operator_is_told_how(self):
        self.partner.email = False
        with self.assertRaisesRegex(UserError, "e-mail"):
            self.mine().chat_send_proof_link(self.partner.id)
