from odoo import fields, models


class ChatIdentityLinker(models.TransientModel):
    """Which partner a chat customer is: said by an operator, or asked for."""

    _name = "chat.identity.linker"
    _description = "Link a chat customer to a partner"

    identity_id = fields.Many2one(
        "chat.identity", string="Customer", required=True, ondelete="cascade"
    )
    suggested_partner_ids = fields.Many2many(
        related="identity_id.suggested_partner_ids", related_sudo=False
    )
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")

    def action_link(self):
        """Link the customer to the partner.

        :raises AccessError, UserError: as of ``chat.identity.chat_link``
        """
        self.ensure_one()
        self.identity_id.chat_link(self.partner_id.id)
        return {"type": "ir.actions.act_window_close"}

    def action_ask(self):
        """Ask the partner whether it is he.

        :raises AccessError, UserError: as of ``chat.identity.chat_send_proof_link``
        """
        self.ensure_one()
        return self.identity_id._ask_and_tell(self.partner_id)
