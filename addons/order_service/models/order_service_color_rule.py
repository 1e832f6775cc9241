from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from .order_service_stage import STATUSES

COLORS = [
    ("danger", "Red"),
    ("warning", "Orange"),
    ("success", "Green"),
    ("info", "Light blue"),
    ("primary", "Violet"),
    ("muted", "Grey"),
]
# numbers of Odoo's palette, for calendars and cards
PALETTE = {
    "danger": 1,
    "warning": 2,
    "success": 10,
    "info": 4,
    "primary": 11,
    "muted": 0,
}


class OrderServiceColorRule(models.Model):
    """Which orders are shown in which colour; the first rule that fits counts."""

    _name = "order.service.color.rule"
    _inherit = "order.service.setup.mixin"
    _description = "Colour of orders"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    color = fields.Selection(COLORS, required=True, default="danger")
    condition = fields.Selection(
        [
            ("lateness", "Lateness"),
            ("status", "Status"),
            ("slot", "Time to the slot"),
            ("store", "Store"),
            ("domain", "Any condition"),
        ],
        required=True,
        default="lateness",
    )
    lateness = fields.Selection(
        [
            ("late", "Late"),
            ("soon", "Due soon"),
            ("postponed", "Postponed"),
            ("closed", "Closed"),
        ]
    )
    status = fields.Selection([*STATUSES, ("postponed", "Postponed")])
    slot_minutes = fields.Integer(
        string="Minutes before the slot",
        default=60,
        help="Open orders whose slot starts within so many minutes, or has started.",
    )
    store_ids = fields.Many2many(
        "stock.warehouse", string="Stores", domain=[("service_code", "!=", False)]
    )
    domain = fields.Char(string="Orders", default="[]")

    @api.constrains("condition", "lateness", "status", "store_ids", "domain")
    def _check_condition(self):
        """A rule says of what it holds."""
        needed = {"lateness": "lateness", "status": "status", "store": "store_ids"}
        for rule in self:
            name = needed.get(rule.condition)
            if name and not rule[name]:
                raise ValidationError(
                    self.env._(
                        "Say for which orders the colour “%s” is meant.", rule.name
                    )
                )
            if rule.condition == "domain":
                rule._check_domain()

    def _check_domain(self):
        try:
            orders = self.env["sale.order"]
            orders._service_try_domain(safe_eval(self.domain or "[]"))
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The condition of the colour “%(rule)s” cannot be read: %(error)s",
                    rule=self.name,
                    error=error,
                )
            ) from error

    # -- telling -----------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _rules(self):
        """What lists of orders need to know of the rules, in turn."""
        return [
            {
                "company": rule.company_id.id,
                "color": rule.color,
                "condition": rule.condition,
                "value": rule._value(),
            }
            for rule in self.sudo().search([])
        ]

    def _value(self):
        """What the rule compares, as a plain value."""
        values = {
            "lateness": self.lateness,
            "status": self.status,
            "slot": self.slot_minutes,
            "store": tuple(self.store_ids.ids),
            "domain": self.domain,
        }
        return values[self.condition]

    @api.model
    def _colors_of(self, orders):
        """dict order -> colour, of those that have one.

        One query for each rule with a condition of its own, none for the others.

        :param orders: sale.order records, as the system
        """
        now = fields.Datetime.now()
        colors, left = {}, orders
        for rule in self._rules():
            asked = left.filtered(
                lambda order, rule=rule: rule["company"] in (False, order.company_id.id)
            )
            fits = self._fitting(asked, rule, now)
            colors.update(dict.fromkeys(fits, rule["color"]))
            left -= fits
            if not left:
                break
        return colors

    @api.model
    def _fitting(self, orders, rule, now):
        """The orders that meet one rule."""
        value = rule["value"]
        if rule["condition"] == "domain":
            domain = Domain(safe_eval(value or "[]")) & Domain("id", "in", orders.ids)
            return orders & orders.with_context(active_test=False).search(domain)
        tests = {
            "lateness": lambda order: order._service_lateness_at(now) == value,
            "status": lambda order: order.service_status == value,
            "store": lambda order: order.warehouse_id.id in value,
            "slot": lambda order: _is_near(order, now, value),
        }
        return orders.filtered(tests[rule["condition"]])


def _is_near(order, now, minutes):
    """Whether the slot of an open order starts within ``minutes``, or has started."""
    start = order.service_slot_start
    near = bool(start) and start <= now + timedelta(minutes=minutes)
    return near and order._service_lateness_at(now) not in ("closed", "postponed")
