"""Secrets that the system makes up, values that look wrong, and what proves events."""

import re
from unittest.mock import patch

from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, Form, TransactionCase, new_test_user, tagged

from odoo.addons.chat_center_bridge.models import chat_gateway_setting

from ..rules import vault
from ..rules.adapters import ADAPTERS
from .common import SECRET, TOKEN, ChatBuilders

PROOF = "X-Telegram-Bot-Api-Secret-Token"


class TestMadeRule(BaseCase):
    """What is made up is taken by every messenger, and is never the same."""

    def test_every_adapter_takes_it(self):
        asked = [
            field
            for adapter in ADAPTERS.values()
            for field in adapter.FIELDS
            if field.is_made
        ]
        self.assertTrue(asked)
        for field in asked:
            for _time in range(50):
                self.assertRegex(vault.made(), rf"\A(?:{field.pattern})\Z")

    def test_no_two_are_the_same(self):
        self.assertEqual(len({vault.made() for _time in range(1000)}), 1000)

    @given(st.sets(st.sampled_from(["webhook_secret", "token", "app_secret"])))
    def test_a_proof_is_set_up_just_where_none_of_it_is_missing(self, names):
        secrets = dict.fromkeys(names, "x")
        for adapter in ADAPTERS.values():
            self.assertEqual(
                adapter.is_proof_set_up(secrets), not adapter.missing_proof(secrets)
            )
            for name in adapter.missing_proof(secrets):
                self.assertNotIn(name, names)


@tagged("post_install", "-at_install")
class TestMade(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.manager = new_test_user(
            cls.env, "chat_manager", groups="chat_center_bridge.group_manager"
        )

    def _new(self, gateway_type="telegram"):
        """A gateway an administrator has just made, with nothing entered."""
        return (
            self.env["chat.gateway"]
            .with_user(self.manager)
            .create(
                {
                    "name": "New",
                    "gateway_type": gateway_type,
                    "direction_id": self.direction.id,
                }
            )
        )

    def _row(self, gateway, name):
        return gateway.setting_ids.filtered(lambda row: row.name == name)

    def _last_log(self, gateway):
        return str(gateway.message_ids[:1].body)

    def test_a_new_gateway_has_its_secret_and_nothing_else(self):
        secrets = self._new()._secrets()
        self.assertGreater(len(secrets["webhook_secret"]), 30)
        self.assertFalse(secrets["token"])
        self.assertTrue(self._new("whatsapp")._secrets()["verify_token"])

    def test_a_gateway_is_made_and_filled_in_on_the_screen(self):
        with Form(self.env["chat.gateway"].with_user(self.manager)) as form:
            form.name = "New"
            form.gateway_type = "telegram"
            form.direction_id = self.direction
        with Form(form.record) as form:
            labels = [row["name"] for row in form.setting_ids._records]
            with form.setting_ids.edit(labels.index("token")) as row:
                row.entered = TOKEN
            with form.setting_ids.edit(labels.index("webhook_secret")) as row:
                with self.assertRaisesRegex(AssertionError, "readonly"):
                    row.entered = SECRET
        secrets = form.record._secrets()
        self.assertEqual(secrets["token"], TOKEN)
        self.assertGreater(len(secrets["webhook_secret"]), 30)

    def test_each_gateway_has_a_secret_of_its_own(self):
        first, second = self._new(), self._new()
        copy = first.copy()
        made = {one._secrets()["webhook_secret"] for one in (first, second, copy)}
        self.assertEqual(len(made), 3)

    def test_a_gateway_that_becomes_anothers_messengers_has_that_ones_secret(self):
        gateway = self._new()
        gateway.gateway_type = "whatsapp"
        self.assertTrue(gateway._secrets()["verify_token"])
        self.assertNotIn("webhook_secret", gateway._secrets())

    def test_of_a_new_secret_the_old_one_proves_nothing(self):
        gateway = self.gateway.with_user(self.manager)
        self.gateway.webhook_set_at = "2026-03-02 08:00:00"
        note = self._row(gateway, "webhook_secret").action_make_new()
        self.assertIn("Set webhook", note["params"]["message"])
        self.assertFalse(gateway._is_proven({PROOF: SECRET}, b"{}"))
        new = gateway._secrets()["webhook_secret"]
        self.assertTrue(gateway._is_proven({PROOF: new}, b"{}"))
        self.assertFalse(gateway.webhook_set_at)
        messages = gateway.message_ids.mapped("body")
        self.assertTrue([body for body in messages if "Webhook secret" in body])
        self.assertFalse([body for body in messages if new in body])

    def test_what_has_to_be_entered_at_the_messenger_is_shown(self):
        number = self._new("whatsapp")
        row = self._row(number, "verify_token")
        self.assertEqual(row.shown, number._secrets()["verify_token"])
        row = self._row(self._new(), "webhook_secret")
        self.assertTrue(row.shown.startswith("…"))

    def test_what_the_messenger_gives_is_not_made_up(self):
        before = self.gateway._secrets()
        with self.assertRaisesRegex(UserError, "Bot token.*comes from the messenger"):
            self._row(self.gateway, "token").action_make_new()
        self.assertEqual(self.gateway._secrets(), before)

    def test_a_value_that_looks_wrong_is_not_kept(self):
        row = self._row(self.gateway.with_user(self.manager), "token")
        before = self.gateway._secrets()
        for value in ("shop_bot", "123:short", "https://t.me/shop_bot"):
            with self.subTest(value), self.assertRaisesRegex(UserError, "@BotFather"):
                row.entered = value
        self.assertEqual(self.gateway._secrets(), before)

    def test_who_entered_what_is_told_but_not_the_value(self):
        row = self._row(self.gateway.with_user(self.manager), "token")
        row.entered = "987654321:AAFtoken_of_another_bot_0123"
        message = self.gateway.message_ids.filtered(
            lambda one: "New value: Bot token" in one.body
        )[:1]
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertNotIn("AAF", message.body)

    def test_a_value_the_messenger_does_not_need_is_removed(self):
        row = self._row(self.gateway.with_user(self.manager), "api_url")
        row.entered = "http://127.0.0.1:9"
        self.assertEqual(self.gateway._secrets()["api_url"], "http://127.0.0.1:9")
        row.action_forget()
        self.assertFalse(self.gateway._secrets()["api_url"])
        self.assertIn("Value removed", self._last_log(self.gateway))
        with self.assertRaisesRegex(UserError, "Bot token"):
            self._row(self.gateway, "token").action_forget()

    # -- proof -------------------------------------------------------------------------

    def test_what_proves_events_is_told(self):
        gateway = self.gateway.with_user(self.manager)
        self.assertEqual(gateway.proof_state, "set_up")
        self.assertIn("Telegram sends the webhook secret", gateway.proof_sentence)

    def test_what_is_missing_for_it_is_named(self):
        number = self._new("whatsapp")
        self.assertEqual(number.proof_state, "missing")
        self.assertIn("Missing: App secret.", number.proof_sentence)

    def test_keys_that_open_nothing_are_told(self):
        keys = {chat_gateway_setting.KEYS_VARIABLE: Fernet.generate_key().decode()}
        with patch.dict("os.environ", keys):
            self.env.invalidate_all()
            gateway = self.gateway.with_user(self.manager)
            self.assertEqual(gateway.proof_state, "locked")
            self.assertIn("keys of this installation", gateway.proof_sentence)

    def test_where_there_is_no_messenger_nothing_has_to_be_proven(self):
        self.assertFalse(self._site().with_user(self.manager).proof_state)

    def test_labels_and_hints_are_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        row = self._row(self.gateway, "token").with_context(lang="ru_RU")
        self.assertEqual(row.label, "Токен бота")
        self.assertTrue(re.search("[а-я]", row.hint))
