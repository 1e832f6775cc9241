from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools.safe_eval import safe_eval

from .order_service_reason import PARTIES
from .order_service_route import UNREADABLE


class OrderServiceTransition(models.Model):
    """One way from a stage to another and what lets an order take it."""

    _name = "order.service.transition"
    _inherit = "order.service.setup.mixin"
    _description = "Order transition"
    _order = "stage_id, sequence, id"

    name = fields.Char(
        translate=True, help="The text of the button; elsewhere a name for the log."
    )
    stage_id = fields.Many2one(
        "order.service.stage",
        string="From",
        required=True,
        index=True,
        ondelete="cascade",
    )
    to_stage_id = fields.Many2one(
        "order.service.stage", string="To", required=True, index=True
    )
    route_id = fields.Many2one(related="stage_id.route_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        [
            ("done", "All mandatory tasks are done"),
            ("failed", "A task failed"),
            ("button", "A button is pressed"),
            ("payment", "The order is paid"),
            ("stock", "The goods are reserved"),
            ("timer", "Time has passed"),
        ],
        required=True,
        default="done",
    )
    minutes = fields.Integer(help="Timer: minutes after the order entered the stage.")
    style = fields.Selection(
        [
            ("primary", "Main"),
            ("secondary", "Plain"),
            ("success", "Green"),
            ("warning", "Yellow"),
            ("danger", "Red"),
        ],
        default="secondary",
        required=True,
        help="Colour of the button.",
    )
    group_ids = fields.Many2many(
        "res.groups", string="Only for", help="Empty: everybody who may act here."
    )
    reason_party = fields.Selection(
        PARTIES, string="Asks for a reason", help="Empty: no reason is asked."
    )
    domain = fields.Char(
        string="Guard", default="[]", help="Only orders that meet it may pass."
    )
    template_id = fields.Many2one(
        "order.service.task.template",
        string="Stands on task",
        index="btree_not_null",
        ondelete="set null",
        help="The button is shown on this task; empty: on the order.",
    )

    _minutes_positive = models.Constraint(
        "CHECK(trigger != 'timer' OR minutes > 0)",
        "A timer needs a number of minutes above zero.",
    )

    @api.depends("name", "stage_id.name", "to_stage_id.name")
    def _compute_display_name(self):
        for transition in self:
            transition.display_name = (
                transition.name
                or f"{transition.stage_id.name} → {transition.to_stage_id.name}"
            )

    @api.constrains("stage_id", "to_stage_id", "template_id")
    def _check_same_route(self):
        for transition in self:
            if transition.stage_id.route_id != transition.to_stage_id.route_id:
                raise ValidationError(
                    self.env._(
                        "Transition “%s” leads out of its route.",
                        transition.display_name,
                    )
                )
            task_stage = transition.template_id.stage_id
            if task_stage and task_stage != transition.stage_id:
                raise ValidationError(
                    self.env._(
                        "Button “%s” stands on a task of another stage.",
                        transition.display_name,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        orders = self.env["sale.order"]
        for transition in self:
            try:
                orders._service_try_domain(transition._guard())
            except UNREADABLE as error:
                raise ValidationError(
                    self.env._(
                        "The condition of transition “%(transition)s” cannot be read:"
                        " %(error)s",
                        transition=transition.display_name,
                        error=error,
                    )
                ) from error

    @api.constrains("stage_id", "to_stage_id", "trigger", "reason_party")
    def _check_route(self):
        self.route_id._check_in_use()

    def unlink(self):
        """A route in use stays whole."""
        routes = self.route_id
        result = super().unlink()
        routes.exists()._check_in_use()
        return result

    def action_open_form(self):
        """Open the transition with its condition and everything else."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_input(self):
        """The transition as plain data for ``rules.route_check``."""
        self.ensure_one()
        return {
            "from": self.stage_id.id,
            "from_name": self.stage_id.name,
            "to": self.to_stage_id.id,
            "trigger": self.trigger,
            "name": self.name or "",
            "label": self._arrow_label(),
            "minutes": self.minutes,
            "reason_party": self.reason_party or "",
        }

    def _arrow_label(self):
        """What the route's picture writes at the arrow."""
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("trigger", "reason_party")
        }
        label = self.name or labels["trigger"][self.trigger]
        if self.trigger == "timer":
            label = self.env._(
                "%(label)s, %(minutes)s min", label=label, minutes=self.minutes
            )
        if self.reason_party:
            label = f"{label} ({labels['reason_party'][self.reason_party].lower()})"
        return label

    def _is_open_to(self, user):
        """Whether the transition's groups let ``user`` fire it."""
        self.ensure_one()
        groups = self._open_group_ids()
        return not groups or not groups.isdisjoint(user._get_group_ids())

    @tools.ormcache("self.id")
    def _open_group_ids(self):
        return frozenset(self.sudo().group_ids.ids)

    def _guard(self):
        """The guard as a domain on sale.order."""
        return safe_eval(self.domain or "[]")

    def _is_named(self, name):
        """Whether an outside system means this transition by ``name``.

        :param str name: the name in English, or the code of the stage it leads to
        """
        self.ensure_one()
        english = self.with_context(lang="en_US")
        return bool(name) and name in (english.name, self.to_stage_id.code)

    def _guard_lets(self, order):
        """Whether ``order`` meets the guard."""
        self.ensure_one()
        guard = self._guard()
        return not guard or bool(order.filtered_domain(guard))

    def _check_reason(self, reason):
        """A reason is there where one is asked, and it is of the asked party.

        :raises UserError: naming the transition
        """
        self.ensure_one()
        if not self.reason_party:
            return
        if not reason:
            raise UserError(
                self.env._(
                    "“%s”: choose a reason first, it is kept on the order.",
                    self.display_name,
                )
            )
        reason = reason.sudo()
        if reason.party != self.reason_party:
            raise UserError(
                self.env._(
                    "“%(transition)s” takes only reasons of the kind “%(asked)s”;"
                    " “%(reason)s” is of another kind.",
                    transition=self.display_name,
                    asked=dict(
                        self._fields["reason_party"]._description_selection(self.env)
                    )[self.reason_party],
                    reason=reason.name,
                )
            )

    def _button(self):
        """The transition as a button for the screens, in the user's language."""
        self.ensure_one()
        return {"id": self.id, "name": self.display_name, "style": self.style}
