from odoo import fields, models


class ProductCategory(models.Model):
    """How far the weight of its goods may be off what was ordered."""

    # one file a concern
    _inherit = "product.category"  # pylint: disable=consider-merging-classes-inherited

    service_tolerance_percent = fields.Float(
        string="Weight tolerance, %",
        digits=(5, 2),
        help="Goods sold by weight: how far the weight may be off what was ordered, up"
        " or down. Zero: as in the category above.",
    )

    _service_tolerance_range = models.Constraint(
        "CHECK(service_tolerance_percent >= 0 AND service_tolerance_percent <= 100)",
        "The weight tolerance is between 0 and 100 percent.",
    )

    def write(self, vals):
        """Rules of price lists for a category hold for the ones below it."""
        result = super().write(vals)
        if "parent_id" in vals:
            products = self.env["product.product"].search(
                [("categ_id", "child_of", self.ids)]
            )
            self.env["order.service.price"].sudo()._mark(
                products=products, keep_fixed=True
            )
        return result
