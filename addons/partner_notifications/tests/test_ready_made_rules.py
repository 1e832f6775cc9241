from odoo.tests import TransactionCase, tagged

from ..models.res_company_notification_rules import READY_MADE


@tagged("post_install", "-at_install")
class TestReadyMadeRules(TransactionCase):
    """A manager finds rules to look at and to switch on."""

    def _rules(self, company):
        rules = self.env["partner.notification.rule"].with_context(active_test=False)
        return rules.search([("company_id", "=", company.id)])

    def test_a_new_company_has_an_inactive_rule_for_each_topic(self):
        company = self.env["res.company"].create({"name": "New"})
        rules = self._rules(company)
        self.assertEqual(set(rules.mapped("source")), set(READY_MADE))
        self.assertFalse(any(rules.mapped("active")))
        debt = rules.filtered(lambda rule: rule.source == "debt")
        self.assertEqual(debt.every_days, 14)
        self.assertEqual(debt.topic_id.code, "debt")

    def test_making_them_again_makes_no_second_ones(self):
        company = self.env["res.company"].create({"name": "New"})
        rules = self._rules(company)
        rules[0].unlink()
        company._make_notification_rules()
        company._make_notification_rules()
        again = self._rules(company)
        self.assertEqual(len(again), len(READY_MADE))
        self.assertLess(rules[1:].ids, again.ids)

    def test_they_are_called_like_their_topic_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        topic = self.env.ref("partner_notifications.topic_debt")
        topic.with_context(lang="fr_FR").name = "Dettes"
        company = self.env["res.company"].create({"name": "New"})
        [rule] = self._rules(company).filtered(lambda rule: rule.source == "debt")
        self.assertEqual(rule.with_context(lang="fr_FR").name, "Dettes")

    def test_who_creates_a_company_needs_no_right_on_rules(self):
        self.env["res.company"].with_user(self.env.ref("base.user_admin")).create(
            {"name": "By the administrator"}
        )

    def test_a_topic_deleted_by_a_manager_is_passed_over(self):
        self.env["partner.notification.rule"].with_context(active_test=False).search(
            [("source", "=", "details")]
        ).unlink()
        self.env.ref("partner_notifications.topic_details").unlink()
        company = self.env["res.company"].create({"name": "New"})
        self.assertNotIn("details", self._rules(company).mapped("source"))
