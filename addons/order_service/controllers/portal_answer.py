from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import CustomerPortal


class AnswerPortal(CustomerPortal):
    """The customer's word on substitutes, by the buttons of the order page.

    Whoever may see the order by login or by its link may answer: nothing is added or
    made dearer by it, and only until the deadline.
    """

    @http.route(
        "/my/orders/<int:order_id>/service/answer",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def service_order_answer(
        self, order_id, line_id=None, answer=None, access_token=None, **kwargs
    ):
        """Keep the answer about one line and go back to the page."""
        order_sudo = self._service_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        order = request.env["sale.order"].sudo().browse(order_sudo.id)
        try:
            with request.env.cr.savepoint():
                order._service_answer_online(line_id, answer)
        except UserError as error:
            return self._service_back(order_sudo, error=str(error))
        return self._service_back(order_sudo)
