from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.im_livechat.controllers.main import LivechatController
from odoo.addons.im_livechat.controllers.webclient import WebClient
from odoo.addons.mail.tools.discuss import Store, add_guest_to_context


class SiteChat(LivechatController):
    """Core's window on our pages, with our conversations behind it."""

    @route()
    @add_guest_to_context
    def get_session(
        self,
        channel_id,
        previous_operator_id=None,
        chatbot_script_id=None,
        persisted=True,
        **kwargs,
    ):
        """Begin or continue a conversation; windows that are not ours are core's."""
        gateway = request.env["chat.gateway"]._of_window(channel_id)
        if not gateway or not persisted:
            return super().get_session(
                channel_id, previous_operator_id, chatbot_script_id, persisted, **kwargs
            )
        conversation = gateway._receive_visitor(*self._visitor())
        return bool(conversation) and self._session(conversation.id)

    @route()
    @add_guest_to_context
    def feedback(self, channel_id, rate, reason=None, **kwargs):
        """Take a rating; that of a conversation is the customer's to give.

        :raises AccessError: somebody else rates it
        """
        channel = request.env["discuss.channel"].search([("id", "=", channel_id)])
        # sudo: discuss.channel - visitors do not read what the queue says of them
        if channel.sudo().chat_state and not channel._chat_is_customer():
            raise AccessError(request.env._("Only the customer rates a conversation."))
        return super().feedback(channel_id, rate, reason, **kwargs)

    def _visitor(self):
        """(partner of who is signed in, guest of who is not)."""
        user = request.env.user
        if not user._is_public():
            return user.partner_id, request.env["mail.guest"]
        # sudo: mail.guest - visitors cannot make their own guest
        guest = request.env["mail.guest"].sudo()
        guest = guest._get_or_create_guest(
            guest_name=self._get_guest_name(),
            country_code=request.geoip.country_code,
            timezone=guest._get_timezone_from_request(request),
        )
        request.update_context(guest=guest)
        return request.env["res.partner"], guest

    def _session(self, conversation_id):
        """What core's window wants to know of a conversation."""
        # sudo: discuss.channel - it is the visitor's own, found by who he is
        conversation = request.env["discuss.channel"].sudo().browse(conversation_id)
        store = Store()
        guest = request.env["mail.guest"]._get_guest_from_context()
        if guest and request.env.user._is_public():
            store.add_global_values(guest_token=guest.sudo()._format_auth_cookie())
        request.env["res.users"]._init_store_data(store)
        # one that goes on has messages, which the window is to ask for
        is_new = not conversation.message_ids
        loaded = {"isLoaded": is_new, "scrollUnread": False}
        store.add(conversation, extra_fields=loaded)
        return {"store_data": store.get_result(), "channel_id": conversation.id}


class SiteWebClient(WebClient):
    """Whether our windows are open is for the direction to say."""

    @classmethod
    def _process_request_for_all(cls, store, name, params):
        result = super()._process_request_for_all(store, name, params)
        if name == "init_livechat":
            gateway = request.env["chat.gateway"]._of_window(params)
            if gateway:
                is_open = gateway._takes_messages()
                store.add_global_values(livechat_available=is_open)
        return result
