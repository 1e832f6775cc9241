from datetime import date, datetime, time, timedelta

import pytz

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..rules import keyset
from ..rules.table import is_storable

NEWEST = 10
MOST_AT_ONCE = 200  # ids in one call
MARKS = {
    "seen": ("seen_at",),
    "read": ("seen_at", "read_at"),
    "archive": ("archived_at",),
}
PLACE = ("before", "after")
FILTERS = ("topic", "state", "date_begin", "date_end", "search")
UNDONE = {"unread": "read_at", "restore": "archived_at"}


class NotificationPortal(CustomerPortal):
    """The Notifications section: the bell, the list, marks and preferences."""

    # -- home --------------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "notification_count" in counters:
            values["notification_count"] = request.env.user._notification_badge() or 0
        return values

    # -- list --------------------------------------------------------------------------

    @http.route(
        "/my/notifications", type="http", auth="user", website=True, readonly=True
    )
    def portal_my_notifications(self, before=None, after=None, **filters):
        """The person's notifications by day, newest first.

        :param str before, after: place in the list, from "Older" and "Newer"
        :param filters: topic, state (unread, archived), date_begin, date_end, search
        """
        if not request.env.user._is_portal():
            return request.redirect("/my")
        values = self._prepare_portal_layout_values() | self._list(
            keyset.read(before), keyset.read(after), self._plain_filters(filters)
        )
        return request.render("partner_notifications.portal_my_notifications", values)

    def _list(self, before, after, filters):
        """What the list page shows: a page of receipts and what it was asked for."""
        receipts = request.env["partner.notification.receipt"]
        page, newer, older = receipts._page(
            receipts._filtered(**self._read_filters(filters)), before, after
        )
        return {
            "page_name": "notifications",
            "days": self._by_day(page),
            # portal users read names of topics, not their caps and shares
            "topics": request.env["partner.notification.topic"].sudo().search([]),
            "filters": filters,
            "zone": self._zone().zone,
            "tomorrow": fields.Date.add(request.env.user._notification_today(), days=1),
            "newer": newer and self._place(page[:1]),
            "older": older and self._place(page[-1:]),
        }

    def _plain_filters(self, filters):
        """The filters of an address or a call that say something a database knows."""
        plain = {name: _plain(filters.get(name)) for name in FILTERS}
        return {name: word for name, word in plain.items() if word}

    def _read_filters(self, filters):
        """Plain filters as arguments of ``_filtered``."""
        return {
            "topic": filters.get("topic"),
            "state": filters.get("state"),
            "begin": self._midnight(filters.get("date_begin")),
            "end": self._midnight(filters.get("date_end"), days=1),
            "words": filters.get("search"),
        }

    def _zone(self):
        return request.env.user._notification_zone()

    def _midnight(self, word, days=0):
        """When a day a person named begins, or one after it; None if it is no day."""
        return self._moment(word, time.min, days)

    def _moment(self, word, hour, days=0):
        """An hour of the person's day as naive UTC.

        :param str word: an ISO day
        :param int days: so many days after it
        :return: None if it is no day, or one at the end of time
        """
        try:
            day = date.fromisoformat(word or "") + timedelta(days=days)
            local = self._zone().localize(datetime.combine(day, hour))
            return local.astimezone(pytz.utc).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return None

    def _by_day(self, page):
        """[(date, receipts)] in the person's own days."""
        days = {}
        for receipt in page:
            local = pytz.utc.localize(receipt.appear_at).astimezone(self._zone())
            days.setdefault(local.date(), page.browse())
            days[local.date()] |= receipt
        return list(days.items())

    def _place(self, receipt):
        return receipt and keyset.write(receipt.appear_at, receipt.id)

    # -- bell --------------------------------------------------------------------------

    @http.route(
        "/my/notifications/count",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_notification_count(self):
        """What the badge shows: "", "1" .. "99", "99+"."""
        return request.env.user._notification_badge()

    @http.route("/my/notifications/newest", type="jsonrpc", auth="user", website=True)
    def portal_notification_newest(self):
        """The newest ten, which are seen by being shown.

        :return: dict ``html`` of the bell's list and ``count`` of the badge
        """
        receipts = request.env["partner.notification.receipt"]
        newest, _newer, _older = receipts._page(receipts._filtered(), limit=NEWEST)
        html = request.env["ir.ui.view"]._render_template(
            "partner_notifications.portal_bell_list",
            {"receipts": newest, "zone": self._zone().zone},
        )
        newest.sudo()._mark("seen_at")
        return {"html": html, "count": request.env.user._notification_badge()}

    # -- marks -------------------------------------------------------------------------

    @http.route("/my/notifications/mark", type="jsonrpc", auth="user", website=True)
    def portal_notification_mark(self, ids, mark):
        """Mark the person's own notifications.

        :param list ids: of receipts, at most 200; what is not the person's is passed by
        :param str mark: seen, read, unread, archive, restore, or back: not put off
            after all
        :return: what the badge shows now
        """
        receipts = self._own(ids)
        if mark == "back":
            receipts.sudo()._put_back()
        elif mark in UNDONE:
            receipts.sudo()[UNDONE[mark]] = False
        elif mark in MARKS:
            receipts.sudo()._mark(*MARKS[mark])
        else:
            raise UserError(request.env._("“%s” is not a mark.", mark))
        return request.env.user._notification_badge()

    @http.route("/my/notifications/mark_all", type="jsonrpc", auth="user", website=True)
    def portal_notification_mark_all(self, filters=None):
        """Mark all as read within a filter.

        :param dict filters: as of the list's address
        :return: dict ``marked`` and ``count`` of the badge
        """
        receipts = request.env["partner.notification.receipt"]
        plain = self._plain_filters(filters or {})
        domain = receipts._filtered(**self._read_filters(plain))
        marked = receipts._mark_all_read(domain)
        return {"marked": marked, "count": request.env.user._notification_badge()}

    @http.route("/my/notifications/later", type="jsonrpc", auth="user", website=True)
    def portal_notification_later(self, ids, until):
        """Put notifications off: they come back on top, unread.

        :param list ids: of receipts
        :param str until: "hour", "tomorrow" (9:00 of the person's day) or a date
        """
        moment = self._later(until)
        self._own(ids).sudo().write({"appear_at": moment, "read_at": False})
        return request.env.user._notification_badge()

    def _later(self, until):
        """The moment a person put something off to, naive UTC."""
        if until == "hour":
            return fields.Datetime.now() + timedelta(hours=1)
        today = str(request.env.user._notification_today())
        if until == "tomorrow":
            return self._moment(today, time(9), days=1)
        moment = self._moment(_plain(until), time(9))
        if not moment or moment < self._midnight(today, days=1):
            raise UserError(request.env._("Choose a day after today."))
        return moment

    @http.route(
        "/my/notifications/<int:receipt_id>/open",
        type="http",
        auth="user",
        website=True,
    )
    def portal_notification_open(self, receipt_id, **_kwargs):
        """Read it and go where it leads."""
        receipt = self._own([receipt_id])
        receipt.sudo()._mark("seen_at", "read_at")
        return request.redirect(receipt.url or "/my/notifications")

    @http.route(
        "/my/notifications/<int:receipt_id>/ask",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_notification_ask(self, receipt_id, state=None, **_kwargs):
        """Ask for what a notification offers; a colleague may have been first.

        The person stays in the list as it was filtered: it is named by the address.

        :param str state: of ``partner.notification.action_state``
        """
        receipt = self._own([receipt_id])
        if receipt:
            receipt._ask(state)
        # of the address alone: the form's own state is another one
        address = request.httprequest.args
        kept = {name: address[name] for name in PLACE if address.get(name)}
        return request.redirect_query(
            "/my/notifications", self._plain_filters(address) | kept
        )

    def _own(self, ids):
        """The person's own receipts among ids: found through the record rule."""
        ids = [int(receipt_id) for receipt_id in ids[:MOST_AT_ONCE]]
        receipts = request.env["partner.notification.receipt"]
        return receipts.search(Domain("id", "in", ids) & receipts._mine())


def _plain(word):
    """A word of an address or a call, without signs no database keeps."""
    if not isinstance(word, str):
        return ""
    return "".join(filter(is_storable, word))
