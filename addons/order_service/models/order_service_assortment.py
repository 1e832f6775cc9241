from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.assortment import Assortment, Row, city_key

# parent_path is "1/5/23/": the category itself and those above it
ROWS_ABOUT = """
SELECT carried, product_id, categ_id, store_id, company_id, coalesce(city_key, '')
  FROM order_service_assortment
 WHERE company_id = ANY(%(companies)s)
   AND (store_id = ANY(%(stores)s) OR city_key = ANY(%(cities)s))
   AND (product_id = ANY(%(products)s) OR categ_id IN (
        SELECT unnest(string_to_array(trim(TRAILING '/' FROM parent_path), '/'))::int
          FROM product_category WHERE id = ANY(%(categories)s)))
 ORDER BY id"""


class OrderServiceAssortment(models.Model):
    """That a store or a whole city carries a product or a category, or does not.

    It is explicit and has nothing to do with stock on hand: goods that are sold out
    are still carried. How rows work together is told in ``rules.assortment``.
    """

    _name = "order.service.assortment"
    _description = "Assortment of a store or city"
    _order = "company_id, city, store_id, categ_id, product_id, id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    store_id = fields.Many2one(
        "stock.warehouse",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        domain=[("service_code", "!=", False)],
    )
    city = fields.Char(help="All stores of this city, if no store is named.")
    city_key = fields.Char(compute="_compute_city_key", store=True, precompute=True)
    product_id = fields.Many2one(
        "product.product", ondelete="cascade", index="btree_not_null"
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Category",
        ondelete="cascade",
        index="btree_not_null",
        help="Everything in the category and below it, if no product is named.",
    )
    carried = fields.Boolean(default=True)

    _check_company_auto = True
    _place = models.Constraint(
        "CHECK((store_id IS NULL) <> (city_key = ''))",
        "Name either a store or a city, not both.",
    )
    _goods = models.Constraint(
        "CHECK((product_id IS NULL) <> (categ_id IS NULL))",
        "Name either a product or a category, not both.",
    )
    _once = models.UniqueIndex(
        "(company_id, city_key, coalesce(store_id, 0), coalesce(product_id, 0),"
        " coalesce(categ_id, 0))",
        "The assortment has a row for these goods in this place already.",
    )

    @api.depends("city")
    def _compute_city_key(self):
        for row in self:
            row.city_key = city_key(row.city)

    @api.depends("store_id", "city", "product_id", "categ_id")
    def _compute_display_name(self):
        for row in self:
            place = row.store_id.name or row.city
            goods = row.product_id.display_name or row.categ_id.display_name
            row.display_name = f"{place} · {goods}"

    @api.model
    def _carried(self, stores, products):
        """Which of the products each store carries.

        One query, however many stores and products.

        :param stores: stock.warehouse records
        :param products: product.product records
        :return: dict store -> set of product ids
        """
        rows = self._rows_about(stores, products)
        if not rows and not any(stores.mapped("service_listed_only")):
            return dict.fromkeys(stores, set(products.ids))
        above = {
            product.id: self._categories_above(product.categ_id) for product in products
        }
        return {store: self._carried_by(store, rows, above) for store in stores}

    @api.model
    def _carried_by(self, store, rows, above):
        """Ids of the products that ``store`` carries.

        :param rows: as of ``_rows_about``
        :param dict above: product id -> as of ``_categories_above``
        """
        own_city = (store.company_id.id, city_key(store.service_city))
        assortment = Assortment(
            (
                row
                for row, city in rows
                if (row.store == store.id if row.store else city == own_city)
            ),
            is_list=store.service_listed_only,
        )
        return {
            product
            for product, categories in above.items()
            if assortment.carries(product, categories)
        }

    @api.model
    def _rows_about(self, stores, products):
        """Rows that name one of the stores or cities and one of the products.

        Categories are looked up in the same query: most goods are named by no row, and
        then nobody needs to read their categories.

        :return: list of (rules.assortment.Row, (company id, city key))
        """
        cities = {city_key(store.service_city) for store in stores} - {""}
        self.flush_model()
        self.env["product.category"].flush_model(["parent_path"])
        found = self.env.execute_query(
            SQL(
                ROWS_ABOUT,
                companies=stores.company_id.ids,
                stores=stores.ids,
                cities=list(cities),
                products=products.ids,
                categories=products.product_tmpl_id.categ_id.ids,
            )
        )
        return [(Row(*row[:4]), row[4:]) for row in found]

    @api.model
    def _categories_above(self, category):
        """Ids of the category and the ones above it, the nearest first."""
        return [
            int(one) for one in reversed((category.parent_path or "").split("/")[:-1])
        ]
