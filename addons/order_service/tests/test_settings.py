from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestSettings(OrderServiceCommon):
    """The manager's window on what the company decides about its orders."""

    def settings(self, user):
        return self.env["order.service.settings"].with_user(user)

    def test_a_manager_reads_and_changes_the_settings_of_the_own_company(self):
        self.assertFalse(self.company.with_user(self.manager).has_access("write"))
        self.company.service_feed_days = 21
        with Form(self.settings(self.manager)) as form:
            self.assertEqual(form.service_feed_days, 21)
            form.service_feed_days = 14
            form.service_sms_ready = True
            form.service_portal_reason_id = self._reason("changed_mind")
        self.assertEqual(self.company.service_feed_days, 21, "not saved yet")
        form.record.action_save()
        self.assertEqual(self.company.service_feed_days, 14)
        self.assertTrue(self.company.service_sms_ready)
        self.assertEqual(
            self.company.service_portal_reason_id, self._reason("changed_mind")
        )

    def test_nobody_else_opens_the_window(self):
        for user in (self.operator, self.storeadmin, self.courier, self.marketing):
            with self.assertRaises(AccessError):
                self.settings(user).create({})

    def test_who_is_no_manager_any_more_saves_nothing(self):
        window = self.settings(self.manager).create({"service_feed_days": 7})
        before = self.company.service_feed_days
        with self.assertRaisesRegex(AccessError, "manager"):
            window.with_user(self.operator).action_save()
        self.assertEqual(self.company.service_feed_days, before)

    def test_settings_of_another_company_are_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Other"})
        window = self.settings(self.manager).create({"company_id": other.id})
        with self.assertRaisesRegex(AccessError, "another company"):
            window.action_save()
        self.assertNotEqual(other.service_feed_days, 7)

    def test_values_that_make_no_sense_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "a day at least"):
            self.settings(self.manager).create({"service_feed_days": 0})
        with self.assertRaisesRegex(ValidationError, "customers"):
            self.settings(self.manager).create(
                {"service_portal_reason_id": self._reason("no_goods").id}
            )
