"""Setting a gateway up: the messenger is asked, its answer kept, its refusal told."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..rules import sentences, setting_up
from .common import SECRET, TOKEN, ChatBuilders
from .payloads import SECRETS
from .provider import ProviderMixin

CENTER = "chat_center_bridge.group_"
DONE = 200, {"ok": True, "result": True}
BOT = 200, {"ok": True, "result": {"id": 7, "username": "shop_bot"}}
STRANGER = 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}


class TestRefusals(BaseCase):
    """What is read at each problem a messenger may have with the set-up."""

    def test_every_problem_has_a_sentence(self):
        for code in sentences.PROBLEMS:
            self.assertTrue(setting_up.sentence_of(code))

    def test_ways_out_are_of_problems_there_are(self):
        known = sentences.PROBLEMS.keys()
        self.assertLessEqual(setting_up.WAYS_OUT.keys(), known)
        self.assertLessEqual(setting_up.INSTEAD.keys(), setting_up.WAYS_OUT.keys())


class SetUpWorld(ProviderMixin, ChatBuilders):
    """A bot and a number, whose messengers are on loopback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()
        cls.whatsapp = cls._gateway("whatsapp", name="Number")
        cls.manager = cls._person("chat_manager", f"{CENTER}manager")
        cls.env.cr.precommit.run()

    @classmethod
    def _person(cls, login, group, **values):
        return new_test_user(
            cls.env, login, groups=group, context={"no_reset_password": True}, **values
        )

    def _as_manager(self, record=None):
        return (record or self.gateway).with_user(self.manager)

    def _asked(self):
        """(path, body) of the one request the messenger got."""
        [(path, body)] = self.provider.requests
        return path, json.loads(body) if body else None

    def _logged(self, gateway=None):
        """The newest entry of the gateway's log: its words and new values."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        message = (gateway or self.gateway).message_ids[:1]
        values = message.sudo().tracking_value_ids
        new = [one.new_value_char or one.new_value_datetime for one in values]
        return str(message.body), new


@tagged("post_install", "-at_install")
class TestSteps(SetUpWorld, TransactionCase):
    """Webhook and account."""

    def test_the_webhook_is_set_to_the_gateways_address(self):
        self.provider.answers = [DONE]
        self._as_manager().action_set_webhook()
        path, body = self._asked()
        self.assertEqual(path, f"/bot{TOKEN}/setWebhook")
        self.assertEqual(body["url"], self.gateway.webhook_url)
        self.assertEqual(body["secret_token"], SECRET)
        self.assertTrue(self.gateway.webhook_set_at)
        self.assertEqual(self._logged()[1], [self.gateway.webhook_set_at])

    def test_the_webhook_of_a_number_is_set_and_removed(self):
        self.provider.answers = [(200, {"success": True})] * 2
        number = self._as_manager(self.whatsapp)
        number.action_set_webhook()
        self.assertTrue(number.webhook_set_at)
        number.action_remove_webhook()
        self.assertFalse(number.webhook_set_at)
        account = SECRETS["whatsapp"]["business_account_id"]
        [(path, body), (removed, _none)] = self.provider.requests
        self.assertEqual({path, removed}, {f"/{account}/subscribed_apps"})
        self.assertEqual(
            json.loads(body)["override_callback_uri"], self.whatsapp.webhook_url
        )

    def test_what_the_messenger_calls_us_is_kept(self):
        self.provider.answers = [BOT]
        note = self._as_manager().action_check_account()
        self.assertIn("@shop_bot", note["params"]["message"])
        self.assertEqual(self.gateway.account_name, "@shop_bot")
        self.assertTrue(self.gateway.checked_at)
        self.assertIn("@shop_bot", self._logged()[1])

    def test_a_refusal_says_what_to_do_and_changes_nothing(self):
        self.provider.answers = [STRANGER] * 2
        for step in ("action_set_webhook", "action_check_account"):
            with self.assertRaisesRegex(
                UserError, "Shop's bot.*access token.*Enter the token again"
            ):
                getattr(self._as_manager(), step)()
        self.assertFalse(self.gateway.webhook_set_at)
        self.assertFalse(self.gateway.checked_at)

    def test_the_messengers_own_words_are_told(self):
        words = "Bad Request: bad webhook: An HTTPS URL must be provided"
        refusal = {"ok": False, "error_code": 400, "description": words}
        self.provider.answers = [(400, refusal)]
        with self.assertRaisesRegex(UserError, f"{words}.*by https"):
            self._as_manager().action_set_webhook()

    def test_a_refusal_is_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.provider.answers = [STRANGER]
        gateway = self._as_manager().with_context(lang="ru_RU")
        with self.assertRaisesRegex(UserError, "Мессенджер не принимает"):
            gateway.action_check_account()

    def test_a_messenger_that_is_not_there(self):
        parameter = "chat_center_bridge.api_url.telegram"
        # of the discard protocol
        self.env["ir.config_parameter"].set_param(parameter, "http://127.0.0.1:9")
        with self.assertRaisesRegex(UserError, "could not be reached.*this server"):
            self._as_manager().action_check_account()

    def test_no_webhook_is_set_where_no_event_would_be_taken(self):
        self.gateway.action_pause()
        with self.assertRaisesRegex(UserError, "Go live"):
            self._as_manager().action_set_webhook()
        self.assertFalse(self.provider.requests)

    def test_what_is_missing_is_named_before_anybody_is_asked(self):
        self.gateway.setting_ids.filtered(
            lambda row: row.name == "token"
        ).sudo().sealed = False
        for step in ("action_set_webhook", "action_check_account"):
            with self.assertRaisesRegex(UserError, "fill in Bot token"):
                getattr(self._as_manager(), step)()
        self.assertFalse(self.provider.requests)

    def test_where_there_is_no_messenger_none_is_asked(self):
        site = self._as_manager(self._site())
        self.assertFalse(site.has_provider)
        for step in (
            site.action_set_webhook,
            site.action_remove_webhook,
            site.action_check_account,
            site.action_test_message,
        ):
            with self.assertRaisesRegex(UserError, "there is no messenger"):
                step()

    def test_a_new_value_forgets_what_was_told_of_the_old_account(self):
        self.provider.answers = [DONE, BOT]
        self.gateway.action_set_webhook()
        self.gateway.action_check_account()
        row = self.gateway.setting_ids.filtered(lambda row: row.name == "token")
        row.with_user(self.manager).entered = "987654321:AAFtoken_of_another_bot_0123"
        self.assertFalse(self.gateway.webhook_set_at)
        self.assertFalse(self.gateway.account_name)
        self.assertFalse(self.gateway.checked_at)

    def test_another_messenger_has_told_nothing(self):
        self.provider.answers = [BOT]
        self.gateway.action_check_account()
        self.gateway.gateway_type = "whatsapp"
        self.assertFalse(self.gateway.account_name)

    def test_a_gateway_with_customers_stays_what_it_is(self):
        self._conversation()
        company = self.env["res.company"].create({"name": "Other"})
        for change in ({"company_id": company.id}, {"gateway_type": "whatsapp"}):
            with self.assertRaisesRegex(UserError, "has customers already"):
                self.gateway.write(change)
        # a form sends what it shows
        self.gateway.write({"gateway_type": "telegram", "name": "Bot of the shop"})


@tagged("post_install", "-at_install")
class TestTestMessage(SetUpWorld, TransactionCase):
    """A message that shows whether the gateway works, and belongs to nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.identity = cls._conversation(chat=77).chat_identity_id

    def _send(self, gateway=None, **values):
        gateway = self._as_manager(gateway)
        action = gateway.action_test_message()
        wizards = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizards.with_context(**action["context"]).create(
            {"text": "Does it work?", **values}
        )
        return wizard.action_send()

    def test_it_reaches_the_customer_and_no_conversation(self):
        messages = self.env["mail.message"].search_count(
            [("model", "=", "discuss.channel")]
        )
        self._send(identity_id=self.identity.id)
        path, body = self._asked()
        self.assertEqual(path, f"/bot{TOKEN}/sendMessage")
        self.assertEqual((body["chat_id"], body["text"]), ("77", "Does it work?"))
        after = self.env["mail.message"].search_count(
            [("model", "=", "discuss.channel")]
        )
        self.assertEqual(after, messages)
        self.assertFalse(self.env["chat.outbox"].search([]))
        self.assertIn("Anna: Does it work?", self._logged()[0])

    def test_it_reaches_somebody_who_never_wrote(self):
        self._send(external_id=" 4242 ")
        self.assertEqual(self._asked()[1]["chat_id"], "4242")
        self.assertIn("4242: Does it work?", self._logged()[0])

    def _customer_of_number(self, until):
        identity = self.env["chat.identity"].create(
            {
                "gateway_id": self.whatsapp.id,
                "external_id": "RU.1",
                "name": "Boris",
                "window_until": until,
            }
        )
        self.env["chat.identity.alias"].create(
            {"identity_id": identity.id, "name": "phone:79990001122"}
        )
        return identity

    def test_a_number_that_was_entered_is_the_customers_it_belongs_to(self):
        until = fields.Datetime.now() + timedelta(hours=1)
        self._customer_of_number(until)
        self.provider.answers = [(200, {"messages": [{"id": "wamid.1"}]})]
        self._send(self.whatsapp, external_id="+79990001122")
        self.assertEqual(self._asked()[1]["to"], "79990001122")
        self.assertIn("Boris", self._logged(self.whatsapp)[0])

    def test_a_closed_window_is_told_before_anybody_is_asked(self):
        until = fields.Datetime.now() - timedelta(hours=1)
        identity = self._customer_of_number(until)
        for values in ({"identity_id": identity.id}, {"external_id": "79991112233"}):
            with self.assertRaisesRegex(UserError, "Number.*24 hours ago.*write to us"):
                self._send(self.whatsapp, **values)
        self.assertFalse(self.provider.requests)

    def test_a_customer_who_never_began_is_told_with_the_way_out(self):
        words = "Bad Request: chat not found"
        self.provider.answers = [
            (400, {"ok": False, "error_code": 400, "description": words})
        ]
        with self.assertRaisesRegex(UserError, "does not know.*has to write first"):
            self._send(external_id="4242")
        self.assertNotIn("Does it work?", self._logged()[0])

    def test_nobody_is_chosen(self):
        with self.assertRaisesRegex(UserError, "Choose a customer"):
            self._send()

    def test_another_gateways_customer_is_refused(self):
        stranger = self._customer_of_number(fields.Datetime.now())
        with self.assertRaisesRegex(ValidationError, "Boris"):
            self._send(identity_id=stranger.id)


@tagged("post_install", "-at_install")
class TestSetUpRights(SetUpWorld, TransactionCase):
    """Administrators of the gateway's company alone ask its messenger."""

    STEPS = (
        "action_set_webhook",
        "action_remove_webhook",
        "action_check_account",
        "action_test_message",
    )

    def _assert_refused(self, user):
        gateway = self.gateway.with_user(user)
        for step in self.STEPS:
            with self.subTest(user=user.login, step=step):
                with self.assertRaises(AccessError), mute_logger("odoo.orm"):
                    getattr(gateway, step)()
        wizards = self.env["chat.gateway.test.message"].with_user(user)
        with self.assertRaises(AccessError):
            wizards.create(
                {"gateway_id": self.gateway.id, "external_id": "1"}
            ).action_send()
        secret = self.gateway.setting_ids.filtered("is_made").with_user(user)
        for door in (secret.action_make_new, secret.action_forget):
            with self.assertRaises(AccessError):
                door()
        self.assertFalse(self.provider.requests)

    def test_neither_operators_nor_supervisors_nor_outsiders(self):
        supervisor = self._person("chat_supervisor", f"{CENTER}supervisor")
        self.direction.supervisor_ids = supervisor
        operator = self._operator("chat_operator").user_id
        for user in (
            supervisor,
            operator,
            self._person("chat_clerk", "base.group_user"),
            self._person("chat_portal", "base.group_portal"),
        ):
            self._assert_refused(user)

    def test_nor_another_companys_administrator(self):
        company = self.env["res.company"].create({"name": "Other"})
        self._assert_refused(
            self._person(
                "chat_other",
                f"{CENTER}manager",
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
        )
