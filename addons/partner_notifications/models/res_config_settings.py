from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The company's notification settings on the settings page."""

    _inherit = "res.config.settings"

    notifications_on = fields.Boolean(
        related="company_id.notifications_on", readonly=False
    )
    notification_cap = fields.Integer(
        related="company_id.notification_cap", readonly=False
    )
    notification_cap_days = fields.Integer(
        related="company_id.notification_cap_days", readonly=False
    )
    notification_respect_no_followup = fields.Boolean(
        related="company_id.notification_respect_no_followup", readonly=False
    )
    statement_accountant_id = fields.Many2one(
        related="company_id.statement_accountant_id", readonly=False
    )
    notification_approval_from = fields.Integer(
        related="company_id.notification_approval_from", readonly=False
    )
    notification_effect_days = fields.Integer(
        related="company_id.notification_effect_days", readonly=False
    )
    notification_push_limit = fields.Integer(
        related="company_id.notification_push_limit", readonly=False
    )
    notification_hold_hours = fields.Float(
        related="company_id.notification_hold_hours", readonly=False
    )
