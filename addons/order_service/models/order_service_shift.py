from odoo import api, fields, models

from .order_service_task_template import ROLES


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

    _period = models.Constraint(
        'CHECK("end" > start)', "A shift must end after it starts."
    )
    _store_idx = models.Index('(store_id, role, "end")')

    @api.depends("user_id", "store_id")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = f"{shift.user_id.name} · {shift.store_id.name}"

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
