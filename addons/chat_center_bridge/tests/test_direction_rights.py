"""What supervisors change of their directions, by RPC and on the screen (X5)."""

from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.chat_direction_access import SUPERVISED_FIELDS
from .common import ChatBuilders

CENTER = "chat_center_bridge.group_"
TARGETS = sorted(name for name in SUPERVISED_FIELDS if not name.endswith("_ids"))


@tagged("post_install", "-at_install")
class TestDirectionRights(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.other = cls._direction("Couriers")
        cls.supervisor = cls._person("chat_supervisor", f"{CENTER}supervisor")
        cls.direction.supervisor_ids = cls.supervisor
        cls.manager = cls._person("chat_manager", f"{CENTER}manager")

    @classmethod
    def _person(cls, login, group, **values):
        return new_test_user(
            cls.env, login, groups=group, context={"no_reset_password": True}, **values
        )

    def _logged(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.direction.message_ids

    # -- by RPC ------------------------------------------------------------------------

    def test_supervisors_set_the_targets_of_their_directions_and_it_is_told(self):
        direction = self.direction.with_user(self.supervisor)
        for name in TARGETS:
            with self.subTest(name):
                before = self._logged()
                direction.write({name: 44})
                message = self._logged() - before
                changed = message.sudo().tracking_value_ids
                self.assertEqual(message.author_id, self.supervisor.partner_id)
                self.assertEqual(changed.new_value_integer, 44)

    @mute_logger("odoo.orm.models", "odoo.models")
    def test_all_else_is_the_administrators(self):
        direction = self.direction.with_user(self.supervisor)
        for values in (
            {"name": "Mine"},
            {"active": False},
            {"supervisor_ids": [(5,)]},
            {"calendar_id": False},
            {"accept_seconds": 5},
            {"sticky_hours": 1},
            {"public_name": "Me"},
            {"company_id": self.env.company.id},
            {"sequence": 1},
            {"reply_seconds": 50, "choice": "in_turn"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                direction.write(values)
        with self.assertRaises(AccessError):
            direction.unlink()
        with self.assertRaises(AccessError):
            direction.create({"name": "Mine"})
        with self.assertRaises(AccessError):
            direction.copy()

    def test_another_supervisors_direction_stays_as_it_is(self):
        other = self.other.with_user(self.supervisor)
        for values in (
            {"reply_seconds": 50},
            {"reason_ids": [(0, 0, {"name": "Solved"})]},
            {"text_ids": [(0, 0, {"event": "greeting", "text": "Hello!"})]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                other.write(values)

    def test_neither_operators_nor_outsiders_change_anything(self):
        company = self.env["res.company"].create({"name": "Other"})
        elsewhere = {"company_id": company.id, "company_ids": [(6, 0, company.ids)]}
        for user in (
            self._operator("chat_operator").user_id,
            self._person("chat_clerk", "base.group_user"),
            self._person("chat_portal", "base.group_portal"),
            self._person("chat_other", f"{CENTER}manager", **elsewhere),
        ):
            direction = self.direction.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                direction.write({"reply_seconds": 50})

    def test_a_line_is_not_moved_into_another_supervisors_direction(self):
        reason = self.env["chat.reason"].create(
            {"name": "Solved", "direction_id": self.direction.id}
        )
        text = self.env["chat.direction.text"].create(
            {"event": "greeting", "text": "Hello!", "direction_id": self.direction.id}
        )
        for line in (reason, text):
            line = line.with_user(self.supervisor)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.direction_id = self.other
            self.env.invalidate_all()
            self.assertEqual(line.direction_id, self.direction)
        reason.with_user(self.manager).direction_id = self.other

    # -- on the screen -----------------------------------------------------------------

    def _form(self, direction, user):
        return Form(direction.with_user(user))

    def test_supervisors_change_texts_reasons_and_targets_on_the_screen(self):
        with self._form(self.direction, self.supervisor) as form:
            form.handle_seconds = 300
            with form.text_ids.new() as text:
                text.event = "greeting"
                text.text = "Good day!"
            with form.reason_ids.new() as reason:
                reason.name = "Solved"
        self.assertEqual(self.direction.handle_seconds, 300)
        self.assertEqual(self.direction.text_ids.text, "Good day!")
        self.assertEqual(self.direction.reason_ids.name, "Solved")

    def _is_readonly(self, form, name, value):
        try:
            setattr(form, name, value)
        except AssertionError as error:
            self.assertIn("readonly", str(error))
            return True
        return False

    def test_the_screen_shows_what_is_not_theirs_as_readonly(self):
        form = self._form(self.direction, self.supervisor)
        for name, value in (("name", "Mine"), ("accept_seconds", 5)):
            self.assertTrue(self._is_readonly(form, name, value), name)
        form = self._form(self.other, self.supervisor)
        for name in TARGETS:
            self.assertTrue(self._is_readonly(form, name, 50), name)

    def test_administrators_change_everything_on_the_screen(self):
        with self._form(self.other, self.manager) as form:
            form.name = "Riders"
            form.accept_seconds = 45
            form.short_seconds = 7
        self.assertEqual(self.other.name, "Riders")
        with Form(self.env["chat.direction"].with_user(self.manager)) as form:
            form.name = "New one"
            form.amber_percent = 10
            with form.reason_ids.new() as reason:
                reason.name = "Solved"
        self.assertEqual(form.record.reason_ids.name, "Solved")
