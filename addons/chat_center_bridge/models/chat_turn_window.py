from odoo import api, models


class ChatTurn(models.Model):
    """Whether a customer waits for a word: the window shows for how long."""

    # one file a concern of the turn
    _inherit = "chat.turn"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """The customer begins to wait."""
        turns = super().create(vals_list)
        turns.conversation_id._chat_show()
        return turns

    def write(self, vals):
        """The customer got an answer."""
        result = super().write(vals)
        if "answered_at" in vals:
            self.conversation_id._chat_show()
        return result
