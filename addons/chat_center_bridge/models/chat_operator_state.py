from odoo import fields, models

from .chat_operator import STATES


class ChatOperatorState(models.Model):
    """From when on an operator was in a state: written once, never changed."""

    _name = "chat.operator.state"
    _description = "State of a chat operator"
    _order = "id desc"

    operator_id = fields.Many2one(
        "chat.operator", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    begun_at = fields.Datetime(
        string="Since", required=True, readonly=True, default=fields.Datetime.now
    )
    reason = fields.Char(readonly=True)
