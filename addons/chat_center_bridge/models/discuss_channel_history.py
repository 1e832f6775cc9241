from odoo import api, models


class DiscussChannel(models.Model):
    """What was said before, by whichever channel the customer came."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _chat_last_of(self, identity):
        """What says who knows the customer: who is with an operator stays with him."""
        others = identity._of_same_customer() - identity
        led = self.search(
            [
                ("chat_identity_id", "in", others.ids),
                ("chat_operator_id", "!=", False),
                ("chat_state", "in", ("active", "hold")),
            ],
            order="id desc",
            limit=1,
        )
        return led or super()._chat_last_of(identity)

    def _chat_others(self, limit):
        """The customer's other conversations in the company, the newest first.

        :param int limit: at most so many
        """
        same = self.chat_identity_id._of_same_customer()
        domain = [("chat_identity_id", "in", same.ids), ("id", "!=", self.id)]
        return self.search(domain, order="id desc", limit=limit)
