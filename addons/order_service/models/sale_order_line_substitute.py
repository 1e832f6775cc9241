from odoo import api, fields, models


class SaleOrderLineSubstitute(models.Model):
    """A product the customer accepts instead, in order of preference."""

    _name = "sale.order.line.substitute"
    _description = "Substitute of an order line"
    _order = "line_id, rank, id"

    line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade"
    )
    rank = fields.Integer(required=True, default=1)
    product_id = fields.Many2one("product.product", required=True, index=True)
    max_price = fields.Float(
        digits="Product Price", help="Per sales unit, tax included; 0: no limit."
    )

    @api.constrains("product_id")
    def _check_service_age(self):
        """A substitute goes to the same person as the goods it stands for."""
        orders = self.line_id.order_id.filtered(lambda order: order.state != "cancel")
        orders._check_service_age()
        orders._service_check_pickup_only()
