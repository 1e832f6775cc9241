from odoo import api, models

# what rules of price lists compute from
PRICED_BY = {"standard_price", "product_tmpl_id"}


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
        prices = self.env["order.service.price"].sudo()
        priced = {name: vals[name] for name in PRICED_BY & set(vals)}
        changed = prices._differing(self, priced)
        result = super().write(vals)
        prices._mark(products=changed, keep_fixed=True)
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
