from odoo import models


class StockWarehouse(models.Model):
    """What the API asks of a store."""

    _inherit = "stock.warehouse"

    def _city_key(self):
        """What stores of one city share; a store without a city is alone."""
        self.ensure_one()
        return (self.service_city or "").strip().lower() or self.id

    def _service_country(self):
        """The country in which the store's customers dial and live."""
        self.ensure_one()
        return self.partner_id.country_id or self.company_id.country_id

    def _service_currency(self):
        """The currency of the store's orders."""
        self.ensure_one()
        return self.service_pricelist_id.currency_id or self.company_id.currency_id
