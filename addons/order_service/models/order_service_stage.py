from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

STATUSES = [
    ("new", "New"),
    ("registered", "Registered"),
    ("packed", "Packed"),
    ("in_delivery", "In delivery"),
    ("delivered", "Delivered"),
    ("cancelled", "Cancelled"),
]


class OrderServiceStage(models.Model):
    """A step of one route: what is done there and what the customer reads."""

    _name = "order.service.stage"
    _inherit = "order.service.setup.mixin"
    _description = "Order stage"
    _order = "route_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Unique in the route; made from the name unless you give one.",
    )
    active = fields.Boolean(default=True)
    route_id = fields.Many2one(
        "order.service.route", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="route_id.company_id")
    sequence = fields.Integer(default=10)
    status = fields.Selection(STATUSES, required=True, default="new")
    color = fields.Integer()
    customer_text = fields.Char(
        translate=True, help="What the customer reads while the order stands here."
    )
    effect = fields.Selection(
        [
            ("confirm", "Confirm the order"),
            ("deliver", "Deliver the goods"),
            ("take_back", "Take the goods back"),
            ("invoice", "Invoice"),
            ("cancel", "Cancel the order"),
        ],
        help="What happens in sales, stock or accounting when an order enters. If it"
        " fails the order does not move.",
    )
    outcome = fields.Selection(
        [("won", "Won"), ("lost", "Lost")], help="Set: the stage closes the order."
    )
    edit_until = fields.Selection(
        [
            ("never", "Not here"),
            ("taken", "Until somebody takes a task"),
            ("leave", "As long as the order stands here"),
        ],
        string="Customer may cancel",
        required=True,
        default="never",
    )
    mail_template_id = fields.Many2one(
        "mail.template", string="E-mail", domain=[("model", "=", "sale.order")]
    )
    sms_template_id = fields.Many2one(
        "sms.template", string="SMS", domain=[("model", "=", "sale.order")]
    )
    template_ids = fields.One2many(
        "order.service.task.template", "stage_id", string="Tasks", copy=True
    )
    transition_ids = fields.One2many(
        "order.service.transition", "stage_id", string="Transitions"
    )
    reason_ids = fields.Many2many(
        "order.service.reason",
        "order_service_reason_stage_rel",
        "stage_id",
        "reason_id",
        string="Reasons of this stage",
        help="Reasons that staff may choose at some stages only, this one among them.",
    )
    order_count = fields.Integer(compute="_compute_order_count", string="Orders here")
    template_names = fields.Char(compute="_compute_template_names", string="Its tasks")

    _code_unique = models.Constraint(
        "UNIQUE(route_id, code)", "A stage's code must be unique in its route."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A stage without a code gets one from its name."""
        for vals in vals_list:
            if not vals.get("code"):
                vals["code"] = self._free_code(vals, vals_list)
        return super().create(vals_list)

    def _free_code(self, vals, vals_list):
        slug = self.env["ir.http"]._slugify(vals.get("name") or "").replace("-", "_")
        siblings = self.with_context(active_test=False).search(
            [("route_id", "=", vals.get("route_id"))]
        )
        taken = {*siblings.mapped("code"), *(row.get("code") for row in vals_list)}
        code, number = slug or "stage", 1
        while code in taken:
            number += 1
            code = f"{slug or 'stage'}_{number}"
        return code

    @api.depends("name", "route_id.name")
    @api.depends_context("service_route_in_name")
    def _compute_display_name(self):
        """The name alone, with its route where stages of several routes meet."""
        result = super()._compute_display_name()
        if self.env.context.get("service_route_in_name"):
            for stage in self:
                stage.display_name = f"{stage.name} · {stage.route_id.name}"
        return result

    @api.depends("template_ids.name", "template_ids.active")
    def _compute_template_names(self):
        for stage in self:
            templates = stage.template_ids.filtered("active")
            stage.template_names = ", ".join(templates.mapped("name")) or False

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("service_stage_id", "in", self.ids)],
                ["service_stage_id"],
                ["__count"],
            )
        )
        for stage in self:
            stage.order_count = counts.get(stage, 0)

    @api.constrains("status", "outcome", "active", "sequence", "effect")
    def _check_route(self):
        self.route_id._check_in_use()

    @api.constrains("effect", "outcome")
    def _check_cancel_closes(self):
        for stage in self:
            if stage.effect == "cancel" and stage.outcome != "lost":
                raise ValidationError(
                    self.env._(
                        "“%s” cancels the order, so it must close it as lost.",
                        stage.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Orders and their log point at the stage for ever: archive it instead."""
        for stage in self.sudo():
            if stage._is_used():
                raise UserError(
                    self.env._(
                        "Stage “%s” has served orders and cannot be deleted. Archive"
                        " it: orders standing in it go on, no new ones come.",
                        stage.name,
                    )
                )

    def unlink(self):
        """A route in use stays whole."""
        routes = self.route_id
        result = super().unlink()
        routes.exists()._check_in_use()
        return result

    def _is_used(self):
        self.ensure_one()
        log = self.env["order.service.stage.log"]
        return bool(
            self.env["sale.order"].search_count(
                [("service_stage_id", "=", self.id)], limit=1
            )
            or log.search_count(
                ["|", ("from_id", "=", self.id), ("to_id", "=", self.id)], limit=1
            )
        )

    @tools.ormcache("self.id", "trigger")
    def _way_ids(self, trigger):
        """Ids of the transitions leaving here by ``trigger``, first choice first."""
        ways = self.env["order.service.transition"].sudo()
        domain = [("stage_id", "=", self.id), ("trigger", "=", trigger)]
        return ways.search(domain, order="sequence, id")._ids

    def _ways(self, trigger):
        """The transitions leaving here by ``trigger``, first choice first."""
        self.ensure_one()
        return self.env["order.service.transition"].browse(self._way_ids(trigger))

    @tools.ormcache("self.id")
    def _task_template_ids(self):
        """Ids of the templates of the tasks an order gets here, in order."""
        # what is cached must not hang on who asks, nor on the context
        templates = self.env["order.service.task.template"].sudo()
        here = [
            ("stage_id", "=", self.id),
            ("active", "=", True),
            ("asks_customer", "=", False),
        ]
        return templates.search(here)._ids

    def _task_templates(self):
        """The templates of the tasks an order gets here, in order."""
        self.ensure_one()
        return self.env["order.service.task.template"].browse(self._task_template_ids())

    def _call_template(self):
        """The task by which an operator asks the customer; made where it is wanting."""
        self.ensure_one()
        known = self.template_ids.filtered(
            lambda template: template.active and template.asks_customer
        )
        return known[:1] or self.env["order.service.task.template"].sudo().create(
            {
                "stage_id": self.id,
                "name": self.env._("Ask the customer"),
                "text": self.env._("Ask what to do about goods that are missing."),
                "role": "operator",
                "queue": True,
                "can_fail": False,
                "asks_customer": True,
                "sequence": 100,
            }
        )

    def _way_ahead(self):
        """The stages an order passes from here if everything goes well."""
        self.ensure_one()
        ahead, stage = self.browse(), self
        while stage := stage._next_stage() - ahead - self:
            ahead += stage
        return ahead

    def _next_stage(self):
        ways = self.transition_ids.sorted("sequence")
        for trigger in ("done", "button", "payment", "stock"):
            for way in ways:
                if way.trigger == trigger and way.to_stage_id.status != "cancelled":
                    return way.to_stage_id
        return self.browse()

    def _check_input(self):
        """The stage as plain data for ``rules.route_check``."""
        self.ensure_one()
        # a call is made on some orders only: no order can wait for it
        templates = self.template_ids.filtered(
            lambda template: template.active and not template.asks_customer
        )
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "outcome": self.outcome or "",
            "color": self.color,
            "mandatory": any(templates.mapped("mandatory")),
            "can_fail": any(templates.mapped("can_fail")),
        }
