from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("no_answer", "No answer"),
    ("payment", "Awaiting payment"),
    ("on_order", "On order"),
    ("other", "Other"),
]


class OrderServiceDeferral(models.Model):
    """A time for which an order is put aside: its tasks are hidden, clocks stand."""

    _name = "order.service.deferral"
    _description = "Order deferral"
    _order = "id desc"
    _rec_name = "kind"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True)
    text = fields.Char(string="Remark")
    until = fields.Datetime(required=True)
    attempt = fields.Integer(default=1, help="How many times for this kind.")
    opened_at = fields.Datetime(required=True, default=fields.Datetime.now)
    opened_by = fields.Many2one("res.users", default=lambda self: self.env.user)
    closed_at = fields.Datetime()
    closed_by = fields.Many2one("res.users")
    service_tz = fields.Char(related="order_id.service_tz", string="Time zone")

    _one_open = models.UniqueIndex(
        "(order_id) WHERE closed_at IS NULL", "The order is postponed already."
    )
    _until_idx = models.Index("(until) WHERE closed_at IS NULL")

    @api.model
    def _open(self, order, kind, until, text=None):
        """Put ``order`` aside until a moment.

        :param order: one sale.order on a route
        :param str kind: a key of KINDS
        :param until: naive UTC datetime in the future
        :raises UserError: the order is closed, postponed already or ``until`` past
        """
        order = order.sudo()
        order._service_hold()
        working = order.service_status not in ("cancelled", "delivered")
        if order.service_deferral_id or not order.service_stage_id or not working:
            raise UserError(
                self.env._(
                    "Order %s cannot be postponed as it stands.", order.service_number
                )
            )
        if until <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "Choose a moment in the future to postpone order %s to.",
                    order.service_number,
                )
            )
        deferral = self.sudo().create(
            {
                "order_id": order.id,
                "kind": kind,
                "until": until,
                "text": text,
                "attempt": self._next_attempt(order, kind),
            }
        )
        # a person gives it another chance before it was given up
        order.service_event_ids.filtered(lambda row: row.trigger == "failed").unlink()
        order._service_open_tasks().write({"paused": True})
        order.write({"service_deferral_id": deferral.id})
        deferral._tell_feed()
        return deferral

    @api.model
    def _next_attempt(self, order, kind):
        """How many times the order would have been put aside for ``kind``."""
        domain = [("order_id", "=", order.id), ("kind", "=", kind)]
        return 1 + self.sudo().search_count(domain)

    def _close(self):
        """Back to work: clocks go on by the time they stood; nothing is fired."""
        for deferral in self.sudo():
            order = deferral.order_id
            order._service_hold()
            now = fields.Datetime.now()
            deferral.write({"closed_at": now, "closed_by": self.env.uid})
            deferral._shift_clocks(now - deferral.opened_at)
            order.write({"service_deferral_id": False})
            deferral._tell_feed()

    def _expire(self):
        """The time is over: back to work, or the refusal way if it was the last.

        Only time that ran out gives an order up: who takes it back to work before has
        heard from the customer and goes on.
        """
        for deferral in self.sudo():
            order = deferral.order_id
            deferral._close()
            reasons = self.env["order.service.reason"]
            if reason := reasons._ending(order, deferral.kind, deferral.attempt):
                order._service_give_up(reason)

    def _shift_clocks(self, stood):
        """Move what was to come by the time the clocks stood.

        :param stood: timedelta
        """
        for task in self.order_id._service_open_tasks():
            values = {"paused": False, "told_at": False}
            if task.deadline and not task.told_at:
                values["deadline"] = task.deadline + stood
            if task.appears_at > self.opened_at:
                values["appears_at"] = task.appears_at + stood
            task.write(values)
        for event in self.order_id.service_event_ids:
            if event.trigger == "timer" and event.visit == self.order_id.service_visit:
                event.write({"next_try": event.next_try + stood})
        self.order_id._service_set_deadline()

    def _tell_feed(self):
        order = self.order_id
        order._service_feed(
            "deferral",
            {
                "kind": self.kind,
                "until": order._service_iso(self.until),
                "attempt": self.attempt,
                "open": not self.closed_at,
            },
        )
        order._service_refresh()

    @api.model
    def _cron_close_due(self):
        """Bring back the orders whose time has come; give up those without hope."""
        domain = [("closed_at", "=", False), ("until", "<=", fields.Datetime.now())]
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count(domain))
        for deferral in self.search(domain, limit=1000):
            deferral = deferral[0].try_lock_for_update().filtered_domain(domain)
            if deferral.order_id.try_lock_for_update(allow_referencing=True):
                deferral._expire()
            if not progress(1):
                break
