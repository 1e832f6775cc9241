import re
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class OrderServiceSource(models.Model):
    """A site or another outside system that sends orders and reads them back.

    A caller of the API sees and changes only the orders of its own sources.
    """

    _name = "order.service.source"
    _inherit = "order.service.setup.mixin"
    _description = "Order source"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Sent in every order; also the module of the customers' external ids.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    store_ids = fields.Many2many(
        "stock.warehouse",
        string="Stores",
        domain="[('company_id', '=', company_id), ('service_code', '!=', False)]",
        help="Empty: every store of the company.",
    )
    user_ids = fields.Many2many("res.users", string="Users of the API")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        default=lambda self: self.env.company.partner_id.lang,
        help="Of new customers and of the names told in the feed. Empty: the"
        " company's.",
    )
    removed_position = fields.Integer(
        readonly=True, help="Rows of the feed up to this position are removed."
    )

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another source has this code already."
    )

    @api.constrains("code")
    def _check_code(self):
        """The code is a module of external ids: it must not be one of Odoo's."""
        codes = self.mapped("code")
        modules = self.env["ir.module.module"].sudo()
        taken = set(modules.search([("name", "in", codes)]).mapped("name"))
        for code in codes:
            if code in taken or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", code):
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be the code of a source: take Latin letters,"
                        " digits, - and _, and no name of an Odoo module.",
                        code,
                    )
                )

    @api.model
    def _of_user(self):
        """The sources the current user may speak for."""
        sources = self.sudo().browse(self._ids_of_user())
        sources.fetch(["code", "company_id"])
        return sources

    @api.model
    @tools.ormcache("self.env.uid")
    def _ids_of_user(self):
        return self.sudo().search([("user_ids", "in", self.env.uid)])._ids

    def _stores(self):
        """The stores orders of this source may name."""
        self.ensure_one()
        return self.store_ids or self._company_stores()

    def _company_stores(self):
        return self.env["stock.warehouse"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("service_code", "!=", False),
            ]
        )

    def _language(self):
        """Code of the language the source and its customers speak."""
        own = self._own_language()
        return own or self.company_id.partner_id.lang or "en_US"

    @tools.ormcache("self.id")
    def _own_language(self):
        return self.sudo().lang

    def _remove_changes(self, most):
        """Remove old rows of the feed and remember how far.

        :param int most: rows at most
        :return: whether there may be more to remove
        """
        self.ensure_one()
        days = self.company_id.service_feed_days
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM order_service_change WHERE id IN (
                       SELECT id FROM order_service_change
                        WHERE source_id = %s AND position IS NOT NULL
                              AND at < %s
                        ORDER BY position LIMIT %s)
                RETURNING position""",
                self.id,
                fields.Datetime.now() - timedelta(days=max(days, 1)),
                most,
            )
        )
        if rows:
            self.removed_position = max(self.removed_position, max(rows)[0])
            self.env["order.service.change"].invalidate_model()
        return len(rows) == most

    # -- goods and prices -----------------------------------------------------------

    def _find_products(self, skus):
        """The products orders may name.

        :param skus: set of texts
        :return: dict sku -> product.product; more than one: the sku is ambiguous
        """
        self.ensure_one()
        products = self.env["product.product"].search_fetch(
            [
                ("default_code", "in", list(skus)),
                ("company_id", "in", (False, self.company_id.id)),
                ("sale_ok", "=", True),
                ("type", "!=", "combo"),
            ],
            ["default_code", "uom_id"],
        )
        return products.grouped("default_code")

    def _find_prices(self, stores, products):
        """Prices at each store and the highest of its city, tax as on the list.

        :param stores: stock.warehouse records of the source's company
        :param products: product.product records
        :return: dict store -> (own prices, reference prices), each a dict of
            product id -> price per sales unit
        """
        cities = self._company_stores().grouped(lambda store: store._city_key())
        mates = {
            store: cities.get(store._city_key(), store) | store for store in stores
        }
        asked = {mate.service_pricelist_id for city in mates.values() for mate in city}
        lists = self.env["order.service.price"]._find_prices(asked, products)
        answer = {}
        for store in stores:
            city = [lists[mate.service_pricelist_id] for mate in mates[store]]
            highest = {
                product.id: max(prices[product.id] for prices in city)
                for product in products
            }
            answer[store] = (lists[store.service_pricelist_id], highest)
        return answer
