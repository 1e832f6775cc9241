from odoo import models


class ImLivechatChannel(models.Model):
    """The window of a gateway: the queue answers, core assigns nobody."""

    _inherit = "im_livechat.channel"

    def _chat_gateway(self):
        """The gateway whose window this is; empty: it is core's own."""
        return self.env["chat.gateway"]._of_window(self.id)

    def _get_operator_info(self, /, **kwargs):
        """Who a visitor meets: the chat center itself, until somebody takes him."""
        gateway = self._chat_gateway()
        if not gateway:
            return super()._get_operator_info(**kwargs)
        queue = self.env.ref("chat_center_bridge.partner_queue")
        shown = gateway.direction_id.public_partner_id or queue
        return {
            "agent": self.env["res.users"],
            "chatbot_script": self.env["chatbot.script"],
            "operator_partner": shown if gateway._takes_messages() else queue.browse(),
            "operator_model": "res.users",
        }

    def _is_livechat_available(self):
        """Visitors find the window open when the gateway takes messages."""
        gateway = self._chat_gateway()
        if not gateway:
            return super()._is_livechat_available()
        return gateway._takes_messages()
