from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

from . import payloads
from .common import ChatBuilders
from .provider import ProviderMixin


@tagged("post_install", "-at_install")
class TestNeutralizedCopy(ProviderMixin, ChatBuilders, TransactionCase):
    """A copy of the database knows no secret and writes to nobody (design 6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()
        cls.operator = cls._operator("chat_olga")
        cls.channel = cls._taken(cls.operator)
        cls._receive(cls._photo())
        cls.file = cls.env["chat.inbox.file"].search([])
        cls.site = cls._site(app_key="a-key-of-the-app-of-32-signs-or-more")
        cls.provider.requests.clear()
        cls.env.flush_all()
        with file_open("chat_center_bridge/data/neutralize.sql") as script:
            cls.env.cr.execute(script.read())
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    @classmethod
    def _photo(cls):
        update = payloads.of_chat(payloads.telegram_photo(2, 1002), 77)
        update["message"]["chat"] = {"id": 77, "type": "private"}
        return update

    def test_no_secret_is_left(self):
        settings = self.env["chat.gateway.setting"].sudo().search([])
        self.assertTrue(settings)
        self.assertFalse(settings.filtered("sealed"))

    def test_messengers_find_no_address(self):
        gateways = self.env["chat.gateway"]
        for gateway in (self.gateway, self.site):
            self.assertEqual(gateway.state, "paused")
            found = gateways._of_address(gateway.gateway_type, gateway.key)
            self.assertFalse(found)

    def test_nothing_is_written_to_customers(self):
        with self.assertRaisesRegex(UserError, "not set up"):
            self._reply(self.channel, user=self.operator.user_id)
        self._drain()
        self.assertFalse(self.provider.requests)

    def test_files_are_not_asked_for_and_it_says_why(self):
        self.assertIn("copy of the database", self.file.error)
        with self.own_transactions():
            self.file._fetch()
        self.assertFalse(self.provider.requests)

    def test_what_was_said_is_still_there(self):
        self.assertIn("Where is my order?", self.channel.message_ids.mapped("body")[-1])
        self.assertEqual(self.channel.chat_state, "active")
