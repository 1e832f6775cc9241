"""Secrets of gateways: kept, never told (design 6)."""

import logging
import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.chat_center_bridge.models import chat_gateway_setting

from .common import SECRET, TOKEN, ChatBuilders

KEYS = chat_gateway_setting.KEYS_VARIABLE
FRESH = "987654321:AAFresh_token_of_another_bot_0123456"


class SecretsWorld(ChatBuilders):
    @classmethod
    def set_up_world(cls):
        cls.set_up_chats(cls.env)
        cls.manager = new_test_user(
            cls.env,
            "chat_keys",
            groups="chat_center_bridge.group_manager,base.group_allow_export",
        )
        cls.rows = cls.gateway.setting_ids

    def _with_keys(self, *keys):
        return patch.dict("os.environ", {KEYS: ",".join(keys)})

    def _now(self):
        """The keys the world was made with."""
        return os.environ[KEYS]


@tagged("post_install", "-at_install")
class TestSecretsTold(SecretsWorld, TransactionCase):
    """No door tells a secret, not even to an administrator of the chat center."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()
        cls.sealed = cls.rows.sudo().filtered("sealed").mapped("sealed")

    def _row(self, name):
        return self.rows.filtered(lambda row: row.name == name)

    def _assert_untold(self, told):
        for secret in (SECRET, TOKEN, *self.sealed):
            self.assertNotIn(secret, repr(told))

    def test_reading_tells_the_last_signs_only(self):
        rows = self.rows.with_user(self.manager)
        self.assertIn("…" + TOKEN[-4:], rows.mapped("shown"))
        self._assert_untold(rows.read())
        self._assert_untold(rows.search_read([]))
        self._assert_untold(self.gateway.with_user(self.manager).read())

    def test_the_sealed_text_is_named_by_nobody(self):
        rows = self.rows.with_user(self.manager)
        for act in (
            lambda: rows.read(["sealed"]),
            lambda: rows.search([("sealed", "=like", "g%")]),
            lambda: rows.search([], order="sealed"),
            lambda: rows._read_group([], ["sealed"], ["__count"]),
            lambda: rows.formatted_read_group([], ["sealed"], ["__count"]),
            lambda: rows.search_read([], ["sealed"]),
            lambda: rows.web_read({"sealed": {}}),
            lambda: rows.write({"sealed": "mine"}),
            lambda: rows.create(
                {"gateway_id": self.gateway.id, "name": "x", "sealed": "mine"}
            ),
            lambda: (
                self.env["chat.gateway"]
                .with_user(self.manager)
                .search([("setting_ids.sealed", "=like", "g%")])
            ),
        ):
            with self.subTest(act.__code__.co_firstlineno):
                with self.assertRaises(AccessError):
                    act()

    def test_an_export_has_no_secret(self):
        gateway = self.gateway.with_user(self.manager)
        names = ["name", "setting_ids/name", "setting_ids/shown", "setting_ids/entered"]
        self._assert_untold(gateway.export_data(names))
        try:
            self._assert_untold(gateway.export_data(["setting_ids/sealed"]))
        except AccessError:
            return

    def test_a_search_finds_no_prefix_of_a_value(self):
        rows = self.rows.with_user(self.manager)
        for name in ("entered", "shown"):
            with self.subTest(name):
                try:
                    found = rows.search([(name, "=like", f"{TOKEN[:5]}%")])
                except (UserError, ValueError):
                    continue
                self.assertNotIn("token", found.mapped("name"))

    def test_who_saves_is_not_sent_the_secret_back(self):
        row = self._row("token").with_user(self.manager)
        told = row.web_save({"entered": FRESH}, {"shown": {}, "entered": {}})
        self.assertNotIn(FRESH, repr(told))
        self.assertEqual(row._opened(), FRESH)

    def test_the_address_of_the_webhook_is_the_administrators(self):
        supervisor = new_test_user(
            self.env, "chat_looks", groups="chat_center_bridge.group_supervisor"
        )
        gateways = self.env["chat.gateway"].with_user(supervisor)
        for act in (
            lambda: gateways.search([("key", "=like", f"{self.gateway.key[:3]}%")]),
            lambda: self.gateway.with_user(supervisor).read(["key"]),
            lambda: self.gateway.with_user(supervisor).read(["webhook_url"]),
        ):
            with self.subTest(act.__code__.co_firstlineno):
                with self.assertRaises(AccessError):
                    act()

    def test_no_log_tells_a_secret(self):
        with self.assertLogs("odoo", logging.DEBUG) as caught:
            logging.getLogger(__name__).debug("one line at least")
            self._fill_in(self.gateway, {"token": TOKEN, "webhook_secret": SECRET})
            self._receive(self._update())
            self.gateway.flush_recordset()
        told = [record.getMessage() for record in caught.records]
        for secret in (SECRET, TOKEN):
            self.assertFalse([line for line in told if secret in line])

    def test_arguments_of_jobs_are_ids(self):
        self.env["chat.inbox.lane"]._enqueue(1)
        self.direction._wake()
        jobs = self.env["queue.job"].search([], order="id desc", limit=2)
        self.assertEqual(len(jobs), 2)
        for job in jobs:
            for argument in [*job.args, *job.kwargs.values()]:
                self.assertIsInstance(argument, int)


@tagged("post_install", "-at_install")
class TestKeys(SecretsWorld, TransactionCase):
    """Keys of the installation: missing, wrong, replaced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()

    def test_without_a_key_no_gateway_is_made_and_it_says_how(self):
        with patch.dict("os.environ"):
            os.environ.pop(KEYS)
            with patch.object(chat_gateway_setting, "KEYS_OPTION", "no_such_option"):
                with self.assertRaisesRegex(UserError, KEYS):
                    self._gateway(name="Second")

    def test_a_key_that_is_none_is_told_apart_from_none(self):
        for keys in ("", "not-a-key", ","):
            with self.subTest(keys), self._with_keys(keys):
                with self.assertRaises(UserError):
                    self._gateway(name="Second")

    def test_a_wrong_key_is_said_on_the_gateways_screen(self):
        with self._with_keys(Fernet.generate_key().decode()):
            self.env.invalidate_all()
            gateway = self.gateway.with_user(self.manager)
            self.assertIn("Shop's bot", gateway.key_problem)
            self.assertIn("enter the value again", gateway.key_problem)
            shown = gateway.setting_ids.filtered("shown").mapped("shown")
            self.assertEqual(set(shown), {"cannot be opened"})

    def test_a_gateway_of_a_wrong_key_does_not_go_live_and_others_do(self):
        self.gateway.action_pause()
        with self._with_keys(Fernet.generate_key().decode()):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "keys of this installation"):
                self.gateway.action_go_live()
            second = self._gateway(name="Second")
            self.assertEqual(second.state, "live")
            self.assertFalse(second.key_problem)
        self.assertEqual(self.gateway.state, "paused")

    def test_entering_the_value_again_heals_the_gateway(self):
        with self._with_keys(Fernet.generate_key().decode()):
            self._fill_in(self.gateway, {"token": TOKEN})
            self.env.invalidate_all()
            self.assertFalse(self.gateway.key_problem)

    def test_keys_are_replaced_while_everything_goes_on(self):
        old, new = self._now(), Fernet.generate_key().decode()
        with self._with_keys(new, old):
            self.assertEqual(self.gateway._secrets()["token"], TOKEN)
            self.rows._seal_again()
        with self._with_keys(new):
            self.assertEqual(self.gateway._secrets()["token"], TOKEN)

    def test_a_key_too_few_seals_nothing_again(self):
        before = self.rows.sudo().mapped("sealed")
        with self._with_keys(Fernet.generate_key().decode()):
            with self.assertRaises(UserError):
                self.rows._seal_again()
        self.assertEqual(self.rows.sudo().mapped("sealed"), before)

    def test_a_copy_of_a_gateway_has_no_secrets(self):
        copy = self.gateway.copy()
        self.assertFalse(copy._secrets()["token"])
        self.assertNotIn(SECRET, copy._secrets().values())
        self.assertNotEqual(copy.key, self.gateway.key)
        self.assertEqual(copy.state, "draft")
