from odoo import api, fields, models


class ProductCategory(models.Model):
    """What the law asks of whoever buys goods of the category, and how far their
    weight may be off what was ordered.
    """

    _inherit = "product.category"

    minimum_age = fields.Integer(
        help="Years; 0: no limit. Counts for the categories below as well."
    )
    pickup_only = fields.Boolean(
        string="Handed out in the store only",
        help="Never delivered. Counts for the categories below as well.",
    )
    service_minimum_age = fields.Integer(
        string="Minimum age, with those above",
        compute="_compute_service_limits",
        store=True,
        recursive=True,
    )
    service_pickup_only = fields.Boolean(
        string="Handed out only, with those above",
        compute="_compute_service_limits",
        store=True,
        recursive=True,
    )
    service_tolerance_percent = fields.Float(
        string="Weight tolerance, %",
        digits=(5, 2),
        help="Goods sold by weight: how far the weight may be off what was ordered, up"
        " or down. Zero: as in the category above.",
    )

    _minimum_age_positive = models.Constraint(
        "CHECK(minimum_age >= 0)", "A minimum age is zero or more years."
    )
    _service_tolerance_range = models.Constraint(
        "CHECK(service_tolerance_percent >= 0 AND service_tolerance_percent <= 100)",
        "The weight tolerance is between 0 and 100 percent.",
    )

    @api.depends(
        "minimum_age",
        "pickup_only",
        "parent_id.service_minimum_age",
        "parent_id.service_pickup_only",
    )
    def _compute_service_limits(self):
        for category in self:
            above = category.parent_id
            category.service_minimum_age = max(
                category.minimum_age, above.service_minimum_age
            )
            category.service_pickup_only = (
                category.pickup_only or above.service_pickup_only
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
