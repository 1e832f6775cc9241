from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..rules import slots

KEPT_DAYS = 1


class OrderServiceSlotPlace(models.Model):
    """One place of a slot: free, held for a basket for some minutes, or an order's.

    A row is taken by locking it. Whoever finds it locked takes another one, so nobody
    waits and nobody shares the last place; a counter on the slot would be one row that
    everybody waits for.
    """

    _name = "order.service.slot.place"
    _description = "Place of a slot"
    _order = "slot_id, id"
    _rec_name = "slot_id"

    slot_id = fields.Many2one(
        "order.service.slot", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", index="btree_not_null", ondelete="set null"
    )
    source_id = fields.Many2one(
        "order.service.source", string="Held for", ondelete="set null"
    )
    external_ref = fields.Char(string="Number at the source")
    expires_at = fields.Datetime(string="Held until")

    _held_idx = models.Index(
        "(source_id, external_ref) WHERE external_ref IS NOT NULL AND order_id IS NULL"
    )
    _free_idx = models.Index("(slot_id) WHERE order_id IS NULL")

    # -- as many as the slot has -------------------------------------------------------

    @api.model
    def _add(self, wanted):
        """Add free places.

        :param dict wanted: slot id -> how many
        """
        if not wanted:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_service_slot_place
                          (slot_id, create_uid, write_uid, create_date, write_date)
                   SELECT wanted.slot_id, %(user)s, %(user)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM (VALUES %(wanted)s) AS wanted (slot_id, places)
                    CROSS JOIN LATERAL generate_series(1, wanted.places)""",
                user=self.env.uid,
                wanted=_values(wanted.items()),
            )
        )
        self._forget()

    @api.model
    def _remove(self, surplus):
        """Remove free places, at most as many as are free and nobody is choosing.

        :param dict surplus: slot id -> how many
        """
        if found := self._lock_free(surplus):
            ids = tuple(place for places in found.values() for place in places)
            self.env.cr.execute(
                SQL("DELETE FROM order_service_slot_place WHERE id IN %s", ids)
            )
            self._forget()

    # -- taking ------------------------------------------------------------------------

    @api.model
    def _lock(self, wants):
        """Lock places for each want: its own ones first, then free ones.

        :param wants: list of rules.slots.Want, in the order they count; ``is_met``
            tells afterwards who has found all its places
        """
        wants = [want for want in wants if want.slot_id]
        if not wants:
            return
        self._lock_own(wants)
        missing = {}
        for want in wants:
            missing[want.slot_id] = missing.get(want.slot_id, 0) + want.missing
        own = [place for want in wants for place in want.places]
        slots.hand_out(wants, self._lock_free(missing, own))

    @api.model
    def _lock_own(self, wants):
        """Places the orders have already, or that were held for them."""
        by_order = {want.order_id: want for want in wants if want.order_id}
        by_key = {want.key: want for want in wants if want.key}
        rows = self.env.execute_query(
            SQL(
                """SELECT id, slot_id, order_id, source_id, external_ref
                     FROM order_service_slot_place
                    WHERE slot_id IN %s AND %s
                    ORDER BY order_id NULLS LAST, id FOR UPDATE SKIP LOCKED""",
                tuple({want.slot_id for want in wants}),
                _belongs_to(by_order, by_key),
            )
        )
        for place_id, slot_id, order_id, *key in rows:
            want = by_order.get(order_id) if order_id else by_key.get(tuple(key))
            if want and want.slot_id == slot_id and want.missing:
                want.places.append(place_id)

    @api.model
    def _lock_free(self, wanted, own=()):
        """Lock free places nobody else is locking, chosen at random.

        :param dict wanted: slot id -> how many at most
        :param own: ids of places that are locked already
        :return: dict slot id -> list of place ids
        """
        wanted = {slot_id: count for slot_id, count in wanted.items() if count > 0}
        if not wanted:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT place.id, place.slot_id
                     FROM (VALUES %s) AS wanted (slot_id, places)
                    CROSS JOIN LATERAL (
                       SELECT id, slot_id FROM order_service_slot_place
                        WHERE slot_id = wanted.slot_id AND order_id IS NULL
                          AND (expires_at IS NULL OR expires_at < %s)
                          AND id != ALL(%s)
                        ORDER BY random() LIMIT wanted.places
                          FOR UPDATE SKIP LOCKED) AS place""",
                _values(wanted.items()),
                fields.Datetime.now(),
                list(own),
            )
        )
        found = {}
        for place_id, slot_id in rows:
            found.setdefault(slot_id, []).append(place_id)
        return found

    @api.model
    def _hold(self, wants, until):
        """Hold places for orders to come; those not met hold nothing.

        :param wants: list of rules.slots.Want with a key
        :param until: naive UTC datetime at which a place is free again
        """
        self._lock(wants)
        rows = [
            (place, *want.key)
            for want in wants
            if want.key and want.is_met
            for place in want.fresh
        ]
        if rows:
            self.env.cr.execute(
                SQL(
                    """UPDATE order_service_slot_place AS place
                          SET source_id = held.source_id,
                              external_ref = held.external_ref, expires_at = %s
                         FROM (VALUES %s) AS held (id, source_id, external_ref)
                        WHERE place.id = held.id""",
                    until,
                    _values(rows),
                )
            )
            self._forget()

    @api.model
    def _kept_until(self, want, now):
        """Until when all places of ``want`` are held, or taken, already.

        :param want: rules.slots.Want
        :param now: naive UTC datetime
        :return: naive UTC datetime; False: its order has them; None: they are not
        """
        source_id, ref = want.key
        held = self.search(
            [
                ("slot_id", "=", want.slot_id),
                ("order_id", "=", False),
                ("source_id", "=", source_id),
                ("external_ref", "=", ref),
                ("expires_at", ">=", now),
            ],
            order="id",  # the model's own would read the slots too
        )
        if len(held) >= want.count:
            return min(held.mapped("expires_at"))
        own = [("slot_id", "=", want.slot_id), ("order_id", "=", want.order_id)]
        if want.order_id and self.search_count(own) >= want.count:
            return False
        return None

    @api.model
    def _move_hold(self, want, until):
        """Hold the locked places of ``want``, and no others for its key.

        :param want: rules.slots.Want that is met
        :param until: naive UTC datetime at which the places are free again
        """
        self._release((), [want.key], want.places)
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_slot_place
                      SET source_id = %s, external_ref = %s, expires_at = %s
                    WHERE id IN %s AND order_id IS NULL""",
                *want.key,
                until,
                tuple(want.places),
            )
        )
        self._forget()

    @api.model
    def _seat(self, wants):
        """Give locked places to the orders, and free what else they had or held.

        :param wants: list of rules.slots.Want with an order, met ones
        """
        kept = [(place, want.order_id) for want in wants for place in want.places]
        self._release(
            {want.order_id for want in wants},
            {want.key for want in wants if want.key},
            [place for place, _order in kept],
        )
        if kept:
            self.env.cr.execute(
                SQL(
                    """UPDATE order_service_slot_place AS place
                          SET order_id = seated.order_id, source_id = NULL,
                              external_ref = NULL, expires_at = NULL
                         FROM (VALUES %s) AS seated (id, order_id)
                        WHERE place.id = seated.id
                          AND place.order_id IS DISTINCT FROM seated.order_id""",
                    _values(kept),
                )
            )
        self._forget()

    @api.model
    def _release(self, orders, keys=(), kept=()):
        """Free the places of orders and keys.

        :param orders: ids of sale.order
        :param keys: (source id, number at the source) of orders to come
        :param kept: ids of places that stay
        """
        if not orders and not keys:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_slot_place
                      SET order_id = NULL, source_id = NULL, external_ref = NULL,
                          expires_at = NULL
                    WHERE %s AND id != ALL(%s)""",
                _belongs_to(orders, keys),
                list(kept),
            )
        )
        self._forget()

    @api.autovacuum
    def _gc_past(self):
        """Remove free places of slots that are over: they would only grow in number.

        :return: (number of rows removed, whether there may be more)
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM order_service_slot_place WHERE id IN (
                       SELECT place.id FROM order_service_slot_place place
                         JOIN order_service_slot slot ON slot.id = place.slot_id
                        WHERE place.order_id IS NULL AND slot."end" < %s
                        LIMIT %s)""",
                fields.Datetime.now() - timedelta(days=KEPT_DAYS),
                GC_UNLINK_LIMIT,
            )
        )
        removed = self.env.cr.rowcount
        self._forget()
        return removed, removed == GC_UNLINK_LIMIT

    @api.model
    def _forget(self):
        """What was read of places and of what is left is no longer so."""
        self.invalidate_model(flush=False)
        left = ["place_ids", "taken", "left", "state", "color"]
        self.env["order.service.slot"].invalidate_model(left, flush=False)
        self.env["sale.order"].invalidate_model(["service_place_ids"], flush=False)


def _values(rows):
    """Rows of a VALUES list."""
    return SQL(", ").join(SQL("%s", tuple(row)) for row in rows)


def _belongs_to(orders, keys):
    """Places of these orders, or held for these keys."""
    parts = []
    if orders:
        parts.append(SQL("order_id IN %s", tuple(orders)))
    if keys:
        parts.append(
            SQL(
                "(order_id IS NULL AND (source_id, external_ref) IN (%s))",
                SQL(", ").join(SQL("%s", tuple(key)) for key in keys),
            )
        )
    return SQL("(%s)", SQL(" OR ").join(parts))
