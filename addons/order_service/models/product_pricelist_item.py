from odoo import api, models


class ProductPricelistItem(models.Model):
    """A changed rule makes the stores' prices due that it may decide."""

    _inherit = "product.pricelist.item"

    _service_base_idx = models.Index("(base_pricelist_id) WHERE base = 'pricelist'")
    _service_dated_idx = models.Index(
        "(pricelist_id) WHERE date_start IS NOT NULL OR date_end IS NOT NULL"
    )

    # core looks for the rules of some goods, and read every rule of the list for it
    _service_goods_idx = models.Index("(pricelist_id, product_tmpl_id)")

    @api.model_create_multi
    def create(self, vals_list):
        """New rules count at once."""
        rules = super().create(vals_list)
        rules._service_mark_prices()
        return rules

    def write(self, vals):
        """What the rules named before and what they name now is due.

        A file that is loaded once more changes nothing, and nothing becomes due.
        """
        changed = self.env["order.service.price"]._differing(self, vals)
        changed._service_mark_prices()
        result = super().write(vals)
        if {"pricelist_id", "applied_on", "product_id", "product_tmpl_id"} & set(vals):
            changed._service_mark_prices()
        return result

    def unlink(self):
        """Without the rule another one decides."""
        self._service_mark_prices()
        return super().unlink()

    def _service_mark_prices(self):
        """Mark the prices these rules may decide: one statement a set of goods."""
        prices = self.env["order.service.price"].sudo()
        for (pricelist, applied_on), rules in (
            self.sudo()
            .grouped(lambda rule: (rule.pricelist_id, rule.applied_on))
            .items()
        ):
            # a fixed price of a variant is overruled by no wider rule
            keep_fixed = applied_on != "0_product_variant"
            prices._mark(pricelist, rules._service_products(applied_on), keep_fixed)

    def _service_products(self, applied_on):
        """The products of rules of one kind; None: too many to name."""
        if applied_on == "0_product_variant":
            return self.product_id
        if applied_on == "1_product":
            templates = self.product_tmpl_id.with_context(active_test=False)
            return templates.product_variant_ids
        return None
