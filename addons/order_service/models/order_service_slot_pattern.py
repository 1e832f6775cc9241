from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..rules import slots

KINDS = [("delivery", "Delivery"), ("pickup", "Pick-up")]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
CHANGES_THE_PLAN = {
    "active",
    "store_id",
    "kind",
    "weekday",
    "start_hour",
    "end_hour",
    "places",
    "lines_per_place",
    "cutoff_minutes",
    "valid_from",
    "valid_until",
}


class OrderServiceSlotPattern(models.Model):
    """One slot of a store's week, by the store's clock; real slots are made of it."""

    _name = "order.service.slot.pattern"
    _inherit = "order.service.setup.mixin"
    _description = "Slot of a store's week"
    _order = "store_id, kind, weekday, start_hour, id"

    active = fields.Boolean(default=True)
    store_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("service_code", "!=", False)],
    )
    company_id = fields.Many2one(
        related="store_id.company_id", store=True, precompute=True
    )
    kind = fields.Selection(KINDS, required=True, default="delivery")
    weekday = fields.Selection(WEEKDAYS, required=True, default="0")
    start_hour = fields.Float(string="From", required=True, default=10, aggregator=None)
    end_hour = fields.Float(string="Until", required=True, default=12, aggregator=None)
    places = fields.Integer(
        required=True, default=10, help="How many places the slot has."
    )
    lines_per_place = fields.Integer(
        string="Lines a place",
        required=True,
        default=10,
        aggregator=None,
        help="An order with more lines takes more places.",
    )
    cutoff_minutes = fields.Integer(
        string="Closes before, minutes",
        required=True,
        default=60,
        aggregator=None,
        help="How long before its start sites can no longer choose the slot.",
    )
    valid_from = fields.Date(help="Empty: always.")
    valid_until = fields.Date(help="The last day. Empty: for ever.")

    _hours = models.Constraint(
        "CHECK(0 <= start_hour AND start_hour < end_hour AND end_hour <= 24)",
        "A slot starts and ends within one day, from 0:00 to 24:00, and ends after"
        " its start.",
    )
    _amounts = models.Constraint(
        "CHECK(places > 0 AND lines_per_place > 0 AND cutoff_minutes >= 0)",
        "A slot has one place at least, a place is good for one line at least, and"
        " the minutes before the start are not below zero.",
    )
    _dates = models.Constraint(
        "CHECK(valid_from <= valid_until)", "The first day must not be after the last."
    )

    @api.depends("store_id", "kind", "weekday", "start_hour", "end_hour")
    def _compute_display_name(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for pattern in self:
            hours = (
                f"{tools.format_duration(hour)}"
                for hour in (pattern.start_hour, pattern.end_hour)
            )
            pattern.display_name = " · ".join(
                [
                    pattern.store_id.name or "",
                    days.get(pattern.weekday, ""),
                    "–".join(hours),
                ]
            )

    @api.constrains(
        "store_id",
        "kind",
        "weekday",
        "start_hour",
        "end_hour",
        "valid_from",
        "valid_until",
        "active",
    )
    def _check_overlap(self):
        """Slots of one kind in one store follow each other."""
        domain = [("store_id", "in", self.store_id.ids)]
        for rows in (
            self.search(domain)
            .grouped(lambda row: (row.store_id, row.kind, row.weekday))
            .values()
        ):
            if rows & self and slots.collide(rows):
                raise ValidationError(
                    self.env._(
                        "Two slots of the same kind in “%s” overlap. Change their"
                        " hours, or the days from and until which they hold.",
                        (rows & self)[:1].display_name,
                    )
                )

    # -- the plan follows --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """The coming slots are there at once."""
        patterns = super().create(vals_list)
        patterns._replan(patterns.store_id)
        return patterns

    def write(self, vals):
        """The coming slots follow; places that were taken stay taken."""
        stores = self.store_id
        result = super().write(vals)
        if CHANGES_THE_PLAN & set(vals):
            self._replan(stores | self.store_id)
        return result

    def unlink(self):
        """Coming slots nobody has chosen go, the others take nobody any more."""
        self.write({"active": False})
        return super().unlink()

    def _replan(self, stores):
        """Slots are the system's: who may change the week need not write them."""
        self.flush_model()
        self.env["order.service.slot"].sudo()._plan(stores.sudo(), refit=True)

    @api.model
    @tools.ormcache("store_id", "kind")
    def _has_plan(self, store_id, kind):
        """Whether orders of this kind in a store must name one of its slots.

        A store without a week for the kind takes any time, as agreed with the site.
        """
        domain = [("store_id", "=", store_id), ("kind", "=", kind)]
        return bool(self.sudo().search_count(domain, limit=1))
