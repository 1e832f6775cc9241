from odoo import api, models

# source and topic share their name; a manager looks at each rule and switches it on
READY_MADE = ("debt", "delivery", "manager", "waitlist", "details")


class ResCompany(models.Model):
    """Companies start with a rule for each topic, switched off."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """A new company finds its ready-made rules."""
        companies = super().create(vals_list)
        companies.sudo()._make_notification_rules()
        return companies

    def _make_notification_rules(self):
        """An inactive rule for each ready-made topic that has none in the company.

        Active or not, whose topic a manager deleted gets none.
        """
        rules = self.env["partner.notification.rule"].with_context(active_test=False)
        for code in READY_MADE:
            topic = self.env.ref(
                f"partner_notifications.topic_{code}", raise_if_not_found=False
            )
            if topic:
                there = rules.search(
                    [("source", "=", code), ("company_id", "in", self.ids)]
                )
                (self - there.company_id)._make_notification_rule(code, topic)

    def _make_notification_rule(self, code, topic):
        """One inactive rule a company, called like its topic in every language."""
        rules = self.env["partner.notification.rule"].create(
            [
                {
                    "name": topic.with_context(lang="en_US").name,
                    "topic_id": topic.id,
                    "source": code,
                    "company_id": company.id,
                    "active": False,
                }
                for company in self
            ]
        )
        names = topic._fields["name"]._get_stored_translations(topic)
        for rule in rules:
            rule.update_field_translations("name", names)
