from odoo import api, fields, models


class StockWarehouse(models.Model):
    """What a store sells: its assortment, its prices, the days it is closed."""

    # one file a concern of the store
    _inherit = "stock.warehouse"  # pylint: disable=consider-merging-classes-inherited

    service_listed_only = fields.Boolean(
        string="Carries only what is listed",
        help="Goods that no row of the assortment names are not carried. Off: all goods"
        " are, but for those the assortment takes out.",
    )
    service_closure_ids = fields.One2many(
        "order.service.store.closure", "store_id", string="Closed"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Prices of a store's list are kept ready from now on."""
        stores = super().create(vals_list)
        stores._service_keep_prices()
        return stores

    def write(self, vals):
        """Prices of a store's new list are kept ready from now on."""
        result = super().write(vals)
        if "service_pricelist_id" in vals:
            self._service_keep_prices()
        return result

    def _service_keep_prices(self):
        self.env["order.service.price"].sudo()._mark(self.service_pricelist_id)

    def _service_own_prices(self, products):
        """What the store's list asks, in the list's currency.

        :param products: product.product records
        :return: dict product id -> price per own unit
        """
        self.ensure_one()
        store = self.sudo().with_company(self.company_id)
        pricelist = store.service_pricelist_id
        return store.env["order.service.price"]._find_prices(
            {pricelist}, products.with_env(store.env)
        )[pricelist]

    def _service_list_refused(self, products, own_prices=None):
        """Why the store cannot sell some of the products, tax and stock aside.

        :param products: product.product records
        :param dict own_prices: as of ``_service_own_prices``, if known
        :return: dict product -> ``archived``, ``not_in_assortment`` or ``unpriced``
        """
        self.ensure_one()
        store = self.sudo().with_company(self.company_id)
        carried = store.env["order.service.assortment"]._carried(store, products)[store]
        if own_prices is None:
            own_prices = self._service_own_prices(products)
        refused = {}
        for product in products:
            if not (product.active and product.product_tmpl_id.sale_ok):
                refused[product] = "archived"
            elif product.id not in carried:
                refused[product] = "not_in_assortment"
            elif own_prices[product.id] <= 0:
                refused[product] = "unpriced"
        return refused
