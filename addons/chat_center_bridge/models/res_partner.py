from odoo import models


class ResPartner(models.Model):
    """A partner suggested on the card of a chat customer.

    The customer is ``chat_identity_id`` of the context.
    """

    _inherit = "res.partner"

    def action_chat_link(self):
        """Say that the customer is this partner.

        :raises AccessError, UserError: as of ``chat.identity.chat_link``
        """
        self.ensure_one()
        return self._chat_identity_of_card().chat_link(self.id)

    def action_chat_ask(self):
        """Ask the partner whether it is he who writes.

        :raises AccessError, UserError: as of ``chat.identity.chat_send_proof_link``
        """
        self.ensure_one()
        return self._chat_identity_of_card()._ask_and_tell(self)

    def _chat_identity_of_card(self):
        identity_id = self.env.context.get("chat_identity_id")
        return self.env["chat.identity"].browse(identity_id)
