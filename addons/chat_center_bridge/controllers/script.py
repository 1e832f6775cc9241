from odoo.http import request, route

from odoo.addons.im_livechat.controllers.chatbot import LivechatChatbotScriptController
from odoo.addons.mail.tools.discuss import add_guest_to_context


class ScriptInConversation(LivechatChatbotScriptController):
    """Core's scripts run in core's live chats, not in our conversations."""

    @route()
    @add_guest_to_context
    def chatbot_trigger_step(self, channel_id, chatbot_script_id=None, data_id=None):
        """Go on with a script; core ends a session that has none to go on with.

        :return: None, for conversations too: nothing happens to them
        """
        channel = request.env["discuss.channel"].search([("id", "=", channel_id)])
        # sudo: discuss.channel - visitors do not read what the queue says of them
        if channel.sudo().chat_state:
            return None
        return super().chatbot_trigger_step(channel_id, chatbot_script_id, data_id)
