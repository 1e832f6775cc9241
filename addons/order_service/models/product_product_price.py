from odoo import api, models


class ProductProduct(models.Model):
    """What stores carry of it, at which price, and how far a weight may be off."""

    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        """New goods get their prices in the background."""
        products = super().create(vals_list)
        self.env["order.service.price"].sudo()._mark(products=products)
        return products

    def write(self, vals):
        """Prices computed from the cost become due."""
        result = super().write(vals)
        if {"standard_price", "product_tmpl_id"} & set(vals):
            self.env["order.service.price"].sudo()._mark(products=self, keep_fixed=True)
        return result

    def _service_tolerance(self):
        """How far, in percent, a weight may be off what was ordered.

        The nearest category with a tolerance decides; without one it is zero.
        """
        self.ensure_one()
        category = self.categ_id
        while category and not category.service_tolerance_percent:
            category = category.parent_id
        return category.service_tolerance_percent
