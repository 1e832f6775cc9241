from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The company's settings of the chat center on the settings page."""

    _inherit = "res.config.settings"

    chat_inbox_days = fields.Integer(
        related="company_id.chat_inbox_days", readonly=False
    )
    chat_outbox_days = fields.Integer(
        related="company_id.chat_outbox_days", readonly=False
    )
    chat_base_slots = fields.Integer(
        related="company_id.chat_base_slots", readonly=False
    )
    chat_extra_slots = fields.Integer(
        related="company_id.chat_extra_slots", readonly=False
    )
    chat_gone_minutes = fields.Integer(
        related="company_id.chat_gone_minutes", readonly=False
    )
