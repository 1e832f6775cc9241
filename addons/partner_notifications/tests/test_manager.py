from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestManager(NotificationBuilders, TransactionCase):
    """Somebody else looks after a company (K4c, K7: told the day after)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.rule = cls.env["partner.notification.rule"].create(
            {
                "name": "New managers",
                "topic_id": cls.env.ref("partner_notifications.topic_manager").id,
                "source": "manager",
                "company_id": cls.company.id,
            }
        )
        cls.anna, cls.boris = (cls._seller(name) for name in ("Anna", "Boris"))
        cls.partner = cls._partner(user_id=cls.anna.id)

    @classmethod
    def _seller(cls, name, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            name.lower(),
            name=name,
            groups="sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def _tomorrow(self, days=1):
        """The notifications of the rule's run some days later."""
        before = self.rule.broadcast_ids
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.rule._run()
            wave = self.rule.broadcast_ids - before
            return self._send(wave) if wave else self.env["partner.notification"]

    def test_a_new_manager_is_told_the_day_after_and_once(self):
        self.partner.user_id = self.boris
        self.rule._run()
        self.assertFalse(self.rule.broadcast_ids, "not the same day")
        notification = self._tomorrow()
        self.assertEqual(notification.commercial_partner_id, self.partner)
        self.assertIn("Boris", notification.subject)
        self.assertFalse(self._tomorrow(2))

    def test_the_first_manager_is_told_too(self):
        orphan = self._partner("Orphan")
        orphan.user_id = self.boris
        self.assertEqual(self._tomorrow().commercial_partner_id, orphan)

    def test_given_back_is_nothing_to_tell(self):
        self.partner.user_id = self.boris
        self.partner.user_id = self.anna
        self.assertFalse(self._tomorrow())
        self.assertFalse(self.env["partner.notification.mark"].search([]))

    def test_handed_over_twice_is_one_message_with_the_last(self):
        self.partner.user_id = self.boris
        self.partner.user_id = self._seller("Clara")
        notification = self._tomorrow()
        self.assertEqual(len(notification), 1)
        self.assertIn("Clara", notification.subject)

    def test_who_still_moves_today_waits_until_it_is_settled(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=1)):
            self.partner.user_id = self.boris
        self.partner.user_id = self.anna
        self.rule._run()
        self.assertFalse(self.rule.broadcast_ids)
        self.assertFalse(self._tomorrow(), "back where it was two days ago")

    def test_a_region_handed_over_is_one_wave_of_constant_queries(self):
        partners = self.env["res.partner"]
        for number in range(30):
            partners |= self._partner(f"P {number}", user_id=self.anna.id)
        self.env.flush_all()
        with self.assertQueryCount(10):
            partners._mark_manager()
        partners.user_id = self.boris
        notifications = self._tomorrow()
        self.assertEqual(len(self.rule.broadcast_ids), 1)
        self.assertEqual(notifications.commercial_partner_id, partners)
        self.assertEqual(set(notifications.mapped("outcome")), {"sent"})

    def test_nobody_in_particular_is_nobody_to_tell_of(self):
        self.partner.user_id = False
        self.assertFalse(self._tomorrow())

    def test_a_persons_own_contact_is_not_the_companys(self):
        self._persons(self.partner).partner_id.user_id = self.boris
        self.assertFalse(self._tomorrow())

    def test_a_partner_of_no_company_is_told_by_its_managers_company_alone(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        self.rule.copy({"company_id": other.id})
        self.partner.user_id = self._seller("Dina", other)
        self.assertFalse(self._tomorrow(), "the manager is of the other company")
        theirs = self.rule.search([("company_id", "=", other.id)])
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            theirs._run()
            notification = self._send(theirs.broadcast_ids)
        self.assertEqual(notification.company_id, other)

    def test_marks_are_left_only_where_a_rule_looks_at_them(self):
        self.rule.active = False
        self.partner.user_id = self.boris
        self.assertFalse(self.env["partner.notification.mark"].search([]))

    def test_marks_of_a_rule_switched_off_are_swept_away(self):
        self.partner.user_id = self.boris
        marks = self.env["partner.notification.mark"]
        marks._gc_unwatched()
        self.assertTrue(marks.search([]))
        self.rule.active = False
        marks._gc_unwatched()
        self.assertFalse(marks.search([]))
