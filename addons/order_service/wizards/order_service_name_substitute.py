from odoo import api, fields, models

PROPOSED = 5
OFFERED = ("refusal", "free", "price", "amount", "store_price")


class OrderServiceNameSubstitute(models.TransientModel):
    """Names another product than the proposed one while the customer is on the phone.

    It shows what the customer would pay and why a product cannot be sent; the order
    checks it all again.
    """

    _name = "order.service.name.substitute"
    _description = "Name another product"

    line_id = fields.Many2one("sale.order.line", required=True)
    question = fields.Char(related="line_id.service_question", string="Missing")
    proposals = fields.Char(
        string="The store has",
        compute="_compute_proposals",
        help="What fits best of what the store has, with the price to pay.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Instead",
        required=True,
        domain=[("sale_ok", "=", True), ("type", "=", "consu")],
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        help="In the product's own unit.",
    )
    unit = fields.Char(compute="_compute_unit")
    refusal = fields.Char(string="Cannot be sent", compute="_compute_offer")
    free = fields.Float(
        string="Free in the store", digits="Product Unit", compute="_compute_offer"
    )
    price = fields.Monetary(
        string="Price for the customer",
        compute="_compute_offer",
        help="Per unit: the lower of the store's price and what was to be paid for the"
        " missing goods.",
    )
    amount = fields.Monetary(
        string="The customer pays",
        compute="_compute_offer",
        help="For the whole quantity, tax included.",
    )
    store_price = fields.Monetary(string="Price of the store", compute="_compute_offer")
    currency_id = fields.Many2one(related="line_id.currency_id")
    agreed = fields.Boolean(
        string="The customer agrees to pay the price of the store",
        help="Kept as a consent with your name.",
    )

    def _asked_order(self):
        """The order as the system, for the operator whose order it is.

        :raises AccessError: the user is no operator, or may not see the order
        """
        order = self.line_id.order_id
        order._service_check_operator()
        return order.sudo()

    @api.depends("line_id")
    def _compute_proposals(self):
        for dialog in self:
            order, line = dialog._asked_order(), dialog.line_id.sudo()
            dialog.proposals = "; ".join(
                self.env._(
                    "%(product)s at %(price)s / %(unit)s",
                    product=one["name"],
                    price=line.currency_id.format(one["price"]),
                    unit=line._service_unit_of(one["product_id"]),
                )
                for one in order._service_suggestions(line, PROPOSED)
            )

    @api.depends("product_id")
    def _compute_quantity(self):
        for dialog in self:
            product = dialog.product_id.sudo()
            line = dialog.line_id.sudo()
            dialog.quantity = line._service_missing_qty(product) if product else 0.0

    @api.depends("product_id")
    @api.depends_context("lang")
    def _compute_unit(self):
        for dialog in self:
            unit = dialog.product_id.sudo().uom_id
            dialog.unit = unit and unit._service_short_name()

    @api.depends("product_id", "quantity", "agreed")
    def _compute_offer(self):
        for dialog in self:
            values = dict.fromkeys(OFFERED, False)
            if dialog.product_id:
                values.update(dialog._offer(dialog._asked_order()))
            dialog.update(values)

    def _offer(self, order):
        """What the chosen product would cost, or why it cannot be sent."""
        product, line = self.product_id.sudo(), self.line_id.sudo()
        if why := order._service_not_offered(product).get(product):
            return {"refusal": order._service_offer_refusal(product, why)}
        store_price = order._service_list_prices(product)[product.id]
        quantity = self.quantity or line._service_missing_qty(product)
        price = order._service_substitute_price(line, product, quantity, store_price)
        paid = max(price, store_price) if self.agreed else price
        return {
            "free": order._service_free(product)[product.id],
            "store_price": store_price,
            "price": price,
            "amount": order._service_sum_of(product, quantity, paid),
        }

    def action_confirm(self):
        """Send the product instead of what is missing: the customer said so.

        :raises UserError: the order cannot take it, with the reason
        """
        self.ensure_one()
        self.line_id.action_service_name_substitute(
            self.product_id.id,
            self.quantity or None,
            self.store_price if self.agreed else 0.0,
        )
        return {"type": "ir.actions.act_window_close"}
