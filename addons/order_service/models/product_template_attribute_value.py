from odoo import models


class ProductTemplateAttributeValue(models.Model):
    """An extra price of an attribute is part of the variant's sales price."""

    _inherit = "product.template.attribute.value"

    def write(self, vals):
        """Prices computed from the sales price become due."""
        result = super().write(vals)
        if "price_extra" in vals:
            products = self.with_context(active_test=False).ptav_product_variant_ids
            self.env["order.service.price"].sudo()._mark(
                products=products, keep_fixed=True
            )
        return result
