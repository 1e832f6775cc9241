from odoo.tests import HttpCase, tagged

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestBoardTour(ChatBuilders, HttpCase):
    """A supervisor works on the board in a browser (X5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls._operator("chat_olga").user_id.name = "Olga"
        cls.supervisor = cls._operator("chat_svetlana", state="busy").user_id
        cls.supervisor.name = "Svetlana"
        cls.supervisor.group_ids += cls.env.ref("chat_center_bridge.group_supervisor")
        cls.direction.supervisor_ids = cls.supervisor
        cls.env["chat.reason"].create(
            {"name": "Solved", "direction_id": cls.direction.id}
        )

    def test_the_last_goes_first_is_taken_over_and_the_rest_closed(self):
        anna, boris = (
            self._conversation(chat=number, number=number) for number in (1, 2)
        )
        anna.name, boris.name = "Anna", "Boris"
        self.start_tour(
            "/odoo", "chat_center_bridge_board", login="chat_svetlana", timeout=150
        )
        self.assertEqual(boris.chat_operator_id.user_id, self.supervisor)
        self.assertEqual(anna.chat_state, "closed")
        self.assertEqual(anna.chat_reason_id.name, "Solved")
