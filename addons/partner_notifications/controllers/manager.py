from odoo import http
from odoo.http import request

from .portal import NotificationPortal


class ManagerPortal(NotificationPortal):
    """The card of the person who looks after the partner's company."""

    def _prepare_portal_layout_values(self):
        """The company's manager, whom it was told of, before a person's own one.

        A person keeps the salesperson it was made with when the company is handed over.
        """
        values = super()._prepare_portal_layout_values()
        manager = request.env.user.commercial_partner_id.sudo().user_id
        return values | {"sales_user": manager} if manager else values

    @http.route("/my/manager", type="http", auth="user", website=True, readonly=True)
    def portal_my_manager(self, **_kwargs):
        """Name, function, phone, mail and photo of the company's manager."""
        values = self._prepare_portal_layout_values() | {"page_name": "manager"}
        return request.render("partner_notifications.portal_my_manager", values)

    @http.route(
        "/my/notifications/<int:receipt_id>/manager",
        type="http",
        auth="user",
        website=True,
    )
    def portal_notification_manager(self, receipt_id, **_kwargs):
        """Open the card from a notification, which is acting on it."""
        self._own([receipt_id]).sudo()._mark("seen_at", "read_at", "acted_at")
        return request.redirect("/my/manager")
