from odoo import models
from odoo.exceptions import UserError


class WebsiteVisitor(models.Model):
    """Visitors of a website whose chat is the chat center's."""

    _inherit = "website.visitor"

    def action_send_chat_request(self):
        """Nobody begins a conversation past the queue.

        :raises UserError: the website's chat is answered by the chat center
        """
        windows = self.website_id.channel_id
        if any(window._chat_gateway() for window in windows):
            raise UserError(
                self.env._(
                    "The chat center answers the chat of this website: conversations"
                    " begin with a visitor's message and wait in the queue."
                )
            )
        return super().action_send_chat_request()
