from odoo import models


class DiscussChannel(models.Model):
    """From the conversation to its customer's card."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def action_chat_block(self):
        """Ask why the customer is to be blocked, then block him.

        :return: dict: an action of the web client
        :raises AccessError: the user may not see the conversation at work
        """
        return self._chat_action_of_customer("action_chat_identity_blocker")

    def action_chat_link(self):
        """Ask which partner the customer is.

        :return: dict: an action of the web client
        :raises AccessError: the user may not see the conversation at work
        """
        return self._chat_action_of_customer("action_chat_identity_linker")

    def _chat_action_of_customer(self, name):
        identity = self._chat_watched().chat_identity_id
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id(f"chat_center_bridge.{name}")
        return {**action, "context": {"default_identity_id": identity.id}}

    def _chat_panel_identity(self):
        """With the way to the card, and who it perhaps is: for who may say so."""
        identity = self.chat_identity_id
        # as the reader: he suggests partners he may see, and links by his own right
        card = identity.with_env(self.env(su=False))
        return {
            **super()._chat_panel_identity(),
            "id": identity.id,
            "proof_meaning": card.sudo().proof_meaning,
            "is_served": card._is_served_by(self.env.user),
            "is_proven": card.sudo().is_proven,
            "suggestions": self._chat_panel_suggestions(card),
        }

    def _chat_panel_suggestions(self, card):
        if card.sudo().partner_id or not card._is_served_by(self.env.user):
            return []
        return [
            {"id": suggestion["partner_id"], **suggestion}
            for suggestion in card.chat_suggestions()
        ]
