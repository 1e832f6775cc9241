from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval

from ..rules import route_check, route_graph

# what a condition typed by hand may raise when it is read or evaluated
UNREADABLE = (
    ValueError,
    TypeError,
    SyntaxError,
    KeyError,
    NameError,
    AttributeError,
)


class OrderServiceRoute(models.Model):
    """A way an order can take: stages and the transitions between them."""

    _name = "order.service.route"
    _description = "Order route"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Routes are tried in this order; an order takes the first one whose"
        " condition it meets.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the route serves every company."
    )
    domain = fields.Char(
        string="Condition",
        default="[]",
        required=True,
        help="Which new orders take this route.",
    )
    in_use = fields.Boolean(
        copy=False,
        help="New orders take the route only while it is in use. Orders already on"
        " it go on in any case.",
    )
    stage_ids = fields.One2many("order.service.stage", "route_id", string="Stages")
    transition_ids = fields.One2many(
        "order.service.transition", "route_id", string="Transitions", copy=False
    )
    order_count = fields.Integer(compute="_compute_order_count", string="Open orders")
    problems = fields.Text(
        compute="_compute_problems", help="What keeps the route from being used."
    )
    graph = fields.Html(compute="_compute_graph", sanitize=False)

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [
                    ("service_route_id", "in", self.ids),
                    ("service_closed_at", "=", False),
                ],
                ["service_route_id"],
                ["__count"],
            )
        )
        for route in self:
            route.order_count = counts.get(route, 0)

    @api.depends(lambda self: self._problem_triggers())
    def _compute_problems(self):
        for route in self:
            route.problems = "\n".join(route._list_problems()) or False

    @api.model
    def _problem_triggers(self):
        return [
            "stage_ids.active",
            "stage_ids.effect",
            "stage_ids.outcome",
            "stage_ids.sequence",
            "stage_ids.status",
            "stage_ids.template_ids.active",
            "stage_ids.template_ids.can_fail",
            "stage_ids.template_ids.mandatory",
            "transition_ids.reason_party",
            "transition_ids.stage_id",
            "transition_ids.to_stage_id",
            "transition_ids.trigger",
        ]

    @api.depends("stage_ids", "transition_ids", "stage_ids.name", "stage_ids.color")
    def _compute_graph(self):
        for route in self:
            stages, transitions = route._check_input()
            route.graph = route_graph.draw(stages, transitions)

    def _check_input(self):
        """The route as plain data for the rules: (stages, transitions)."""
        self.ensure_one()
        stages = self.stage_ids.filtered("active").sorted("sequence")
        transitions = self.transition_ids.filtered(
            lambda transition: transition.stage_id.active
        )
        return (
            [stage._check_input() for stage in stages],
            [transition._check_input() for transition in transitions],
        )

    def _list_problems(self):
        """Sentences naming what is wrong with the route, in the user's language."""
        self.ensure_one()
        problems = route_check.find_problems(*self._check_input())
        sentences = [self._problem_sentence(*problem) for problem in problems]
        return sentences + self._list_delivery_step_problems()

    def _problem_sentence(self, code, stage):
        """One sentence for a problem ``code`` found by ``rules.route_check``."""
        stage_texts = {
            "no_stages": self.env._("The route has no stages yet."),
            "no_start_status": self.env._(
                "“%s” is the first stage: give it the status New.", stage
            ),
            "lost_status": self.env._(
                "“%s” closes the order as lost: give it the status Cancelled.", stage
            ),
            "won_status": self.env._(
                "“%s” closes the order as won: give it the status Delivered.", stage
            ),
            "dead_end": self.env._(
                "“%s” is a dead end: no transition leaves it and it closes nothing.",
                stage,
            ),
            "never_closes": self.env._(
                "From “%s” no way leads to a stage that closes the order.", stage
            ),
            "unreachable": self.env._("No transition leads to “%s”.", stage),
            "closed_leaves": self.env._(
                "“%s” closes the order, yet a transition leaves it.", stage
            ),
            "no_done_way": self.env._(
                "“%s” has mandatory tasks but no transition for finishing them.", stage
            ),
            "no_refusal_way": self.env._(
                "“%s” has a task that may fail but no transition for a failure.", stage
            ),
            "no_mandatory_task": self.env._(
                "“%s” waits for its tasks to be done but has no mandatory task.", stage
            ),
            "stage_archived": self.env._(
                "A transition from “%s” leads to an archived stage.", stage
            ),
        }
        return stage_texts[code]

    def _list_delivery_step_problems(self):
        """Stores whose goods leave stock in several steps: see the module's docs."""
        if not any(stage.effect == "deliver" for stage in self.stage_ids):
            return []
        stores = self.env["stock.warehouse"].search(
            [
                ("service_code", "!=", False),
                ("delivery_steps", "!=", "ship_only"),
                ("company_id", "in", (self.company_id or self.env.companies).ids),
            ]
        )
        return [
            self.env._(
                "Store “%s” delivers in several steps: set one step (deliver goods"
                " directly), else goods of a cancelled order stay in the output.",
                store.display_name,
            )
            for store in stores
        ]

    @api.constrains("in_use")
    def _check_in_use(self):
        for route in self.filtered("in_use"):
            if problems := route._list_problems():
                raise ValidationError(
                    self.env._(
                        "Route “%(route)s” cannot be in use:\n%(problems)s",
                        route=route.name,
                        problems="\n".join(problems),
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        orders = self.env["sale.order"]
        for route in self:
            try:
                orders._service_try_domain(route._condition())
            except UNREADABLE as error:
                raise ValidationError(
                    self.env._(
                        "The condition of route “%(route)s” cannot be read: %(error)s",
                        route=route.name,
                        error=error,
                    )
                ) from error

    def _condition(self):
        """The route's condition as a domain on sale.order."""
        self.ensure_one()
        return safe_eval(self.domain or "[]")

    @api.model
    def _choose(self, orders):
        """The route of each order: the first by sequence whose condition it meets.

        :param orders: sale.order records without a route
        :return: dict order -> route (an order that fits nowhere is left out)
        """
        chosen = {}
        left = orders
        for route in self.search([("in_use", "=", True)]):
            fitting = left.filtered(
                lambda order, route=route: (
                    not route.company_id or route.company_id == order.company_id
                )
            ).filtered_domain(route._condition())
            chosen.update(dict.fromkeys(fitting, route))
            left -= fitting
            if not left:
                break
        return chosen

    def _first_stage(self):
        self.ensure_one()
        return self.stage_ids.filtered("active").sorted("sequence")[:1]

    def copy_data(self, default=None):
        """A copy says so in its name."""
        return [
            dict(vals, name=self.env._("%s (copy)", route.name))
            for route, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def copy(self, default=None):
        """Copy stages and task templates with the route, and its transitions."""
        copies = super().copy(default)
        for route, new_route in zip(self, copies, strict=True):
            route._copy_stages_to(new_route)
        return copies

    def _copy_stages_to(self, new_route):
        stages, templates = {}, {}
        for stage in self.with_context(active_test=False).stage_ids:
            stages[stage] = stage.copy({"route_id": new_route.id, "code": stage.code})
            for template, copied in zip(
                stage.template_ids, stages[stage].template_ids, strict=True
            ):
                templates[template] = copied
        for transition in self.transition_ids:
            transition.copy(
                {
                    "stage_id": stages[transition.stage_id].id,
                    "to_stage_id": stages[transition.to_stage_id].id,
                    "template_id": templates.get(transition.template_id, self).id
                    if transition.template_id
                    else False,
                }
            )

    def action_view_orders(self):
        """Open the route's open orders."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_service.sale_order_action_open"
        )
        action["domain"] = [("service_route_id", "=", self.id)]
        return action
