from odoo import fields, models


class PartnerNotificationRuleExclusion(models.Model):
    """A partner whom a rule leaves alone for a time, and why."""

    _name = "partner.notification.rule.exclusion"
    _description = "Partner left out of a notification rule"
    _order = "until desc, id"
    _rec_name = "partner_id"

    rule_id = fields.Many2one(
        "partner.notification.rule", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    reason = fields.Char(required=True, help="Such as: a payment plan is agreed.")
    until = fields.Date(help="The last day; empty: until it is taken out.")
