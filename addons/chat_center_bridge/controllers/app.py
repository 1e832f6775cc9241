from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..rules.token import BadToken

LARGEST_BODY_BYTES = 8 * 1024
SCHEME = "bearer"


class ChatApp(http.Controller):
    """Where the mobile app turns its own sign-in into a guest of the chat."""

    @http.route(
        "/chat_center/app/<string:key>/session",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=LARGEST_BODY_BYTES,
    )
    def session(self, key, **_parameters):
        """Give the guest of who is signed in to the app: cookie and token.

        With the token the app uses core's routes ``/im_livechat/cors/*``.
        """
        gateway = request.env["chat.gateway"]._of_address("site", key)
        if not gateway:
            raise NotFound
        try:
            identity = gateway._of_app(self._token())
        except BadToken as error:
            return request.make_json_response({"error": error.code}, status=401)
        guest = identity.guest_id
        guest._set_auth_cookie()
        return request.make_json_response(
            {
                "guest_token": guest._format_auth_cookie(),
                "channel_id": gateway.livechat_channel_id.id,
            }
        )

    def _token(self):
        """What stands in ``Authorization: Bearer <token>``."""
        scheme, _space, token = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        return token.strip() if scheme.lower() == SCHEME else ""
