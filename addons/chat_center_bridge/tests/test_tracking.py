from odoo.tests import TransactionCase, new_test_user, tagged

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestTracking(ChatBuilders, TransactionCase):
    """Rules act at once, and it is seen who changed what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.supervisor = new_test_user(
            cls.env, "chat_svetlana", groups="chat_center_bridge.group_supervisor"
        )
        cls.direction.supervisor_ids = cls.supervisor
        cls.env.cr.precommit.run()

    def _as_supervisor(self, record):
        return record.with_user(self.supervisor)

    def _logged(self, before, document=None):
        """What was logged since: (author, body, [(old, new)])."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = (document or self.direction).message_ids - before
        return [
            (
                message.author_id,
                str(message.body),
                [
                    (value.old_value_char or value.old_value_text or "")
                    + " → "
                    + (value.new_value_char or value.new_value_text or "")
                    for value in message.sudo().tracking_value_ids
                ],
            )
            for message in messages
        ]

    def _change(self, act, document=None):
        self.env.cr.precommit.run()
        before = (document or self.direction).message_ids
        act()
        [(author, body, changes)] = self._logged(before, document)
        return author, body, changes

    def test_a_new_reason_and_its_removal_are_told(self):
        me = self.supervisor.partner_id
        made = self._as_supervisor(self.env["chat.reason"])
        values = {"name": "Solved", "direction_id": self.direction.id}
        author, body, _changes = self._change(lambda: made.create(values))
        self.assertEqual(author, me)
        self.assertIn("Added: Closing reason of conversations “Solved”", body)
        reason = self._as_supervisor(self.direction.reason_ids)
        author, body, _changes = self._change(reason.unlink)
        self.assertEqual(author, me)
        self.assertIn("Removed: Closing reason of conversations “Solved”", body)

    def test_another_text_is_told_with_the_one_before(self):
        line = self.env["chat.direction.text"].create(
            {"direction_id": self.direction.id, "event": "greeting", "text": "Hello!"}
        )
        author, body, changes = self._change(
            lambda: self._as_supervisor(line).write({"text": "Good day!"})
        )
        self.assertEqual(author, self.supervisor.partner_id)
        self.assertIn("A conversation begins", body)
        self.assertEqual(changes, ["Hello! → Good day!"])

    def test_the_same_text_again_is_not_told(self):
        line = self.env["chat.direction.text"].create(
            {"direction_id": self.direction.id, "event": "greeting", "text": "Hello!"}
        )
        before = self.direction.message_ids
        line.text = "Hello!"
        self.assertEqual(self._logged(before), [])

    def test_an_operators_skills_in_a_direction_are_told(self):
        operator = self._operator("chat_olga")
        skill = self.env["chat.skill"].create({"name": "Returns"})
        line = self._as_supervisor(operator.line_ids)
        _author, body, changes = self._change(
            lambda: line.write({"skill_ids": [(4, skill.id)]})
        )
        self.assertIn("chat_olga", body)
        self.assertEqual(changes, [" → Returns"])

    def test_targets_supervisors_and_slots_are_told(self):
        operator = self._operator("chat_olga")
        for document, values in (
            (self.direction, {"handle_seconds": 300}),
            (self.direction, {"amber_percent": 5}),
            (self.direction, {"short_seconds": 9}),
            (self.direction, {"supervisor_ids": [(5,)]}),
            (self.direction, {"public_name": "The shop"}),
            (operator, {"base_slots": 4}),
            (self.gateway, {"direction_id": self._direction("Couriers").id}),
            (self.gateway, {"silent_minutes": 5}),
        ):
            with self.subTest(values=values):
                _author, _body, changes = self._change(
                    lambda document=document, values=values: document.write(values),
                    document,
                )
                self.assertEqual(len(changes), 1)
