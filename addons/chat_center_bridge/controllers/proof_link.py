from odoo import http
from odoo.http import request


class ChatProofLink(http.Controller):
    """Where a partner answers whether it is he who writes in another channel."""

    @http.route(
        "/chat_center/link/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        save_session=False,
    )
    def ask(self, token):
        """Show the question; that somebody looked at it answers nothing."""
        question = request.env["chat.proof.link"]._of_token(token)
        return self._page(question, token)

    @http.route(
        "/chat_center/link/<string:token>/confirm",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        readonly=False,
    )
    def confirm(self, token, **_parameters):
        """Take the answer: it is he."""
        question = request.env["chat.proof.link"]._of_token(token)
        if question:
            question._confirm()
        return self._page(question, token, is_confirmed=bool(question))

    def _page(self, question, token, is_confirmed=False):
        values = {"question": question, "token": token, "is_confirmed": is_confirmed}
        page = request.render("chat_center_bridge.proof_link", values)
        if not question:
            page.status_code = 404
        # the address is a secret: no other site is told where its reader came from
        page.headers["Referrer-Policy"] = "no-referrer"
        page.headers["Cache-Control"] = "no-store"
        return page
