from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# the source sends it with the order; a person who could write it could raise a price
SEEN_PRICE = "service_seen_price"


class SaleOrderLine(models.Model):
    """What the customer wished of a line, and the price the customer saw."""

    _inherit = "sale.order.line"

    service_ref = fields.Char(string="Line of the source", copy=False)
    service_seen_price = fields.Float(
        string="Price seen",
        digits="Product Price",
        copy=False,
        help="What the customer saw on the site, per sales unit, tax included. The"
        " line is never repriced by itself.",
    )
    service_key = fields.Boolean(
        string="Key item", help="Without it the dependent lines are not wanted."
    )
    service_policy = fields.Selection(
        [
            ("listed", "Listed substitutes"),
            ("similar", "Anything similar"),
            ("call", "Call me"),
            ("none", "No substitute"),
        ],
        string="If missing",
    )
    service_depends_ids = fields.Many2many(
        "sale.order.line",
        "sale_order_line_service_depends",
        "line_id",
        "depends_id",
        string="Depends on",
        copy=False,
    )
    service_substitute_ids = fields.One2many(
        "sale.order.line.substitute", "line_id", string="Substitutes"
    )
    service_substitutes_text = fields.Char(
        string="Accepted instead", compute="_compute_service_substitutes_text"
    )

    @api.depends("service_seen_price")
    def _compute_price_unit(self):
        """A price the customer saw stays, unless context ``service_reprice`` is set."""
        return super(SaleOrderLine, self._service_repriced())._compute_price_unit()

    def _compute_discount(self):
        return super(SaleOrderLine, self._service_repriced())._compute_discount()

    def _service_repriced(self):
        """The lines whose price core may compute."""
        if self.env.context.get("service_reprice"):
            return self.with_context(force_price_recomputation=True)
        return self.filtered(lambda line: not line.service_seen_price)

    # a write of any of these may change the price or what it is the price of
    @api.constrains(
        "price_unit",
        "discount",
        "service_seen_price",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
    )
    def _check_service_price(self):
        """Nobody pays more for a line than what the customer saw."""
        settling = self.env["sale.order"]._service_settling_ids()
        for line in self._service_routed().filtered(SEEN_PRICE):
            currency = line.currency_id or line.company_id.currency_id
            price = line._service_asked_price()
            if line.order_id.id in settling:
                continue
            if currency.compare_amounts(price, line.service_seen_price) > 0:
                raise ValidationError(
                    self.env._(
                        "The customer saw “%(product)s” for %(seen)s: the line cannot"
                        " cost %(price)s. Keep the price, or ask the customer and save"
                        " it together with “The customer agrees”.",
                        product=line.product_id.display_name,
                        seen=currency.format(line.service_seen_price),
                        price=currency.format(price),
                    )
                )

    @api.constrains("product_uom_qty", "product_uom_id", "product_id")
    def _check_service_quantity(self):
        """What is sold by the piece is not cut; weights, volumes and lengths are."""
        for line in self._service_routed():
            unit = line.product_id.uom_id
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty, unit, round=False
            )
            if not unit._service_fits(quantity):
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is sold in whole %(unit)s: %(quantity)s cannot"
                        " be ordered.",
                        product=line.product_id.display_name,
                        unit=unit.name,
                        quantity=line._service_quantity_text(quantity),
                    )
                )

    def _service_routed(self):
        """Lines with a product, of orders on a route."""
        return self.filtered(
            lambda line: line.product_id and line.order_id.service_route_id
        )

    def write(self, vals):
        """Lines of a closed order stay as they were closed; so does the price seen."""
        if not self.env.su:
            self._service_check_seen_price(vals)
            if set(vals) & set(self._get_protected_fields()):
                self._service_check_not_closed()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """A closed order gets no new lines; the price seen comes from a source only."""
        if not self.env.su:
            self._service_check_seen_price(*vals_list)
        lines = super().create(vals_list)
        if not self.env.su:
            lines._service_check_not_closed()
        return lines

    def _service_check_seen_price(self, *vals_list):
        given = any(SEEN_PRICE in vals for vals in vals_list)
        if given or f"default_{SEEN_PRICE}" in self.env.context:
            raise UserError(
                self.env._(
                    "“%s” comes with the order from its source and is never written by"
                    " hand.",
                    self._fields[SEEN_PRICE]._description_string(self.env),
                )
            )

    def _service_check_not_closed(self):
        closed = self.order_id.filtered("service_closed_at")
        if closed:
            raise UserError(
                self.env._(
                    "Order %s is closed: its lines stay as they are.",
                    ", ".join(closed.mapped("service_number")),
                )
            )

    def _prepare_procurement_values(self):
        """The delivery is planned for the start of the slot, promised for its end."""
        values = super()._prepare_procurement_values()
        if start := self.order_id.service_slot_start:
            values["date_planned"] = start
        return values

    @api.depends("service_substitute_ids.rank", "service_substitute_ids.product_id")
    def _compute_service_substitutes_text(self):
        for line in self:
            substitutes = line.service_substitute_ids.sorted("rank")
            names = substitutes.product_id.mapped("display_name")
            line.service_substitutes_text = ", ".join(names) or False

    def action_service_wishes(self):
        """Open what the customer wishes if the product is missing."""
        self.ensure_one()
        view = self.env.ref("order_service.sale_order_line_view_form_wishes")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("If the product is missing"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }
