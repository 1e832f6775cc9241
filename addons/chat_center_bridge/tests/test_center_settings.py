"""Numbers of the company: who sets them, who follows, what is told."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChatBuilders

CENTER = "chat_center_bridge.group_"


@tagged("post_install", "-at_install")
class TestCenterSettings(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.manager = new_test_user(cls.env, "chat_manager", groups=f"{CENTER}manager")
        cls.company = cls.env.company
        cls.company.write(
            {"chat_base_slots": 3, "chat_extra_slots": 2, "chat_gone_minutes": 3}
        )

    def _settings(self, user=None):
        return self.env["chat.center.settings"].with_user(user or self.manager)

    def _slots(self, operator):
        kinds = operator.slot_ids.mapped("kind")
        return kinds.count("base"), kinds.count("extra")

    def test_operators_follow_at_once_but_for_those_with_numbers_of_their_own(self):
        usual = self._operator("chat_usual")
        own = self._operator("chat_own", base_slots=5)
        gone = self._operator("chat_gone")
        gone.active = False
        form = Form(self._settings())
        form.chat_base_slots = 4
        form.chat_extra_slots = 1
        form.save().action_save()
        self.assertEqual(self._slots(usual), (4, 1))
        self.assertEqual(self._slots(own), (5, 1))
        self.assertEqual(self._slots(gone), (4, 1))
        self.assertEqual(self._slots(self._operator("chat_later")), (4, 1))

    def test_a_slot_with_a_conversation_is_not_taken_away(self):
        operator = self._operator("chat_usual")
        channel = self._taken(operator)
        self.company.chat_base_slots = 0
        self.assertEqual(operator.slot_ids.conversation_id, channel)

    def test_another_companys_operators_keep_theirs(self):
        company = self.env["res.company"].create({"name": "Other"})
        operator = self._operator("chat_other")
        operator.user_id.write(
            {"company_ids": [(4, company.id)], "company_id": company.id}
        )
        self.company.chat_base_slots = 4
        self.assertEqual(operator.base_slots, 3)

    def test_who_changed_what_is_told(self):
        for name in ("chat_base_slots", "chat_extra_slots", "chat_gone_minutes"):
            self.env.cr.precommit.run()
            before = self.company.message_ids
            form = Form(self._settings())
            setattr(form, name, 9)
            form.save().action_save()
            self.env.flush_all()
            self.env.cr.precommit.run()
            message = self.company.message_ids - before
            self.assertEqual(message.author_id, self.manager.partner_id)
            self.assertEqual(message.sudo().tracking_value_ids.new_value_integer, 9)

    def test_none_of_them_is_less_than_zero(self):
        for name in ("chat_base_slots", "chat_extra_slots", "chat_gone_minutes"):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                with self.env.cr.savepoint():
                    self.company[name] = -1
                    self.env.flush_all()
            self.env.invalidate_all()

    def test_administrators_of_chats_alone_change_them(self):
        supervisor = new_test_user(
            self.env, "chat_supervisor", groups=f"{CENTER}supervisor"
        )
        for user in (
            supervisor,
            self._operator("chat_usual").user_id,
            new_test_user(self.env, "chat_portal", groups="base.group_portal"),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._settings(user).create({"chat_base_slots": 9}).action_save()
        self.assertEqual(self.company.chat_base_slots, 3)

    def test_another_companys_numbers_are_not_changed(self):
        company = self.env["res.company"].create({"name": "Other"})
        settings = self._settings().create({"company_id": company.id})
        with self.assertRaisesRegex(AccessError, "another company"):
            settings.action_save()

    def test_general_settings_hold_them_too(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.chat_gone_minutes, 3)
        settings.chat_gone_minutes = 7
        settings.execute()
        self.assertEqual(self.company.chat_gone_minutes, 7)
