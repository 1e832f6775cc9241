from odoo import api, fields, models
from odoo.exceptions import UserError

from .order_service_screen_mixin import name_route


class OrderServiceStageLog(models.Model):
    """One move of one order: insert only, written when a stage is left."""

    _name = "order.service.stage.log"
    _description = "Order stage log"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True)
    store_id = fields.Many2one("stock.warehouse")
    visit = fields.Integer(required=True)
    route_id = fields.Many2one("order.service.route", required=True, index=True)
    from_id = fields.Many2one("order.service.stage", index=True)
    to_id = fields.Many2one("order.service.stage", index=True)
    transition_id = fields.Many2one(
        "order.service.transition",
        index="btree_not_null",
        ondelete="set null",
    )
    trigger = fields.Selection(
        [
            ("submit", "Submitted"),
            ("done", "Tasks done"),
            ("failed", "Task failed"),
            ("button", "Button"),
            ("payment", "Paid"),
            ("stock", "Goods reserved"),
            ("timer", "Time passed"),
            ("refusal", "Cancelled"),
            ("manager", "Moved by the manager"),
        ],
        required=True,
    )
    actor = fields.Selection(
        [("staff", "Staff"), ("customer", "Customer"), ("system", "System")],
        string="By",
        required=True,
    )
    task_id = fields.Many2one(
        "order.service.task", index="btree_not_null", ondelete="set null"
    )
    reason_id = fields.Many2one(
        "order.service.reason", index="btree_not_null", ondelete="restrict"
    )
    reason_party = fields.Selection(related="reason_id.party", store=True)
    note = fields.Char(string="Remark")
    minutes = fields.Float(
        string="Minutes in the stage",
        compute="_compute_minutes",
        store=True,
        precompute=True,
        aggregator="avg",
        digits=(16, 1),
    )
    service_tz = fields.Char(related="order_id.service_tz", string="Time zone")
    user_id = fields.Many2one("res.users", string="Who", required=True)
    at = fields.Datetime(string="When", required=True, index=True)
    seconds = fields.Integer(
        string="Seconds in the stage", aggregator="avg", help="Spent in “From”."
    )

    @api.depends("seconds")
    def _compute_minutes(self):
        for log in self:
            log.minutes = log.seconds / 60

    def write(self, vals):
        """The log is never rewritten."""
        if vals:
            raise UserError(self.env._("The stage log is never changed."))
        return super().write(vals)

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        return name_route(self._fields, groupby_spec, formatter)
