import pytz

from odoo import api, fields, models

from .order_service_task_template import ROLES
from .sale_order_slot import zone_text


class OrderServiceShift(models.Model):
    """Who works in a store, in which role and when."""

    _name = "order.service.shift"
    _description = "Shift in a store"
    _order = "start desc, store_id, id"

    store_id = fields.Many2one(
        "stock.warehouse", required=True, domain=[("service_code", "!=", False)]
    )
    company_id = fields.Many2one(
        related="store_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one("res.users", required=True, index=True)
    role = fields.Selection(ROLES, required=True, default="storeadmin")
    start = fields.Datetime(required=True)
    end = fields.Datetime(required=True)
    store_time = fields.Char(
        string="By the store's clock", compute="_compute_store_time"
    )

    _period = models.Constraint(
        'CHECK("end" > start)', "A shift must end after it starts."
    )
    _store_idx = models.Index('(store_id, role, "end")')

    @api.depends("user_id", "store_id")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = f"{shift.user_id.name} · {shift.store_id.name}"

    @api.depends("start", "end", "store_id.service_tz")
    def _compute_store_time(self):
        """Start and end are typed by one's own clock: told here by the store's."""
        for shift in self:
            zone = pytz.timezone(shift.store_id.service_tz or self.env.user.tz or "UTC")
            shift.store_time = shift._told_in(zone)

    def _told_in(self, zone):
        if not (self.start and self.end):
            return False
        start = pytz.utc.localize(self.start).astimezone(zone)
        end = pytz.utc.localize(self.end).astimezone(zone)
        until = "%H:%M" if start.date() == end.date() else "%d.%m %H:%M"
        return f"{start:%d.%m %H:%M}–{end.strftime(until)} ({zone_text(start)})"

    @api.model
    def _on_duty(self, stores, role, moment):
        """People on shift in each store, the least loaded first.

        :param moment: naive UTC datetime
        :return: dict store -> list of res.users
        """
        shifts = self.search_fetch(
            [
                ("store_id", "in", stores.ids),
                ("role", "=", role),
                ("start", "<=", moment),
                ("end", ">", moment),
            ],
            ["store_id", "user_id"],
            order="id",
        )
        choice = len(shifts) > len(shifts.store_id)
        load = self._open_tasks(shifts.user_id) if choice else {}
        people = {}
        for shift in shifts.sorted(lambda shift: load.get(shift.user_id, 0)):
            people.setdefault(shift.store_id, []).append(shift.user_id)
        return people

    @api.model
    def _open_tasks(self, users):
        """Number of open tasks of each user."""
        if not users:
            return {}
        return dict(
            self.env["order.service.task"]._read_group(
                [("user_id", "in", users.ids), ("state", "=", "open")],
                ["user_id"],
                ["__count"],
            )
        )
