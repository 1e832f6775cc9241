from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.assortment import Assortment, Row, city_key


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
        rows = self.sudo().search_fetch(
            self._domain_of(stores, products),
            ["store_id", "city_key", "company_id", "product_id", "categ_id", "carried"],
            order="id",  # none is needed, and the model's own joins other tables
        )
        if not rows and not any(stores.mapped("service_listed_only")):
            return dict.fromkeys(stores, set(products.ids))
        above = {
            product.id: self._categories_above(product.categ_id) for product in products
        }
        return {store: rows._carried_by(store, above) for store in stores}

    def _carried_by(self, store, above):
        """Ids of the products that ``store`` carries by these rows."""
        assortment = Assortment(
            (row._as_rule() for row in self if row._concerns(store)),
            is_list=store.service_listed_only,
        )
        return {
            product
            for product, categories in above.items()
            if assortment.carries(product, categories)
        }

    def _concerns(self, store):
        if self.store_id:
            return self.store_id == store
        return self.company_id == store.company_id and self.city_key == city_key(
            store.service_city
        )

    def _as_rule(self):
        return Row(
            carried=self.carried,
            product=self.product_id.id or None,
            category=self.categ_id.id or None,
            store=self.store_id.id or None,
        )

    @api.model
    def _categories_above(self, category):
        """Ids of the category and the ones above it, the nearest first."""
        return [
            int(one) for one in reversed((category.parent_path or "").split("/")[:-1])
        ]

    @api.model
    def _domain_of_categories(self, products):
        """Rows that name a category the products lie in, however far above."""
        categories = products.product_tmpl_id.categ_id
        field = categories._fields["parent_path"]
        # asked in the same query: most goods are named by no row, and then nobody needs
        # to read their categories
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """%s IN (
                    SELECT unnest(string_to_array(trim(TRAILING '/' FROM %s), '/'))::int
                      FROM product_category WHERE id = ANY(%s))""",
                model._field_to_sql(alias, "categ_id", query),
                SQL.identifier("parent_path", to_flush=field),
                categories.ids,
            )
        )

    @api.model
    def _domain_of(self, stores, products):
        """Rows that name one of the stores or cities and one of the products."""
        cities = {city_key(store.service_city) for store in stores} - {""}
        place = Domain("store_id", "in", stores.ids)
        goods = Domain("product_id", "in", products.ids)
        return (
            Domain("company_id", "in", stores.company_id.ids)
            & (place | Domain("city_key", "in", list(cities)))
            & (goods | self._domain_of_categories(products))
        )
