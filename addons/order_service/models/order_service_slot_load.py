from odoo import api, fields, models
from odoo.tools import SQL

from .order_service_slot_pattern import KINDS


class OrderServiceSlotLoad(models.Model):
    """What a slot's orders ask of the store, beside the people on shift then.

    ``minutes`` = orders x minutes an order + lines x minutes a line (settings of the
    company); ``staff_minutes`` = time of the administrators on shift during the slot,
    shared evenly among the store's slots that overlap it.
    """

    _name = "order.service.slot.load"
    _description = "Load of slots"
    _auto = False
    _order = "start, store_id, kind, id"
    _rec_name = "slot_id"

    slot_id = fields.Many2one("order.service.slot", readonly=True)
    store_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    start = fields.Datetime(readonly=True)
    end = fields.Datetime(string="Until", readonly=True)
    day = fields.Date(readonly=True, help="In the store's time.")
    store_time = fields.Char(related="slot_id.store_time")
    places = fields.Integer(readonly=True)
    taken = fields.Integer(readonly=True)
    orders = fields.Integer(readonly=True)
    lines = fields.Integer(readonly=True)
    minutes = fields.Float(string="Minutes of work", digits=(16, 0), readonly=True)
    people = fields.Integer(string="People on shift", readonly=True, aggregator="max")
    staff_minutes = fields.Float(
        string="Minutes of staff", digits=(16, 0), readonly=True
    )
    spare_minutes = fields.Float(
        string="Spare minutes",
        digits=(16, 0),
        readonly=True,
        help="Below zero: more work than the people on shift can do.",
    )

    @api.depends("store_id.service_code", "kind", "orders", "minutes", "staff_minutes")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """For the calendar, where eight slots stand side by side: “ST01 45/120 min”."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for load in self:
            load.display_name = self.env._(
                "%(store)s %(minutes).0f/%(staff).0f min, %(kind)s, orders: %(orders)s",
                store=load.store_id.service_code or load.store_id.name,
                minutes=load.minutes,
                staff=load.staff_minutes,
                kind=kinds.get(load.kind, ""),
                orders=load.orders,
            )

    @property
    def _table_query(self):
        return SQL(
            """SELECT slot.id, slot.id AS slot_id, slot.store_id, slot.company_id,
                      slot.kind, slot.start, slot."end", slot.day, slot.places,
                      work.taken, work.orders, work.lines, work.minutes,
                      staff.people, staff.minutes AS staff_minutes,
                      staff.minutes - work.minutes AS spare_minutes
                 FROM order_service_slot slot
                 JOIN res_company company ON company.id = slot.company_id
                CROSS JOIN LATERAL (%s) work
                CROSS JOIN LATERAL (%s) staff""",
            self._work(),
            self._staff(),
        )

    def _work(self):
        """Places, orders, lines and minutes of one slot."""
        return SQL(
            """SELECT COALESCE(sum(placed.places), 0) AS taken,
                      count(placed.order_id) AS orders,
                      COALESCE(sum(goods.lines), 0) AS lines,
                      count(placed.order_id) * company.service_order_minutes
                      + COALESCE(sum(goods.lines), 0) * company.service_line_minutes
                        AS minutes
                 FROM (SELECT order_id, count(*) AS places
                         FROM order_service_slot_place
                        WHERE slot_id = slot.id AND order_id IS NOT NULL
                        GROUP BY order_id) placed
                CROSS JOIN LATERAL (
                      SELECT count(*) AS lines FROM sale_order_line line
                       WHERE line.order_id = placed.order_id
                         AND line.display_type IS NULL
                         AND line.service_replaces_line_id IS NULL
                         AND line.is_delivery IS NOT TRUE) goods"""
        )

    def _staff(self):
        """People on shift in one slot, and its share of their minutes."""
        return SQL(
            """SELECT count(DISTINCT shift.user_id) AS people,
                      COALESCE(sum(EXTRACT(EPOCH FROM
                          LEAST(shift."end", slot."end")
                          - GREATEST(shift.start, slot.start)) / 60), 0)
                      / (SELECT count(*) FROM order_service_slot other
                          WHERE other.store_id = slot.store_id
                            AND other.start < slot."end"
                            AND other."end" > slot.start) AS minutes
                 FROM order_service_shift shift
                WHERE shift.store_id = slot.store_id AND shift.role = 'storeadmin'
                  AND shift.start < slot."end" AND shift."end" > slot.start"""
        )
