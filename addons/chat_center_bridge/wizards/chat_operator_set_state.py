from odoo import fields, models

from ..models.chat_operator import STATES


class ChatOperatorSetState(models.TransientModel):
    """A supervisor says how operators are: sent home, or forgotten at lunch."""

    _name = "chat.operator.set.state"
    _description = "Set the state of chat operators"

    operator_ids = fields.Many2many(
        "chat.operator",
        string="Operators",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    state = fields.Selection(STATES, required=True, default="away")
    reason = fields.Char(help="For the log of states.")

    def action_set(self):
        """Set the state, as ``chat.operator.chat_set_state`` does.

        :return: True
        :raises AccessError: one of the operators is not the supervisor's
        :raises UserError: one of them may not work
        """
        return self.operator_ids.chat_set_state(self.state, self.reason)
