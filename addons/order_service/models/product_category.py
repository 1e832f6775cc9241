from odoo import api, fields, models


class ProductCategory(models.Model):
    """What the law asks of whoever buys goods of the category."""

    # one file a concern
    _inherit = "product.category"  # pylint: disable=consider-merging-classes-inherited

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

    _minimum_age_positive = models.Constraint(
        "CHECK(minimum_age >= 0)", "A minimum age is zero or more years."
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
