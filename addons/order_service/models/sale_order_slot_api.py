from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import answer, payload
from ..rules.slots import Want
from .order_service_slot_pattern import KINDS

MOST_DAYS = 62
MOST_HELD_MINUTES = 120
# what an answer is made of: read with the search, in one query
TOLD_FIELDS = [
    "company_id",
    "kind",
    "start",
    "end",
    "places",
    "cutoff_at",
    "closed",
    "is_planned",
]


class SaleOrder(models.Model):
    """The part of the public API that is about slots."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # -- reading -----------------------------------------------------------------------

    @api.model
    @api.readonly
    def service_slots(self, store, date_from, date_to, kind=None):
        """The slots of one store of the caller's sources, the earliest first.

        :param str store: the store's code
        :param str date_from, date_to: first and last day in the store's time, as
            "2026-11-21"; at most 62 days
        :param str kind: "delivery" or "pickup"; None answers both
        :return: list of {"slot_id", "store", "kind", "start", "end", "places",
            "taken", "left", "cutoff_at", "state": open | few | full | closed}
        :raises AccessError: the caller is no user of the API
        :raises UserError: the text begins with ``unknown_store:``, ``bad_value:`` or
            ``forbidden:``
        """
        self._service_check_api()
        found = self._service_store_named(store)
        first, last = self._service_days(date_from, date_to)
        kinds = [code for code, _name in KINDS]
        if kind is not None and kind not in kinds:
            raise UserError(
                self.env._("bad_value: “kind” is one of %s.", ", ".join(kinds))
            )
        slots = found.env["order.service.slot"].search_fetch(
            [
                ("store_id", "=", found.id),
                ("day", ">=", first),
                ("day", "<=", last),
                ("kind", "in", [kind] if kind else kinds),
            ],
            TOLD_FIELDS,
            order="start, kind, id",
        )
        load = slots._load(fields.Datetime.now())
        return [self._service_slot_as(slot, found, *load[slot]) for slot in slots]

    @api.model
    def _service_store_named(self, code):
        """The store with this code among those of the caller's sources, as the system.

        :raises UserError: there is none, or the caller speaks for no source
        """
        sources = self.env["order.service.source"]._of_user()
        if not sources:
            raise UserError(
                self.env._("forbidden: you may not send or read orders of any source.")
            )
        for source in sources:
            for store in source.with_company(source.company_id)._stores():
                if store.service_code == code:
                    return store
        raise UserError(
            self.env._(
                "unknown_store: your sources have no store “%s”.",
                str(code)[: payload.SHORT_TEXT],
            )
        )

    @api.model
    def _service_days(self, date_from, date_to):
        """The first and the last day a caller named.

        :raises UserError: no dates, or too many days
        """
        try:
            first, last = read_day(date_from), read_day(date_to)
        except (ValueError, TypeError) as error:
            raise UserError(
                self.env._("bad_value: send dates as “2026-11-21”.")
            ) from error
        if not timedelta() <= last - first <= timedelta(days=MOST_DAYS):
            raise UserError(
                self.env._(
                    "bad_value: ask for %s days at most, the first one first.",
                    MOST_DAYS,
                )
            )
        return first, last

    @api.model
    def _service_slot_as(self, slot, store, taken, left, state):
        """A slot as ``service_slots`` tells it."""
        return answer.shape(
            {
                "slot_id": slot.id,
                "store": store.service_code,
                "kind": slot.kind,
                "start": self._service_iso(slot.start),
                "end": self._service_iso(slot.end),
                "places": slot.places,
                "taken": taken,
                "left": left,
                "cutoff_at": self._service_iso(slot.cutoff_at),
                "state": state,
            }
        )

    # -- reserving ---------------------------------------------------------------------

    @api.model
    def service_reserve_slot(self, order_ref, slot_id, minutes=15):
        """Hold a place for an order that need not exist yet; one slot an order.

        ``service_submit`` with the times of the slot takes the place over.

        :param dict order_ref: {"source", "external_ref"}
        :param int slot_id: an entry of ``service_slots``
        :param int minutes: how long, 1 to 120; asked again while it holds it is not
            lengthened
        :return: {"result": reserved | unchanged | rejected, "slot_id", "places",
            "expires_at", "errors"}; codes slot_unknown, slot_closed, slot_full
        :raises AccessError: the caller is no user of the API
        """
        self._service_check_api()
        entry, source = self._service_referred(order_ref)
        if not 1 <= _whole(minutes) <= MOST_HELD_MINUTES:
            entry.refuse("bad_value", "minutes", "bad_minutes", most=MOST_HELD_MINUTES)
        held = {}
        if not entry.problems:
            slot = self._service_slot_of(entry, source, slot_id)
            if not entry.problems:
                held = self._service_reserve(entry, source, slot, minutes)
        return answer.shape({**self._service_told(entry), **held})

    @api.model
    def _service_slot_of(self, entry, source, slot_id):
        """The slot with this id in a store of the source; noted if there is none."""
        slots = self.env["order.service.slot"].sudo()
        slot = slots.browse(_whole(slot_id)).exists()
        if slot.store_id not in source.with_company(source.company_id)._stores():
            entry.refuse("slot_unknown", "slot_id", "slot_unknown")
            return slots
        if slot._is_shut(fields.Datetime.now()):
            entry.refuse("slot_closed", "slot_id", "slot_closed", slot=slot._text())
        return slot

    @api.model
    def _service_reserve(self, entry, source, slot, minutes):
        """Hold the places; answers what the caller is told of them."""
        now = fields.Datetime.now()
        order = entry.order
        lines = order._service_line_count() if order else 1
        key = (source.id, entry.ref)
        want = Want(slot.id, slot._needs(lines), order.id if order else None, key)
        places = self.env["order.service.slot.place"].sudo()
        known = places._kept_until(want, now)
        if known is not None:
            entry.result = "unchanged"
            return self._service_held_as(slot, want, known)
        places._lock([want])
        if not want.is_met:
            entry.refuse("slot_full", "slot_id", "slot_full", slot=slot._text())
            return {}
        until = now + timedelta(minutes=minutes)
        places._move_hold(want, until)
        entry.result = "reserved"
        return self._service_held_as(slot, want, until)

    @api.model
    def _service_held_as(self, slot, want, until):
        return {
            "slot_id": slot.id,
            "places": want.count,
            "expires_at": self._service_iso(until) if until else None,
        }


def read_day(value):
    """A date from “2026-11-21”, from a moment, or from XML-RPC's dateTime.

    :raises ValueError: it is none
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(getattr(value, "value", value)).strip()
    return datetime.fromisoformat(text).date()


def _whole(value):
    """A whole number as a caller sent it, else zero."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
