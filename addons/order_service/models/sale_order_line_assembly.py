from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import assembly
from .given_names import given_names

OUTCOMES = [
    ("found", "Found"),
    ("short", "Less than ordered"),
    ("missing", "Missing"),
    ("replaced", "Replaced"),
]
ANSWERS = [
    ("accept", "Accepted"),
    ("decline", "Declined"),
    ("call", "To be called"),
    ("silent", "Did not answer"),
]
# the picker's work and the customer's answer: doors write them, nobody by hand
SUGGESTED_ON_SCREEN = 3
ASSEMBLY_FIELDS = {
    "service_ordered_qty",
    "service_found_qty",
    "service_outcome",
    "service_replaces_line_id",
    "service_chosen_id",
    "service_chosen_qty",
    "service_chosen_price",
    "service_answer",
    "service_answer_until",
    "service_off_reason_id",
    "service_off_user_id",
    "service_off_at",
}


class SaleOrderLine(models.Model):
    """What was found of a line, what is sent instead and what the customer says."""

    # the spine of a line is in sale_order_line.py, this is its assembly
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    service_ordered_qty = fields.Float(
        string="Wanted",
        digits="Product Unit",
        compute="_compute_service_ordered_qty",
        store=True,
        precompute=True,
        help="What the customer ordered; the assembly does not change it.",
    )
    service_found_qty = fields.Float(
        string="Found quantity",
        digits="Product Unit",
        copy=False,
        help="What the administrator put into the bags, in the line's unit.",
    )
    service_outcome = fields.Selection(OUTCOMES, string="Outcome", copy=False)
    service_replaces_line_id = fields.Many2one(
        "sale.order.line",
        string="Sent instead of",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    service_replaced_by_ids = fields.One2many(
        "sale.order.line", "service_replaces_line_id", string="Replaced by"
    )
    service_chosen_id = fields.Many2one(
        "product.product", string="Substitute chosen", copy=False
    )
    service_chosen_qty = fields.Float(
        string="Quantity of the substitute",
        digits="Product Unit",
        copy=False,
        help="In the substitute's own unit.",
    )
    service_chosen_price = fields.Float(
        string="Price agreed to for the substitute",
        digits="Product Price",
        copy=False,
        help="Per unit, tax included, as the customer agreed in a call; 0: the lower of"
        " the store's price and the line's.",
    )
    service_answer = fields.Selection(ANSWERS, string="Customer's answer", copy=False)
    service_answer_until = fields.Datetime(string="Answer awaited until", copy=False)
    service_place = fields.Char(
        string="Place",
        compute="_compute_service_place",
        compute_sudo=True,
        help="The shelf the goods are reserved on, else their category.",
    )

    @api.depends("product_uom_qty", "service_replaces_line_id")
    def _compute_service_ordered_qty(self):
        """What was ordered, as long as assembly or hand-over changed no quantity."""
        for line in self:
            settled = line.order_id.service_assembled_at or line.service_off_reason_id
            if settled and line.service_ordered_qty:
                continue
            own = not line.service_replaces_line_id
            line.service_ordered_qty = line.product_uom_qty if own else 0.0

    @api.depends("move_ids.move_line_ids.location_id", "product_id.categ_id")
    def _compute_service_place(self):
        for line in self:
            root = line.order_id.warehouse_id.lot_stock_id
            shelves = line.move_ids.move_line_ids.location_id - root
            line.service_place = shelves[:1].name or line.product_id.categ_id.name

    @api.constrains("service_depends_ids", "order_id")
    def _check_service_depends(self):
        """Lines hang on lines of their own order, and never in a circle."""
        for order in self.order_id:
            depends = {line: line.service_depends_ids for line in order.order_line}
            if any(wanted - order.order_line for wanted in depends.values()):
                raise ValidationError(
                    self.env._(
                        "Lines of order %s can only depend on lines of the same order.",
                        order.service_number,
                    )
                )
            if assembly.has_cycle(depends):
                raise ValidationError(
                    self.env._(
                        "Lines of order %s depend on each other in a circle: take one"
                        " of the dependencies away.",
                        order.service_number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """What the assembly writes is not given by hand."""
        if not self.env.su:
            self._service_check_assembly_fields(given_names(self.env, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """What the assembly writes is not written by hand."""
        if not self.env.su:
            self._service_check_assembly_fields(vals)
        return super().write(vals)

    def _service_check_assembly_fields(self, names):
        if forbidden := ASSEMBLY_FIELDS.intersection(names):
            raise UserError(
                self.env._(
                    "“%s” is written by the assembly of the order only: open its task.",
                    self._fields[min(forbidden)]._description_string(self.env),
                )
            )

    def _update_line_quantity(self, values):
        """The assembly tells of all its changes in one message of its own."""
        if self.order_id[:1]._service_is_engine():
            return None
        return super()._update_line_quantity(values)

    # -- what was found ----------------------------------------------------------------

    def _service_to_assemble(self):
        """The lines of goods the customer ordered, not what is sent instead."""
        return self.filtered(
            lambda line: (
                line.service_ordered_qty > 0
                and not line.service_replaces_line_id
                and line.product_id.type == "consu"
            )
        )

    def _service_tolerance(self):
        """Percent by which the weight may miss what was ordered; pieces miss none."""
        self.ensure_one()
        if not self.product_id.uom_id._service_is_measure():
            return 0.0
        return self.product_id._service_tolerance()

    def _service_mark(self, quantity):
        """Keep what was found of this line; a substitute chosen before is forgotten.

        :param float quantity: found in all, in the line's unit
        :raises UserError: more than ordered and tolerated, or a cut piece
        """
        self.ensure_one()
        quantity = self._service_checked_quantity(quantity)
        self.write(
            {
                "service_found_qty": quantity,
                "service_outcome": assembly.outcome(
                    self.service_ordered_qty, quantity, self._service_tolerance()
                ),
                "service_chosen_id": False,
                "service_chosen_qty": 0.0,
                "service_chosen_price": 0.0,
                "service_answer": False,
                "service_answer_until": False,
            }
        )

    def _service_checked_quantity(self, quantity):
        """``quantity`` to the step of the unit.

        :raises UserError: below zero, more than may be sent, or a piece cut
        """
        unit = self.product_uom_id
        if isinstance(quantity, bool) or not isinstance(quantity, int | float):
            raise UserError(self.env._("The quantity must be a number."))
        most, found = self.service_ordered_qty, unit.round(quantity)
        tolerance = self._service_tolerance()
        if quantity < 0 or assembly.is_too_much(most, found, tolerance):
            raise UserError(
                self.env._(
                    "Of “%(product)s” %(most)s %(unit)s were ordered: %(quantity)s"
                    " cannot be sent.",
                    product=self.product_id.display_name,
                    most=self._service_quantity_text(most),
                    unit=unit._service_short_name(),
                    quantity=self._service_quantity_text(quantity),
                )
            )
        if not self.product_id.uom_id._service_fits(
            unit._compute_quantity(quantity, self.product_id.uom_id, round=False)
        ):
            raise UserError(
                self.env._(
                    "“%(product)s” is counted in whole %(unit)s.",
                    product=self.product_id.display_name,
                    unit=self.product_id.uom_id.name,
                )
            )
        return found

    def _service_missing_qty(self, product):
        """What is missing of the line, in the unit of ``product``.

        Units that cannot be compared count one to one: whoever packs it sees it.
        """
        self.ensure_one()
        missing, unit = self._service_open_qty(), product.product_tmpl_id.uom_id
        if self.product_uom_id._has_common_reference(unit):
            missing = self.product_uom_id._compute_quantity(missing, unit)
        step = unit._service_step()
        return max(round(missing / step) * step, step)

    def _service_wanted(self):
        """The goods the customer named: the line's own, and what was listed instead."""
        self.ensure_one()
        return self.product_id | self.service_substitute_ids.product_id

    def _service_taken_qty(self):
        """What is in the bags of the wanted product itself; untouched: all of it."""
        self.ensure_one()
        marked = bool(self.service_outcome)
        return self.service_found_qty if marked else self.service_ordered_qty

    def _service_found_so_far(self):
        """What was marked as found; nothing on a line nobody has marked."""
        self.ensure_one()
        return self.service_found_qty if self.service_outcome else 0.0

    def _service_in_bag(self):
        """(place, product, quantity, unit) of the line's own goods in the bags."""
        self.ensure_one()
        settled = self.order_id.service_assembled_at
        quantity = self.product_uom_qty if settled else self._service_found_so_far()
        return self.service_place, self.product_id, quantity, self.product_uom_id

    def _service_chosen_in_bag(self):
        """The same of what was chosen instead, before the assembly is finished."""
        self.ensure_one()
        product = self.service_chosen_id
        return product.categ_id.name, product, self.service_chosen_qty, product.uom_id

    def _service_left_qty(self):
        """What is still to be found, in the line's unit."""
        self.ensure_one()
        return max(self.service_ordered_qty - self._service_found_so_far(), 0.0)

    def _service_open_qty(self):
        """What a substitute would stand for: what is left, or the whole line."""
        self.ensure_one()
        return self._service_left_qty() or self.service_ordered_qty

    def _service_own_outcome(self):
        """What the line is called by what was found of itself."""
        self.ensure_one()
        return assembly.outcome(
            self.service_ordered_qty,
            self._service_taken_qty(),
            self._service_tolerance(),
        )

    def _service_differs(self, quantity, price):
        """Whether the line has another quantity or price than these."""
        self.ensure_one()
        return bool(
            self.product_uom_id.compare(self.product_uom_qty, quantity)
            or self.currency_id.compare_amounts(self.price_unit, price)
        )

    def _service_is_asked(self):
        """Whether an operator is to ask the customer about the line."""
        self.ensure_one()
        return self.service_answer == "call"

    # -- the screen --------------------------------------------------------------------

    def _service_on_screen(self, missing):
        """The line as plain data for the assembly screen.

        :param missing: lines with which this one comes off; none: it stays
        """
        self.ensure_one()
        product = self.product_id
        return {
            "id": self.id,
            "name": product.name,
            "sku": product.default_code or "",
            "barcode": product.barcode or "",
            "place": self.service_place or "",
            "unit": self.product_uom_id._service_short_name(),
            "weighed": product.uom_id._service_is_measure(),
            "ordered": self.service_ordered_qty,
            "found": self._service_found_so_far(),
            "outcome": self.service_outcome or "",
            "key": self.service_key,
            "wish": self._service_policy_name(),
            "substitute": self._service_chosen_text(),
            "asked": self._service_is_asked(),
            "proposals": [] if missing else self._service_proposals(),
            **self._service_ties_on_screen(missing),
        }

    def _service_ties_on_screen(self, missing):
        """Without what the line is not wanted, and what of that cannot be had."""
        return {
            "hangs_on": self.service_depends_ids._service_plain_names(),
            "comes_off": missing._service_plain_names(),
        }

    def _service_quantity_text(self, quantity):
        """“0,75” as the reader's language writes it; no zeros at the end.

        :param float quantity: in whatever unit
        """
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return f"{quantity:.9g}".replace(".", point.decimal_point or ".")

    def _service_policy_name(self):
        """What the customer wishes if the goods are missing, empty without a wish."""
        names = dict(self._fields["service_policy"]._description_selection(self.env))
        return names.get(self.service_policy, "")

    def _service_proposals(self):
        """What the picker may send instead: only where something is missing."""
        wanting = self.service_outcome in ("missing", "short")
        if not wanting or self.service_policy in ("none", "call"):
            return []
        return [
            {**one, "unit": self._service_unit_of(one["product_id"])}
            for one in self.order_id._service_suggestions(self, SUGGESTED_ON_SCREEN)
        ]

    def _service_unit_of(self, product_id):
        """How the unit of a product is called behind a number."""
        product = self.env["product.product"].browse(product_id)
        return product.product_tmpl_id.uom_id._service_short_name()

    def _service_chosen_text(self):
        """“Kefir × 2”: what is packed instead, empty if nothing is."""
        if not self.service_chosen_id:
            return ""
        quantity = self._service_quantity_text(self.service_chosen_qty)
        return f"{self.service_chosen_id.name} × {quantity}"

    # -- telling -----------------------------------------------------------------------

    def _service_plain_names(self):
        """Kvass, Cucumbers: as the assembly screen calls its lines."""
        return ", ".join(line.product_id.name for line in self)

    def _service_names(self):
        """“Kvass”, “Cucumbers”: for sentences."""
        return ", ".join(f"“{line.product_id.display_name}”" for line in self)

    def _service_chosen_substitutes(self):
        """The row of each line's chosen substitute, made where nobody listed it."""
        rows = self.env["sale.order.line.substitute"]
        for line in self.filtered("service_chosen_id"):
            rows |= line._service_substitute_row(line.service_chosen_id)
        return rows

    def _service_substitute_row(self, product):
        known = self.service_substitute_ids.filtered(
            lambda substitute: substitute.product_id == product
        )
        return known or known.create(
            {
                "line_id": self.id,
                "product_id": product.id,
                "rank": max(self.service_substitute_ids.mapped("rank"), default=0) + 1,
            }
        )

    def _service_sent_instead(self):
        """The lines that are in the bags for this one."""
        return self.service_replaced_by_ids.filtered("product_uom_qty")

    def _service_outcome_text(self):
        """“Kvass: 2 → 0, replaced by Kefir, 2” for people."""
        self.ensure_one()
        text = self.env._(
            "%(product)s: %(ordered)s → %(quantity)s %(unit)s",
            product=self.product_id.display_name,
            ordered=self._service_quantity_text(self.service_ordered_qty),
            quantity=self._service_quantity_text(self.product_uom_qty),
            unit=self.product_uom_id._service_short_name(),
        )
        for line in self._service_sent_instead():
            text += self.env._(
                "; instead %(product)s, %(quantity)s %(unit)s",
                product=line.product_id.display_name,
                quantity=self._service_quantity_text(line.product_uom_qty),
                unit=line.product_uom_id._service_short_name(),
            )
        return text

    def _service_told_as(self):
        """The line as the feed tells it, see the public API."""
        self.ensure_one()
        told = {
            "ref": self.service_ref,
            "sku": self.product_id.default_code,
            "ordered": self.service_ordered_qty,
            "quantity": self.product_uom_qty,
            "price": self.price_unit,
            "total": self.price_total,
            "outcome": self.service_outcome,
            "replaced_by": self._service_replacement_told(),
            "answer_until": self.order_id._service_iso(self.service_answer_until),
        }
        return {
            key: value
            for key, value in told.items()
            if value is not None and value is not False
        }

    def _service_replacement_told(self):
        """What is sent instead, or is offered while the customer is asked."""
        sent = self._service_sent_instead()[:1]
        if sent:
            return {
                "sku": sent.product_id.default_code or "",
                "quantity": sent.product_uom_qty,
                "price": sent.price_unit,
            }
        product = self.service_chosen_id
        if not product:
            return None
        prices = self.order_id._service_list_prices(product)
        return {
            "sku": product.default_code or "",
            "quantity": self.service_chosen_qty,
            "price": self.order_id._service_sent_price(self, prices[product.id]),
        }
