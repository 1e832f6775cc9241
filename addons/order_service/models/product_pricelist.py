from odoo import models


class ProductPricelist(models.Model):
    """A list in another currency or company prices everything anew."""

    _inherit = "product.pricelist"

    def write(self, vals):
        """Prices that are computed from others become due."""
        result = super().write(vals)
        if {"currency_id", "company_id"} & set(vals):
            self.env["order.service.price"].sudo()._mark(self)
        return result
