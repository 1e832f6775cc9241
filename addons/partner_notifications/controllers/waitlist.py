from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.partner_waitlist import HERE, OPEN
from .portal import NotificationPortal

FOUND_AT_ONCE = 10


class WaitlistPortal(NotificationPortal):
    """The waitlist of a partner's company: enter, change, leave, order."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "waitlist_count" in counters:
            values["waitlist_count"] = self._entries().search_count(
                [("state", "in", OPEN)]
            )
        return values

    # -- reading -----------------------------------------------------------------------

    @http.route("/my/waitlist", type="http", auth="user", website=True)
    def portal_my_waitlist(self, search=None, **_kwargs):
        """What the person's company waits for, and its goods to add.

        :param str search: a piece of a name or code among goods ordered earlier
        """
        return self._page(search=search)

    def _page(self, **values):
        if not request.env.user._is_portal():
            return request.redirect("/my")
        entries = self._entries().search([("state", "in", OPEN)]).sudo()
        # who waits anywhere has nothing to add; elsewhere a second entry makes sense
        awaited = entries.filtered(lambda entry: not entry.warehouse_id).product_id
        lines = self._ordered_lines(values.get("search"), awaited)
        companies = entries.company_id | lines.company_id
        values = (
            self._prepare_portal_layout_values()
            | {
                "page_name": "waitlist",
                "entries": entries,
                "lines": lines,
                "offered": request.env["partner.waitlist"]._offering(),
                "warehouses": self._warehouses(companies),
                "here": HERE,
                "now": fields.Datetime.now(),
                "search": None,
                "error": None,
            }
            | values
        )
        return request.render("partner_notifications.portal_my_waitlist", values)

    def _entries(self):
        """The model as the person: the record rule leaves the own company's only."""
        return request.env["partner.waitlist"]

    def _warehouses(self, companies):
        """dict company -> its warehouses; portal users read their names here only."""
        found = (
            request.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "in", companies.ids)])
        )
        return found.grouped("company_id")

    def _ordered_lines(self, words, awaited):
        """The last order line of each of the goods the company has ordered.

        :param str words: a piece of their name or code, or None
        :param awaited: product.product that need not be offered any more
        """
        offering = request.env["partner.waitlist"]._offering()
        lines = request.env["sale.order.line"]
        # the rule of order lines leaves the person's own company's
        own = lines._search([("company_id", "in", offering.ids)])
        domain = [
            ("id", "in", own),
            ("state", "in", ("sent", "sale")),
            ("product_id.is_storable", "=", True),
            ("product_id.active", "=", True),
            ("product_id", "not in", awaited.ids),
        ]
        if words:
            domain.append(("product_id", "ilike", words))
        newest = lines.sudo()._read_group(
            domain,
            ["product_id", "company_id"],
            ["id:max"],
            order="id:max desc",
            limit=FOUND_AT_ONCE,
        )
        return lines.sudo().browse(line_id for *_group, line_id in newest)

    # -- acting ------------------------------------------------------------------------

    @http.route(
        "/my/waitlist/add", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_waitlist_add(
        self, line_id=None, quantity=None, warehouse_id=None, **_kwargs
    ):
        """Wait for the goods of an order line of one's own company.

        :param line_id: of sale.order.line
        :param quantity: in the unit of the product; empty: as on the line
        :param warehouse_id: of stock.warehouse; empty: any
        """
        line = request.env["sale.order.line"].search([("id", "=", self._id(line_id))])
        if not (line and request.env.user._is_portal()):
            return request.redirect("/my/waitlist")
        return self._do(self._add, line.sudo(), quantity, warehouse_id)

    def _add(self, line, quantity, warehouse_id):
        person = request.env.user.partner_id
        if not quantity:
            amount = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id
            )
        else:
            amount = self._quantity(quantity)
        request.env["partner.waitlist"].sudo()._enter(
            person.commercial_partner_id,
            person,
            line,
            amount,
            self._warehouse(warehouse_id),
        )

    @http.route(
        "/my/waitlist/<int:entry_id>/change",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_waitlist_change(
        self, entry_id, quantity=None, warehouse_id=None, **_kwargs
    ):
        """Wait for another quantity, or at another warehouse."""
        return self._do(self._change, self._own_entry(entry_id), quantity, warehouse_id)

    def _change(self, entry, quantity, warehouse_id):
        entry._wish_for(self._quantity(quantity), self._warehouse(warehouse_id))

    @http.route(
        "/my/waitlist/<int:entry_id>/remove",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_waitlist_remove(self, entry_id, **_kwargs):
        """Stop waiting."""
        return self._do(lambda entry: entry.action_cancel(), self._own_entry(entry_id))

    @http.route(
        "/my/waitlist/<int:entry_id>/order",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_waitlist_order(self, entry_id, **_kwargs):
        """Put the goods into the company's draft order and open it."""
        entry = self._own_entry(entry_id)
        answer = self._do(lambda entry: entry._order_for(request.env.user), entry)
        return self._to_order(entry) or answer

    @http.route()
    def portal_notification_ask(self, receipt_id, state=None, **kwargs):
        """What was put into the order is shown there."""
        answer = super().portal_notification_ask(receipt_id, state=state, **kwargs)
        if state != "ordered":
            return answer
        message = self._own([receipt_id]).sudo().notification_id
        if message.res_model != "partner.waitlist":
            return answer
        entry = request.env["partner.waitlist"].sudo().browse(message.res_id).exists()
        return self._to_order(entry) or answer

    def _to_order(self, entry):
        return entry.order_id and request.redirect(f"/my/orders/{entry.order_id.id}")

    def _do(self, action, entry, *args):
        """Act, and show the page again: with the reason why, if it is refused."""
        if not entry:
            return request.redirect("/my/waitlist")
        try:
            with request.env.cr.savepoint():
                action(entry, *args)
        except UserError as error:
            return self._page(error=str(error))
        return request.redirect("/my/waitlist")

    # -- words of a form ---------------------------------------------------------------

    def _own_entry(self, entry_id):
        """An entry of the person's company, found through the record rule."""
        if not request.env.user._is_portal():
            return request.env["partner.waitlist"]
        return self._entries().search([("id", "=", entry_id)]).sudo()

    def _id(self, word):
        return int(word) if (word or "").isdecimal() else 0

    def _warehouse(self, word):
        warehouses = request.env["stock.warehouse"].sudo()
        return warehouses.search([("id", "=", self._id(word))])

    def _quantity(self, word):
        """:raises UserError: it is no number above zero"""
        try:
            quantity = float("".join((word or "").split()).replace(",", "."))
        except ValueError:
            quantity = 0
        if not 0 < quantity < 1e9:
            raise UserError(
                request.env._(
                    "“%s” is not a quantity. Enter a number above zero.", word
                )
            )
        return quantity
