from odoo import fields, models


class ChatReason(models.Model):
    """Why a conversation was closed, as its direction wants it counted."""

    _name = "chat.reason"
    _description = "Closing reason of conversations"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    direction_id = fields.Many2one(
        "chat.direction", required=True, index=True, ondelete="cascade"
    )
