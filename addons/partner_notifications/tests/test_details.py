from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestDetails(NotificationBuilders, TransactionCase):
    """Staff changes a company's details: told at once (K4d, K8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.rule = cls.env["partner.notification.rule"].create(
            {
                "name": "Details",
                "topic_id": cls.env.ref("partner_notifications.topic_details").id,
                "source": "details",
                "company_id": cls.company.id,
            }
        )
        cls.partner = cls._partner(street="Old street 1")
        cls.person = cls._persons(cls.partner)
        cls.staff = new_test_user(
            cls.env,
            "staff",
            groups="base.group_user,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _as_staff(self, partner):
        return partner.with_user(self.staff).with_context(
            allowed_company_ids=self.company.ids
        )

    def _told(self):
        return self.rule.broadcast_ids.notification_ids

    def test_a_change_is_told_at_once_with_what_it_is_now(self):
        self._as_staff(self.partner).write(
            {
                "name": "Romashka JSC",
                "street": "New street 2",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        notification = self._told()
        self.assertEqual(notification.outcome, "sent")
        for word in ("Romashka JSC", "Street: New street 2", "Country: France"):
            self.assertIn(word, notification.body)
        self.assertNotIn("City", notification.body)
        self.assertEqual(self._receipts(self.person).subject, notification.subject)
        self.assertEqual(self.rule.broadcast_ids.state, "done")
        self.assertEqual(self.rule.broadcast_ids.origin, "event")

    def test_it_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._as_staff(self.partner).country_id = self.env.ref("base.de")
        body = self._told().with_context(lang="fr_FR").body
        self.env.ref("base.de").with_context(lang="fr_FR")
        self.assertIn(self.env.ref("base.de").with_context(lang="fr_FR").name, body)

    def test_taken_away_is_told_as_nothing(self):
        self._as_staff(self.partner).street = False
        self.assertIn("Street: —", self._told().body)

    def test_the_same_value_again_is_nothing_to_tell(self):
        self._as_staff(self.partner).street = "Old street 1"
        self._as_staff(self.partner).comment = "Pays late"
        self.assertFalse(self._told())

    def test_each_change_is_told(self):
        for street in ("A", "B", "A"):
            self._as_staff(self.partner).street = street
        self.assertEqual(len(self._told()), 3)

    def test_nobody_is_told_of_own_doings_imports_and_jobs(self):
        self.partner.with_user(self.person).sudo().street = "By the partner"
        self._as_staff(self.partner).with_context(import_file=True).street = "Import"
        self.partner.street = "Job"
        self.assertFalse(self.rule.broadcast_ids)

    def test_persons_and_companies_without_portal_leave_no_wave(self):
        self._as_staff(self.person.partner_id).phone = "+7 495 000 00 00"
        self._as_staff(self._partner("Nobody", persons=0)).street = "New"
        self.assertFalse(self.rule.broadcast_ids)

    def test_without_a_rule_and_outside_its_choice_nobody_is_told(self):
        self.rule.domain = f"[('id', '!=', {self.partner.id})]"
        self._as_staff(self.partner).street = "Hidden"
        self.assertFalse(self._told())
        self.rule.active = False
        waves = self.rule.broadcast_ids
        self._as_staff(self.partner).street = "Off"
        self.assertEqual(self.rule.broadcast_ids, waves)

    def test_who_is_left_out_of_the_rule_is_not_told(self):
        self.rule.exclusion_ids.create(
            {
                "rule_id": self.rule.id,
                "partner_id": self.partner.id,
                "reason": "By agreement",
            }
        )
        self._as_staff(self.partner).street = "New"
        self.assertEqual(self._told().outcome, "excluded")

    def test_many_at_once_go_through_the_queue(self):
        partners = self.env["res.partner"].union(
            *(self._partner(f"Many {number}") for number in range(51))
        )
        self._as_staff(partners).city = "Perm"
        wave = self.rule.broadcast_ids
        self.assertEqual(wave.state, "queued")
        self._send(wave)
        self.assertEqual(wave.sent_count, 51)

    def test_the_seller_is_the_partners_company_else_the_clerks(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        self.person.write({"company_ids": other.ids, "company_id": other.id})
        self.partner.company_id = other
        self.staff.company_ids |= other
        self.partner.with_user(self.staff).with_context(
            allowed_company_ids=(self.company | other).ids
        ).street = "New"
        self.assertFalse(self._told(), "the other company has no active rule")

    def test_the_clock_starts_nothing(self):
        self.rule._run()
        self.assertFalse(self.rule.broadcast_ids)

    def test_while_all_sending_is_off_it_waits(self):
        self.company.notifications_on = False
        self._as_staff(self.partner).street = "New"
        self.assertFalse(self._told())
        self.company.notifications_on = True
        self._send(self.rule.broadcast_ids)
        self.assertEqual(self._told().outcome, "sent")
