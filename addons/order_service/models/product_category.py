from odoo import api, fields, models
from odoo.exceptions import ValidationError

WHOLE_PERCENT = 100


class ProductCategory(models.Model):
    """How far goods sold by weight may miss the weight that was ordered."""

    _inherit = "product.category"

    service_tolerance_percent = fields.Float(
        string="Weight tolerance, %",
        help="Goods by weight count as found if they miss the ordered weight by no more"
        " than this. Weight above the ordered one is not paid.",
    )

    @api.constrains("service_tolerance_percent")
    def _check_service_tolerance(self):
        for category in self:
            if not 0 <= category.service_tolerance_percent < WHOLE_PERCENT:
                raise ValidationError(
                    self.env._(
                        "The weight tolerance of “%s” must be at least 0 and below"
                        " 100 percent.",
                        category.display_name,
                    )
                )
