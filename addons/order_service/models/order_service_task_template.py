from datetime import timedelta

from odoo import api, fields, models, tools

from ..rules import working_time

ROLES = [
    ("operator", "Operator"),
    ("storeadmin", "Store administrator"),
    ("courier", "Courier"),
]
ROLE_GROUPS = {
    "operator": "order_service.group_operator",
    "storeadmin": "order_service.group_storeadmin",
    "courier": "order_service.group_courier",
}
ANCHORS = [
    ("entry", "Entry into the stage"),
    ("slot_start", "Start of the slot"),
    ("slot_end", "End of the slot"),
]
CALENDAR_MARGIN_DAYS = 14


class OrderServiceTaskTemplate(models.Model):
    """What a stage asks of whom, from when and by when."""

    _name = "order.service.task.template"
    _inherit = "order.service.setup.mixin"
    _description = "Order task template"
    _order = "stage_id, sequence, id"

    name = fields.Char(string="Title", required=True, translate=True)
    text = fields.Text(string="Description", translate=True)
    instruction = fields.Html(translate=True, help="How to do it, step by step.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    stage_id = fields.Many2one(
        "order.service.stage", required=True, index=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "order.service.task.template.line",
        "template_id",
        string="Checklist",
        copy=True,
    )
    checklist_required = fields.Boolean(
        help="The task can be done only when every item is ticked."
    )
    role = fields.Selection(ROLES, string="Responsible", required=True)
    queue = fields.Boolean(
        string="To a queue",
        help="Nobody gets it; whoever of the role takes it, has it.",
    )
    asks_courier = fields.Boolean(
        string="Names the courier",
        help="Whoever does the task chooses the courier of the order.",
    )
    checks_age = fields.Boolean(
        string="Looks at the document",
        help="Whoever does the task hands goods out: those sold from an age on only"
        " against a document.",
    )
    assembles = fields.Boolean(
        string="Assembles the goods",
        help="Lines are marked on the assembly screen; finishing the task brings what"
        " was found to sales and stock.",
    )
    asks_customer = fields.Boolean(
        string="Asks the customer",
        help="Not made when an order enters the stage, but when a customer is to be"
        " asked about missing goods.",
    )
    observer_ids = fields.Many2many("res.users", string="Observers")
    mandatory = fields.Boolean(
        default=True, help="The order goes on once all mandatory tasks are done."
    )
    can_fail = fields.Boolean(default=True, help="The task has a way to refuse.")
    appear_anchor = fields.Selection(
        ANCHORS, string="Appears from", required=True, default="entry"
    )
    appear_minutes = fields.Integer(
        string="Appears after, minutes", help="Negative: before that moment."
    )
    due_anchor = fields.Selection(
        ANCHORS, string="Deadline from", help="Empty: no deadline."
    )
    due_minutes = fields.Integer(
        string="Deadline after, minutes", help="Negative: before that moment."
    )
    round_the_clock = fields.Boolean(
        help="Count all minutes. Otherwise only the store's working time counts."
    )
    due_text = fields.Char(string="Deadline in words", compute="_compute_when_text")
    when_text = fields.Char(string="In words", compute="_compute_when_text")
    tell_responsible = fields.Boolean(string="Tell the responsible", default=True)
    tell_observers = fields.Boolean(string="Tell the observers", default=True)
    tell_manager = fields.Boolean(string="Tell the manager", default=True)

    @api.depends("name", "stage_id.route_id.name")
    @api.depends_context("service_route_in_name")
    def _compute_display_name(self):
        """The title alone, with its route where tasks of several routes meet."""
        result = super()._compute_display_name()
        if self.env.context.get("service_route_in_name"):
            for template in self:
                route = template.stage_id.route_id.name
                template.display_name = f"{template.name} · {route}"
        return result

    @api.depends("appear_anchor", "appear_minutes", "due_anchor", "due_minutes")
    @api.depends_context("lang")
    def _compute_when_text(self):
        for template in self:
            template.due_text = template._moment_text(
                template.due_anchor, template.due_minutes
            )
            appears = template._moment_text(
                template.appear_anchor, template.appear_minutes
            )
            due = template.due_text or self.env._("no deadline")
            template.when_text = self.env._(
                "Appears: %(appears)s. Deadline: %(due)s.", appears=appears, due=due
            )

    def _moment_text(self, anchor, minutes):
        """“30 min before the start of the slot”; empty without an anchor."""
        if not anchor:
            return False
        moments = {
            "entry": self.env._("the order enters the stage"),
            "slot_start": self.env._("the slot starts"),
            "slot_end": self.env._("the slot ends"),
        }
        if not minutes:
            return self.env._("when %s", moments[anchor])
        amount = self.env._("%s min", abs(minutes))
        if minutes < 0:
            return self.env._(
                "%(amount)s before %(moment)s", amount=amount, moment=moments[anchor]
            )
        return self.env._(
            "%(amount)s after %(moment)s", amount=amount, moment=moments[anchor]
        )

    @api.constrains("mandatory", "can_fail", "active", "stage_id")
    def _check_route(self):
        self.stage_id.route_id._check_in_use()

    def unlink(self):
        """A route in use stays whole."""
        routes = self.stage_id.route_id
        result = super().unlink()
        routes.exists()._check_in_use()
        return result

    @tools.ormcache("self.id")
    def _line_ids(self):
        """Ids of the checklist's items, in order."""
        return self.sudo().with_context(active_test=True).line_ids._ids

    def _moments(self, orders, now):
        """When the task appears and is due on each order.

        :param orders: sale.order records entering the stage
        :param now: naive UTC datetime of the entry
        :return: dict order -> (appears_at, deadline or False), naive UTC
        """
        self.ensure_one()
        moments = {}
        orders.warehouse_id.fetch(["service_calendar_id"])
        for order in orders:
            anchors = {
                "entry": now,
                "slot_start": order.service_slot_start,
                "slot_end": order.service_slot_end,
            }
            appears = self._shift(
                order, anchors[self.appear_anchor], self.appear_minutes
            )
            due = self._shift(order, anchors.get(self.due_anchor), self.due_minutes)
            moments[order] = (max(appears or now, now), due)
        return moments

    def _shift(self, order, moment, minutes):
        """``moment`` moved by ``minutes`` of the store's working time (or of any)."""
        if not moment:
            return False
        calendar = order.warehouse_id.service_calendar_id
        if self.round_the_clock or not calendar or not minutes:
            return moment + timedelta(minutes=minutes)
        return working_time.shift(
            calendar._service_intervals(moment, minutes), moment, minutes
        )
