import json

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.tools import SQL

from ..rules import answer, payload
from ..rules.intake import Received, refuse_doubles

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class OrderServiceIntake(models.Model):
    """The key under which a source sent an order, and what it sent last.

    The row makes a call idempotent: of two parallel doubles one waits for the other's
    row, is started anew by PostgreSQL's answer and then finds the order there.
    """

    _name = "order.service.intake"
    _description = "Order received from a source"
    _order = "id desc"
    _rec_name = "external_ref"

    source_id = fields.Many2one("order.service.source", required=True, index=True)
    external_ref = fields.Char(required=True)
    payload_hash = fields.Char(required=True)
    payload = fields.Json()
    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="cascade")

    _key_unique = models.UniqueIndex(
        "(source_id, external_ref)", "This order was received already."
    )

    @api.model
    def _receive(self, orders):
        """Take orders as they came from a caller whose group is checked.

        :param orders: list of payloads, see the public API
        :return: list of answers, in the same order
        """
        if payload.has_too_many(orders) or payload.is_too_large(orders):
            return self._refuse_all(orders)
        received = [Received(*payload.parse(raw)) for raw in orders]
        groups = self._group_by_source(received)
        for source in sorted(groups, key=lambda source: source.id):
            model = self.sudo().with_company(source.company_id).with_context(**QUIET)
            model._receive_from(source.with_env(model.env), groups[source])
        return [self._answer(entry) for entry in received]

    @api.model
    def _refuse_all(self, orders):
        received = [Received({}, []) for _raw in orders]
        for entry, raw in zip(received, orders, strict=True):
            for key in ("source", "external_ref"):
                value = raw.get(key) if isinstance(raw, dict) else None
                if isinstance(value, str) and len(value) <= payload.SHORT_TEXT:
                    entry.clean[key] = value
            entry.refuse("too_many", "", "too_many")
        return [self._answer(entry) for entry in received]

    @api.model
    def _group_by_source(self, received):
        """dict source -> its orders; others get ``forbidden`` and nothing else."""
        sources = {source.code: source for source in self._sources_of_user()}
        groups = {}
        for entry in received:
            code = entry.clean.get("source")
            if code and code not in sources:
                entry.problems = []
                entry.refuse("forbidden", "source", "forbidden")
            elif code and entry.ref:
                groups.setdefault(sources[code], []).append(entry)
        return {source: refuse_doubles(group) for source, group in groups.items()}

    @api.model
    def _sources_of_user(self):
        return self.env["order.service.source"]._of_user()

    @api.model
    def _receive_from(self, source, received):
        """Take the orders of one source, as the system in the source's company."""
        self._recognise(source, received)
        self.env["sale.order"]._service_resolve(source, self._alive(received))
        self._find_slots([entry for entry in received if entry.store])
        alive = self._alive(received)
        fresh = [entry for entry in alive if not entry.order]
        known = [entry for entry in alive if entry.order]
        self._reserve(source, fresh)
        self._hold(known)
        self._hold_places(source, fresh)
        self._create_orders(source, self._alive(fresh))
        for entry in known:
            self._update_order(source, entry)
        self._keep(fresh, known)

    @api.model
    def _alive(self, received):
        return [entry for entry in received if entry.is_alive]

    @api.model
    def _recognise(self, source, received):
        """Find what was sent before: equal content is ``unchanged`` at once."""
        refs = [entry.ref for entry in received]
        rows = self.search_fetch(
            [("source_id", "=", source.id), ("external_ref", "in", refs)],
            ["external_ref", "payload_hash", "order_id"],
        ).grouped("external_ref")
        for entry in received:
            entry.hash = payload.fingerprint(entry.clean)
            if row := rows.get(entry.ref):
                entry.row_id, entry.order = row.id, row.order_id
                if row.payload_hash == entry.hash and not entry.problems:
                    entry.result = "unchanged"
        self._refuse_made_by_hand(source, received)

    @api.model
    def _refuse_made_by_hand(self, source, received):
        """Orders with the source's number that did not come through this door."""
        fresh = {entry.ref: entry for entry in received if not entry.order}
        for order in self.env["sale.order"].search_fetch(
            [
                ("service_source_id", "=", source.id),
                ("service_external_ref", "in", list(fresh)),
            ],
            ["service_external_ref", "name"],
        ):
            fresh[order.service_external_ref].refuse(
                "not_editable", "external_ref", "made_by_hand", order=order.name
            )

    @api.model
    def _reserve(self, source, fresh):
        """Write the keys of new orders, sorted, so that doubles meet here."""
        if not fresh:
            return
        rows = [
            (source.id, entry.ref, entry.hash, self.env.uid, self.env.uid)
            for entry in sorted(fresh, key=lambda entry: entry.ref)
        ]
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO order_service_intake (source_id, external_ref,
                       payload_hash, create_uid, write_uid, create_date, write_date)
                   SELECT sent.*, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM (VALUES %s) AS sent
                       ON CONFLICT DO NOTHING
                RETURNING external_ref, id""",
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        ids = dict(inserted)
        if len(ids) < len(rows):
            raise ConcurrencyError("another call is taking one of these orders")
        for entry in fresh:
            entry.row_id = ids[entry.ref]

    @api.model
    def _hold(self, known):
        """Lock the rows of orders sent anew: a parallel double waits here."""
        if known:
            ids = tuple(sorted(entry.row_id for entry in known))
            self.env.cr.execute(
                SQL(
                    """SELECT id FROM order_service_intake
                        WHERE id IN %s ORDER BY id FOR UPDATE""",
                    ids,
                )
            )

    @api.model
    def _create_orders(self, source, fresh):
        """Create what can be created: half the batch until the culprit is alone."""
        if not fresh:
            return
        try:
            with self.env.cr.savepoint():
                orders = self.env["sale.order"]._service_create_received(source, fresh)
        except UserError as error:
            for entry in fresh:
                if entry.customer and not entry.customer.found:
                    entry.customer.partner = None
            if len(fresh) == 1:
                fresh[0].refuse("bad_value", "", "odoo", sentence=str(error))
                return
            middle = len(fresh) // 2
            self._create_orders(source, fresh[:middle])
            self._create_orders(source, fresh[middle:])
        else:
            for entry, order in zip(fresh, orders, strict=True):
                entry.order, entry.result = order, "created"

    @api.model
    def _update_order(self, source, entry):
        """Rewrite one order that nobody works on yet."""
        order = entry.order
        try:
            order._service_lock()
        except LockError:
            entry.refuse("not_editable", "", "locked", order=order.name)
            return
        if not order._service_is_rewritable():
            entry.refuse("not_editable", "", "in_work", order=order.name)
            return
        self._hold_places(source, [entry])
        if not entry.is_alive:
            return
        try:
            with self.env.cr.savepoint():
                order._service_rewrite_received(source, entry)
        except UserError as error:
            entry.refuse("bad_value", "", "odoo", sentence=str(error))
        else:
            entry.result = "updated"

    @api.model
    def _keep(self, fresh, known):
        """Keep the payloads of what was taken; give back the keys of what was not."""
        if lost := [entry.row_id for entry in fresh if entry.result == "rejected"]:
            self.browse(lost).unlink()
        taken = [entry for entry in (*fresh, *known) if entry.result != "rejected"]
        if not taken:
            return
        rows = [
            (entry.row_id, entry.order.id, entry.hash, json.dumps(entry.clean))
            for entry in taken
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_intake AS intake
                      SET order_id = taken.order_id, payload_hash = taken.hash,
                          payload = taken.payload::jsonb
                     FROM (VALUES %s) AS taken (id, order_id, hash, payload)
                    WHERE intake.id = taken.id""",
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        self.browse([row[0] for row in rows]).invalidate_recordset()

    def _answer(self, entry):
        """The answer to one order, in the caller's language."""
        order = entry.order
        return answer.shape(
            {
                "source": entry.clean.get("source"),
                "external_ref": entry.ref,
                "result": entry.result,
                "order_id": order.id if order else None,
                "order_name": order.name if order else None,
                "errors": [
                    {
                        "code": problem.code,
                        "field": problem.field,
                        "message": self._sentence(problem),
                    }
                    for problem in entry.problems
                ],
            }
        )
