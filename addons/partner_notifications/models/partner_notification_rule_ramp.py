from odoo import fields, models


class PartnerNotificationRuleRamp(models.Model):
    """From a day on, a rule's threshold is another one."""

    _name = "partner.notification.rule.ramp"
    _description = "Step of a notification rule's threshold"
    _order = "date, id"
    _rec_name = "date"

    rule_id = fields.Many2one(
        "partner.notification.rule", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="From", required=True)
    amount_from = fields.Float(
        string="Amount from", required=True, help="In the company's currency."
    )

    _amount_positive = models.Constraint(
        "CHECK(amount_from > 0)", "A threshold is above zero."
    )
    _date_unique = models.Constraint(
        "UNIQUE(rule_id, date)", "The rule has a step on this day already."
    )
