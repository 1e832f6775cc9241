"""Stores, goods, people and orders to measure with; made once a database."""

import json
import random
import statistics
import time
from contextlib import contextmanager

from odoo import fields
from odoo.tools import SQL

from odoo.addons.order_service.tests.common import OrderServiceBuilders

PRODUCTS = 300


class World(OrderServiceBuilders):
    """The builders of the tests with a grocery's assortment."""

    def __init__(self, env):
        self.set_up_world(env)
        self.random = random.Random(19)
        self.products = self._make_products()
        self.source.store_ids = self.store
        self.store.service_calendar_id = env.ref("resource.resource_calendar_std")
        env.cr.commit()

    def _make_products(self):
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Product {number}",
                    "default_code": f"B-{number:03}",
                    "list_price": 20 + number,
                    "type": "consu",
                    "is_storable": True,
                }
                for number in range(PRODUCTS)
            ]
        )
        quants = self.env["stock.quant"]
        for product in products:
            quants._update_available_quantity(product, self.store.lot_stock_id, 1e6)
        return products

    def api(self):
        """``sale.order`` as the integrator of the source calls it."""
        return self.env(user=self.integrator.id)["sale.order"]

    def payload(self, number, lines, known_customer=None):
        """One order as a site sends it.

        :param int number: makes external_ref and a new customer unique
        :param known_customer: external id of a customer, or None for a new one
        """
        slot = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        start = fields.Datetime.add(slot, days=1)
        customer = known_customer or {
            "external_id": f"new-{number}",
            "name": f"Customer {number}",
            "phone": f"+7913{number % 10_000_000:07}",
            "email": f"customer{number}@example.com",
        }
        return {
            "source": self.source.code,
            "external_ref": f"B-{number}",
            "customer": customer,
            "recipient": {"name": "Recipient", "phone": "8 913 000 00 02"},
            "fulfilment": "pickup",
            "store": self.store.service_code,
            "slot": {
                "start": start.isoformat() + "+00:00",
                "end": fields.Datetime.add(start, hours=2).isoformat() + "+00:00",
            },
            "lines": [
                {
                    "ref": str(index + 1),
                    "sku": product.default_code,
                    "quantity": self.random.randint(1, 5),
                }
                for index, product in enumerate(
                    self.random.sample(list(self.products), lines)
                )
            ],
        }

    def orders_at(self, stage, count, lines=5):
        """``count`` orders of the site carried to a stage of the pick-up route."""
        sent = [self.payload(self._next(), lines) for _index in range(count)]
        answers = []
        for index in range(0, count, 50):
            answers += self.api().service_submit(sent[index : index + 50])
        refused = [answer for answer in answers if answer["result"] != "created"]
        assert not refused, json.dumps(refused[:2], ensure_ascii=False)
        orders = self.env["sale.order"].browse(answer["order_id"] for answer in answers)
        for order in orders:
            self._carry(order, stage)
        self.env.cr.commit()
        return orders

    def _next(self):
        self.number = getattr(self, "number", 100_000) + 1
        return self.number

    # -- many orders ------------------------------------------------------------------

    def fill_orders(self, wanted, still_open=3_000):
        """Clone orders by SQL until there are ``wanted``; a few thousand stay open."""
        if not hasattr(self, "samples"):
            self.samples = self.orders_at("check", 40)
            self.samples |= self.orders_at("assembly", 40)
            self.samples |= self.orders_at("ready", 40)
            self.samples |= self.orders_at("won", 40)
        [[have]] = self.env.execute_query(SQL("SELECT count(*) FROM sale_order"))
        missing = wanted - have
        if missing <= 0:
            return
        open_ids = self.samples.filtered(lambda order: not order.service_closed_at).ids
        closed_ids = (self.samples - self.samples.browse(open_ids)).ids
        open_missing = min(still_open, missing // 2)
        self._clone(open_ids, open_missing, "now() AT TIME ZONE 'UTC'", 2)
        self._clone(closed_ids, missing - open_missing, "now() AT TIME ZONE 'UTC'", 700)
        self._clone_tasks()
        self.env.cr.commit()
        self.env.cr.connection.autocommit = True
        # everything, or autovacuum does it while the next figure is taken
        self.env.cr.execute("VACUUM ANALYZE")
        self.env.cr.connection.autocommit = False
        self.env.invalidate_all()

    def _clone(self, ids, count, now, days):
        """``count`` copies of orders spread over ``days`` days around now."""
        own = {
            "name": SQL("'C' || series.n"),
            "service_external_ref": SQL(
                "sale_order.service_external_ref || '-' || series.n"
            ),
            "service_search_key": SQL(
                "sale_order.service_search_key || ' c' || series.n"
            ),
            "access_token": SQL("NULL"),
        }
        shifted = {
            "service_slot_start",
            "service_slot_end",
            "service_deadline",
            "service_placed_at",
            "date_order",
            "service_stage_since",
            "commitment_date",
        }
        own["service_slot_date"] = SQL(
            "service_slot_date + ((series.n %% %s) - %s)::int",
            days * 2,
            days * 2 - 2 if days > 2 else days,
        )
        [[first]] = self.env.execute_query(
            SQL("SELECT coalesce(max(id), 0) FROM sale_order")
        )
        columns, values = [], []
        for name in self._columns("sale_order"):
            columns.append(SQL.identifier(name))
            value = own.get(name, SQL.identifier("sale_order", name))
            if name in shifted:
                value = SQL(
                    "%s + (series.n %% %s - %s) * interval '1 day'"
                    " + (series.n %% 600) * interval '1 minute'",
                    value,
                    days * 2,
                    days * 2 - 2 if days > 2 else days,
                )
            values.append(value)
        self.env.cr.execute(
            SQL(
                """INSERT INTO sale_order (%s)
                   SELECT %s FROM generate_series(%s, %s) AS series (n)
                     JOIN unnest(%s) WITH ORDINALITY AS sample (id, place)
                       ON sample.place = 1 + series.n %% %s
                     JOIN sale_order ON sale_order.id = sample.id""",
                SQL(", ").join(columns),
                SQL(", ").join(values),
                first + 1,
                first + count,
                list(ids),
                len(ids),
            )
        )

    def _clone_tasks(self):
        """One open task for each open clone that has none."""
        columns = [
            name
            for name in self._columns("order_service_task")
            if name not in ("order_id", "deadline")
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        values = SQL(", ").join(SQL.identifier("sample", name) for name in columns)
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_service_task (order_id, deadline, %s)
                   SELECT clone.id, clone.service_deadline, %s
                     FROM sale_order clone
                     JOIN LATERAL (
                          SELECT task.* FROM order_service_task task
                            JOIN sale_order origin ON origin.id = task.order_id
                           WHERE task.state = 'open'
                             AND origin.service_stage_id = clone.service_stage_id
                           LIMIT 1) AS sample ON TRUE
                    WHERE clone.service_closed_at IS NULL
                      AND clone.service_route_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM order_service_task own
                                       WHERE own.order_id = clone.id)""",
                names,
                values,
            )
        )

    def _columns(self, table):
        rows = self.env.execute_query(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_schema = current_schema AND table_name = %s
                      AND column_name <> 'id' AND is_generated = 'NEVER'""",
                table,
            )
        )
        return [name for (name,) in rows]


@contextmanager
def counted(cr):
    """Count the queries of a block: yields a list whose last item is the number."""
    before, numbers = cr.sql_log_count, []
    yield numbers
    numbers.append(cr.sql_log_count - before)


def seconds(act):
    """(seconds, what ``act`` returned)."""
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """The value that ``share`` of the sorted values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
