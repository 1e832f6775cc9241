from odoo import api, models


class DiscussChannel(models.Model):
    """Conversations that begin on a page of the website."""

    _inherit = "discuss.channel"

    @api.model
    def _chat_open_window(self, identity):
        """The visitor is kept with it, as core does: who it was, and on which pages."""
        channel = super()._chat_open_window(identity)
        visitor = self.env["website.visitor"]._get_visitor_from_request()
        if visitor:
            channel.livechat_visitor_id = visitor
        return channel
