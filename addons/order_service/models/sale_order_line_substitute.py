from odoo import fields, models


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
