from odoo.tests import TransactionCase, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestOperator(ChatBuilders, MailCase, TransactionCase):
    """The record of who answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)

    def test_nobody_is_written_to_that_he_is_an_operator(self):
        users = self.env["res.users"].with_context(no_reset_password=True)
        user = users.create(
            {
                "name": "Olga",
                "login": "chat_olga",
                "email": "olga@example.com",
                "notification_type": "email",
            }
        )
        with self.mock_mail_gateway(), self.mock_mail_app():
            operator = self.env["chat.operator"].create({"user_id": user.id})
            self.flush_tracking()
        self.assertNotIn(user.partner_id, self._new_msgs.notified_partner_ids)
        self.assertFalse(self._new_mails)
        self.assertFalse(operator.message_partner_ids)
