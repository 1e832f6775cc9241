from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.sale.controllers import portal


class CustomerPortal(portal.CustomerPortal):
    """Orders on a route in the portal: where they stand, and cancelling them."""

    # -- lists ------------------------------------------------------------------------

    def _prepare_quotations_domain(self, partner):
        """An order on a route is an order for its customer, never a quotation."""
        domain = Domain(super()._prepare_quotations_domain(partner))
        return list(domain & Domain("service_route_id", "=", False))

    def _prepare_orders_domain(self, partner):
        """Orders on a route are listed from the first moment to the last."""
        routed = Domain("service_route_id", "!=", False) & Domain(
            "partner_id", "child_of", [partner.commercial_partner_id.id]
        )
        return list(Domain(super()._prepare_orders_domain(partner)) | routed)

    def _get_sale_searchbar_sortings(self):
        return {
            **super()._get_sale_searchbar_sortings(),
            "slot": {
                "label": request.env._("Time of delivery"),
                "order": "service_slot_start desc nulls last, id desc",
            },
        }

    # -- the order page ---------------------------------------------------------------

    def _get_page_view_values(
        self, document, access_token, values, session_history, no_breadcrumbs, **kwargs
    ):
        values = super()._get_page_view_values(
            document, access_token, values, session_history, no_breadcrumbs, **kwargs
        )
        if document._name == "sale.order" and document.service_route_id:
            values.update(self._service_page_values(document))
        return values

    def _service_page_values(self, order_sudo):
        """What the page shows of the route; a notice is shown once."""
        shown = request.session.pop("order_service_notice", {})
        notice = shown if shown.get("order_id") == order_sudo.id else {}
        return {
            "service_owner": self._service_is_owner(order_sudo),
            "service_may_cancel": not request.env.user._is_internal()
            and order_sudo._service_customer_may_cancel(),
            "service_reasons": order_sudo._service_portal_reasons(),
            "service_notice": notice,
        }

    def _service_order(self, order_id, access_token):
        """The order as superuser if the visitor may see it, else None."""
        try:
            return self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None

    def _service_is_owner(self, order_sudo):
        """The visitor is logged in as somebody of the customer, by core's rules."""
        order = request.env["sale.order"].browse(order_sudo.id)
        return request.env.user._is_portal() and order.has_access("read")

    @http.route(
        "/my/orders/<int:order_id>/service/code",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def service_order_code(self, order_id, access_token=None, **kwargs):
        """Send the visitor, who only has the link, a code to the order's phone.

        The choices made so far come back with the page.
        """
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not order_sudo._service_customer_may_cancel():
            return self._service_back(
                order_sudo,
                error=request.env._(
                    "Order %s can no longer be cancelled online.",
                    order_sudo.service_number,
                ),
            )
        codes = request.env["order.service.cancel.code"]
        try:
            with request.env.cr.savepoint():
                address = codes._send(order_sudo)
        except UserError as error:
            return self._service_back(order_sudo, error=str(error))
        return self._service_back(order_sudo, sent_to=address, **self._choices(kwargs))

    @http.route(
        "/my/orders/<int:order_id>/service/cancel",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def service_order_cancel(self, order_id, access_token=None, code=None, **kwargs):
        """Cancel an order for its customer: logged in, or with the code sent."""
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._service_cancel(order_sudo, code, self._choices(kwargs))

    @http.route()
    def portal_quote_decline(
        self, order_id, access_token=None, decline_message=None, **kwargs
    ):
        """Core's “reject”: an order on a route goes its refusal way instead."""
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        if order_sudo.service_route_id:
            return self._service_cancel(order_sudo, None, {"note": decline_message})
        return super().portal_quote_decline(
            order_id, access_token, decline_message, **kwargs
        )

    # -- cancelling -------------------------------------------------------------------

    def _choices(self, form):
        """Reason and words of the form, as plain values."""
        reason = form.get("reason_id") or ""
        return {
            "reason_id": int(reason) if reason.isdecimal() else None,
            "note": (form.get("note") or "").strip()[:500] or None,
        }

    def _service_cancel(self, order_sudo, code, choices):
        order = request.env["sale.order"].sudo().browse(order_sudo.id)
        if not self._service_is_owner(order_sudo):
            codes = request.env["order.service.cancel.code"]
            if not codes._redeem(order, code):
                return self._service_back(
                    order_sudo, **choices, **self._wrong_code(code)
                )
        try:
            with request.env.cr.savepoint():
                order._service_portal_cancel(**choices)
        except UserError as error:
            return self._service_back(order_sudo, error=str(error), **choices)
        return self._service_back(order_sudo, done=True)

    def _wrong_code(self, code):
        if not code:
            return {
                "error": request.env._(
                    "Ask for a code first: it goes to the order's phone."
                )
            }
        return {
            "error": request.env._(
                "The code is wrong or has expired. Ask for a new one."
            ),
            "sent_to": True,
        }

    def _service_back(self, order_sudo, **notice):
        """Back to the page, which shows what came of it."""
        request.session["order_service_notice"] = {"order_id": order_sudo.id, **notice}
        return request.redirect(order_sudo.get_portal_url(anchor="service_order"))
