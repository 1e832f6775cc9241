from odoo import api, fields, models


class ProductTemplate(models.Model):
    """From what age on a product is sold, and whether it may be delivered."""

    # one file a concern
    _inherit = "product.template"  # pylint: disable=consider-merging-classes-inherited

    minimum_age = fields.Integer(
        help="Years; 0: what the category says. The higher of the two counts."
    )
    service_minimum_age = fields.Integer(
        string="Sold from the age of",
        compute="_compute_service_limits",
        store=True,
        help="Years; the higher of product and category.",
    )
    service_pickup_only = fields.Boolean(
        string="Handed out in the store only",
        compute="_compute_service_limits",
        store=True,
    )

    _minimum_age_positive = models.Constraint(
        "CHECK(minimum_age >= 0)", "A minimum age is zero or more years."
    )

    @api.depends(
        "minimum_age",
        "categ_id.service_minimum_age",
        "categ_id.service_pickup_only",
    )
    def _compute_service_limits(self):
        for product in self:
            category = product.categ_id
            product.service_minimum_age = max(
                product.minimum_age, category.service_minimum_age
            )
            product.service_pickup_only = category.service_pickup_only
