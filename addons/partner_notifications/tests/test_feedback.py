from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models import partner_notification_visit as visits
from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestFeedback(NotificationBuilders, TransactionCase):
    """Visits of the section and what persons think of it (K10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner(persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        (cls.person | cls.colleague).write(
            {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
        )
        cls.feedback = cls.env["partner.notification.feedback"]
        cls.visits = cls.env["partner.notification.visit"]

    def visit(self, *days):
        for day in days:
            with freeze_time(day):
                self.visits._note(self.person)

    def is_asked(self, day):
        with freeze_time(day):
            return self.feedback._is_time_to_ask(self.person)

    def test_a_person_is_asked_from_the_third_visit_on(self):
        self.visit("2026-03-02", "2026-03-03")
        self.assertFalse(self.is_asked("2026-03-03"))
        self.visit("2026-03-04")
        self.assertTrue(self.is_asked("2026-03-04"))

    def test_reloads_of_a_day_are_one_visit(self):
        self.visit("2026-03-02 08:00", "2026-03-02 08:01", "2026-03-02 17:00")
        self.assertEqual(self.visits.search_count([]), 1)

    def test_a_day_is_the_person_s_own(self):
        self.person.tz = "Asia/Vladivostok"
        self.visit("2026-03-02 13:00", "2026-03-02 15:00")  # 23:00 and 1:00 there
        self.assertEqual(self.visits.search_count([]), 2)

    def test_once_a_quarter_and_not_now_counts_as_asked(self):
        self.visit("2026-01-12", "2026-02-12", "2026-03-12")
        with freeze_time("2026-03-12"):
            self.feedback._answer(self.person)
        self.assertFalse(self.is_asked("2026-03-31"))
        self.assertTrue(self.is_asked("2026-04-01"))
        row = self.feedback.search([])
        self.assertEqual(str(row.quarter), "2026-01-01")
        self.assertFalse(row.score)

    def test_the_first_answer_of_a_quarter_counts(self):
        with freeze_time("2026-03-12"):
            self.feedback._answer(self.person, 5, "  Handy ")
            self.feedback._answer(self.person, 1)
        row = self.feedback.search([])
        self.assertEqual((row.score, row.comment), (5, "Handy"))
        self.assertEqual(row.commercial_partner_id, self.partner)

    def test_another_score_is_refused_by_name(self):
        for score in (0, 6, "5", True, 4.5):
            with self.assertRaisesRegex(UserError, f"“{score}” is not a score"):
                self.feedback._answer(self.person, score)

    def test_the_average_leaves_not_now_out(self):
        self.feedback._answer(self.person, 5)
        self.feedback._answer(self.colleague)
        other = self._persons(self._partner("Vasilek"))
        self.feedback._answer(other, 4)
        [(average,)] = self.feedback._read_group([], [], ["score:avg"])
        self.assertEqual(average, 4.5)
        self.assertEqual(self.feedback.search_count([("score", "!=", False)]), 2)

    def test_old_visits_are_forgotten_in_chunks(self):
        self.visit("2023-01-01", "2023-01-02", "2023-01-03", "2026-03-01")
        with freeze_time("2026-03-02"):
            self.patch(visits, "DELETED_AT_ONCE", 2)
            self.assertEqual(self.visits._gc_old(), (2, 1))
            self.assertEqual(self.visits._gc_old(), (1, 0))
        self.assertEqual(self.visits.search_count([]), 1)

    def test_ratings_are_for_the_service_centre_of_the_company(self):
        self.feedback._answer(self.person, 5)
        self.visit("2026-03-02")
        rows = self.feedback.search([]), self.visits.search([])
        other_company = self.env.ref("base.main_company")
        clerk = new_test_user(
            self.env,
            "clerk-f",
            groups="partner_notifications.group_clerk",
            company_id=other_company.id,
            company_ids=[(6, 0, other_company.ids)],
        )
        internal = new_test_user(self.env, "plain-f", groups="base.group_user")
        for row in rows:
            with self.assertRaises(AccessError):
                row.with_user(clerk).with_context(
                    allowed_company_ids=clerk.company_ids.ids
                ).read()
            for user in (self.person, internal):
                with self.assertRaises(AccessError):
                    row.with_user(user).read()
        clerk.write({"company_ids": [(4, self.company.id)]})
        for row in rows:
            own = row.with_user(clerk).with_context(
                allowed_company_ids=self.company.ids
            )
            self.assertTrue(own.read())
            with self.assertRaises(AccessError):
                own.unlink()
