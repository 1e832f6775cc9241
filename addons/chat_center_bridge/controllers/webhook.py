from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..rules import veiling  # noqa: F401 - what providers ask stands in no log
from ..rules.unpacking import TooBig, unpack

LARGEST_BODY_BYTES = 3 * 1024 * 1024
PLAIN_TEXT = [("Content-Type", "text/plain; charset=utf-8")]
# HTTP status of each reason of chat.gateway.refusal
STATUSES = {"challenge": 401, "keys": 401, "proof": 401, "size": 413}


class ChatWebhook(http.Controller):
    """Where providers bring messages: proven, stored, answered; nothing else."""

    @http.route(
        "/chat_center/<any(telegram,whatsapp):gateway_type>/<string:key>",
        type="http",
        auth="public",
        methods=["GET", "HEAD", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=LARGEST_BODY_BYTES,
    )
    def take(self, gateway_type, key, **_parameters):
        """Take what a messenger brings, or answer its question; never with a 5xx."""
        gateway = request.env["chat.gateway"]._of_address(gateway_type, key)
        if not gateway:
            raise NotFound
        if request.httprequest.method != "POST":
            return self._challenge(gateway)
        try:
            return self._take(gateway, request.httprequest)
        except TooBig:
            return self._refuse(gateway, "size")

    def _take(self, gateway, asked):
        """Store what is proven; a proof is of the bytes as they came."""
        body = asked.get_data()
        if reason := gateway._refusal_of(asked.headers, body):
            return self._refuse(gateway, reason)
        encoding = asked.headers.get("Content-Encoding", "")
        plain = unpack(body, encoding, LARGEST_BODY_BYTES)
        gateway.env["chat.inbox"]._take(gateway, plain)
        return request.make_response("ok", PLAIN_TEXT)

    def _challenge(self, gateway):
        """The provider asks whether the address is ours before it uses it."""
        asked = request.httprequest
        answer = gateway._answer_challenge(asked.method, asked.args)
        if answer is None:
            return self._refuse(gateway, "challenge")
        return request.make_response(answer, PLAIN_TEXT)

    def _refuse(self, gateway, reason):
        """Counted, so it is answered and not raised: that would undo the count."""
        gateway.env["chat.gateway.refusal"]._count_one(gateway, reason)
        return request.make_response("", PLAIN_TEXT, status=STATUSES[reason])
