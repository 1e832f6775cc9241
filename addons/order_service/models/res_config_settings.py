from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The order service's part of the settings."""

    _inherit = "res.config.settings"

    service_portal_reason_id = fields.Many2one(
        related="company_id.service_portal_reason_id", readonly=False
    )
    service_feed_days = fields.Integer(
        related="company_id.service_feed_days", readonly=False
    )
    service_slot_days = fields.Integer(
        related="company_id.service_slot_days", readonly=False
    )
    service_slot_few_percent = fields.Integer(
        related="company_id.service_slot_few_percent", readonly=False
    )
    service_order_minutes = fields.Float(
        related="company_id.service_order_minutes", readonly=False
    )
    service_line_minutes = fields.Float(
        related="company_id.service_line_minutes", readonly=False
    )
    service_sms_ready = fields.Boolean(
        related="company_id.service_sms_ready", readonly=False
    )
    service_age_days = fields.Integer(
        related="company_id.service_age_days", readonly=False
    )
    service_on_key_missing = fields.Selection(
        related="company_id.service_on_key_missing", readonly=False
    )
    service_answer_minutes = fields.Integer(
        related="company_id.service_answer_minutes", readonly=False
    )
    service_call_minutes = fields.Integer(
        related="company_id.service_call_minutes", readonly=False
    )
