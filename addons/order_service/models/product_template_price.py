from odoo import models

# what rules of price lists compute from, or choose by
PRICED_BY = {"list_price", "categ_id", "uom_id", "company_id"}


class ProductTemplate(models.Model):
    """A changed sales price or category makes the stores' prices due."""

    # one file a concern
    _inherit = "product.template"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Fixed prices stay: they are chosen and told by their rule alone."""
        prices = self.env["order.service.price"].sudo()
        priced = {name: vals[name] for name in PRICED_BY & set(vals)}
        changed = prices._differing(self, priced)
        result = super().write(vals)
        if changed:
            products = changed.with_context(active_test=False).product_variant_ids
            prices._mark(products=products, keep_fixed=True)
        return result
