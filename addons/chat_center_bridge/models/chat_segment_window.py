from odoo import api, models


class ChatSegment(models.Model):
    """Whether an operator has accepted: his window counts down until then."""

    # one file a concern of the stretch
    _inherit = "chat.segment"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """An offer is told on the conversation's own bus, too.

        Who has just joined gets the last seconds of that bus after what he was told as
        he joined: the last word there must be the offer, not the queue before it.
        """
        segments = super().create(vals_list)
        segments.filtered("offered_at").conversation_id._chat_show()
        return segments

    def write(self, vals):
        """Accepting is no change of the conversation itself."""
        result = super().write(vals)
        if "accepted_at" in vals:
            self.conversation_id._chat_show()
        return result
