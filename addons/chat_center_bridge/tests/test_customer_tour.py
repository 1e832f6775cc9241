from odoo.tests import HttpCase, tagged

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestCustomerTour(ChatBuilders, HttpCase):
    """A supervisor who is an operator, too, works on the card of a customer (P9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.operator = cls._operator("chat_svetlana")
        cls.operator.user_id.group_ids += cls.env.ref(
            "chat_center_bridge.group_supervisor"
        )
        cls.direction.supervisor_ids = cls.operator.user_id
        cls.env["res.partner"].create({"name": "Anna Belova", "phone": "+79139998811"})

    def test_linked_undone_blocked_unblocked_and_written_to(self):
        asked = self._conversation()
        customer = asked.chat_identity_id
        customer.alias_ids = [(0, 0, {"name": "phone:79139998811"})]
        self.start_tour("/odoo", "chat_center_bridge_customer", login="chat_svetlana")
        self.env.invalidate_all()
        self.assertEqual(asked.chat_state, "closed")
        self.assertFalse(customer.partner_id or customer.is_spam)
        self.assertEqual(len(customer.link_ids), 1)
        self.assertTrue(customer.is_preferred)
        begun = customer.conversation_ids - asked
        self.assertEqual(begun.chat_operator_id, self.operator)
