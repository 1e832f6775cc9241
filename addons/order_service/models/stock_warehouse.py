from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..rules.assortment import city_key


class StockWarehouse(models.Model):
    """A warehouse that serves customers: a store."""

    _inherit = "stock.warehouse"

    service_code = fields.Char(
        string="Store code",
        copy=False,
        help="Set: the warehouse is a store; outside systems name it by this code.",
    )
    service_city = fields.Char(string="City")
    service_tz = fields.Selection(
        _tz_get,
        string="Time zone",
        default=lambda self: self.env.user.tz or "UTC",
        help="Slots and messages of the store's orders are told in this time.",
    )
    service_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        help="Deadlines of tasks count this time only.",
    )
    service_pickup = fields.Boolean(string="Hands out orders", default=True)
    service_delivery = fields.Boolean(string="Delivers orders", default=True)
    service_user_ids = fields.Many2many(
        "res.users",
        "order_service_user_store",
        "store_id",
        "user_id",
        string="People of the store",
        help="Administrators and couriers who see the store's orders and tasks.",
    )
    service_pricelist_id = fields.Many2one("product.pricelist", string="Price list")

    _service_code_unique = models.UniqueIndex(
        "(service_code) WHERE service_code IS NOT NULL",
        "Another store has this code already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Record rules name the people of a store, and Odoo caches rules."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Record rules name the people of a store, and Odoo caches rules."""
        if {"service_user_ids", "active"} & set(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def _city_key(self):
        """What stores of one city share; a store without a city is alone."""
        self.ensure_one()
        return city_key(self.service_city) or self.id

    def _service_country(self):
        """The country in which the store's customers dial and live."""
        self.ensure_one()
        return self.partner_id.country_id or self.company_id.country_id

    def _service_currency(self):
        """The currency of the store's orders."""
        self.ensure_one()
        return self.service_pricelist_id.currency_id or self.company_id.currency_id
