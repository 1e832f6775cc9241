from odoo import fields, models


class ChatIdentityBlocker(models.TransientModel):
    """Why a chat customer is blocked."""

    _name = "chat.identity.blocker"
    _description = "Block a chat customer"

    identity_id = fields.Many2one(
        "chat.identity", string="Customer", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)

    def action_block(self):
        """Block the customer.

        :raises AccessError, UserError: as of ``chat.identity.chat_block``
        """
        self.ensure_one()
        self.identity_id.chat_block(self.reason)
        return {"type": "ir.actions.act_window_close"}
