import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

FIXED_BATCH = 50_000
# core prices a hundred products at once fastest: two thousand take far longer each
FORMULA_BATCH = 100
LISTED_QUANTITY = 1.0
# all that rules compute from: core would read every column of a hundred goods
READ_OF_TEMPLATES = ["categ_id", "company_id", "list_price", "uom_id"]

# The rule that applies is chosen as core's ``_get_applicable_rules`` and
# ``_is_applicable_for`` do: rules of the variant first, among them the largest minimum
# quantity that one unit reaches, among those the newest. Rules are looked for within
# the one list: a join over all lists reads the rules of every list for each batch.
TAKE_OVER_FIXED = """
WITH rule AS MATERIALIZED (
     SELECT id, product_id, compute_price, fixed_price, date_start,
            date_end, coalesce(min_quantity, 0) AS min_quantity
       FROM product_pricelist_item
      WHERE pricelist_id = %(pricelist)s
        AND product_id = ANY(%(products)s::int[])
        AND applied_on = '0_product_variant'
        AND coalesce(min_quantity, 0) <= %(quantity)s
        AND (date_end IS NULL OR date_end >= %(now)s)),
winner AS (
     SELECT DISTINCT ON (product_id) * FROM rule
      WHERE date_start IS NULL OR date_start <= %(now)s
      ORDER BY product_id, min_quantity DESC, id DESC),
coming AS (
     SELECT product_id, min(date_start) AS start FROM rule
      WHERE date_start > %(now)s GROUP BY product_id)
UPDATE order_service_price price
   SET state = CASE winner.compute_price
               WHEN 'fixed' THEN 'known' ELSE 'formula' END,
       fixed = coalesce(winner.compute_price = 'fixed', FALSE),
       price = coalesce(winner.fixed_price, price.price),
       valid_until = least(winner.date_end, coming.start)
  FROM unnest(%(rows)s::int[], %(products)s::int[])
       AS due (id, product_id)
  LEFT JOIN winner ON winner.product_id = due.product_id
  LEFT JOIN coming ON coming.product_id = due.product_id
 WHERE price.id = due.id"""


def _array(ids):
    """Ids as one literal: PostgreSQL parses ARRAY[..] of thousands number by number."""
    return "{%s}" % ",".join(map(str, ids))


class OrderServicePrice(models.Model):
    """What a product costs by the price list of a store, kept ready.

    The reference price of a product in a city is the highest among its stores' lists.
    A row that is ``known`` is right: whoever changes what it was computed from marks
    it in the same transaction, and until it is computed anew readers ask Odoo itself.
    Rows are written by SQL only.

    Every marking rewrites the row. So of two transactions that mark and compute one
    price at once, the one with the older snapshot meets the other's row, and begins
    anew (REPEATABLE READ): no price of before the change can be kept as known.
    """

    _name = "order.service.price"
    _description = "Price of a store's list"
    _order = "product_id, pricelist_id"
    _log_access = False

    pricelist_id = fields.Many2one(
        "product.pricelist", required=True, ondelete="cascade", readonly=True
    )
    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", readonly=True
    )
    price = fields.Float(
        readonly=True, help="For one sales unit, in the list's currency, tax as there."
    )
    state = fields.Selection(
        [
            ("due", "Due"),
            ("formula", "Due, by a formula"),
            ("known", "Known"),
            ("live", "Computed when asked"),
        ],
        required=True,
        default="due",
        readonly=True,
        help="Due prices are computed in the background, and meanwhile when asked;"
        " those that hang on currency rates always.",
    )
    fixed = fields.Boolean(
        string="Fixed price", readonly=True, help="The rule names the price itself."
    )
    valid_until = fields.Datetime(
        readonly=True, help="Next start or end of a dated rule."
    )

    city_prices = fields.Char(
        string="Highest in the city",
        compute="_compute_city_prices",
        help="The reference price of each city with a store that sells by this list.",
    )

    _pair = models.UniqueIndex(
        "(product_id, pricelist_id)", "The price is there already."
    )
    _due_idx = models.Index("(state, pricelist_id) WHERE state IN ('due', 'formula')")
    _bound_idx = models.Index("(valid_until) WHERE valid_until IS NOT NULL")

    @api.depends("product_id", "pricelist_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = (
                f"{row.product_id.display_name} · {row.pricelist_id.display_name}"
            )

    @api.depends("product_id", "pricelist_id")
    @api.depends_context("lang")
    def _compute_city_prices(self):
        """The cities of the row's list, each with the highest price of its stores."""
        stores = self.env["stock.warehouse"].search([("service_code", "!=", False)])
        cities = stores.grouped(lambda store: (store.company_id, store._city_key()))
        shown = [
            city
            for city in cities.values()
            if city.service_pricelist_id & self.pricelist_id
        ]
        lists = {store.service_pricelist_id for city in shown for store in city}
        prices = self._find_prices(lists, self.product_id)
        for row in self:
            row.city_prices = ", ".join(
                f"{city[0].service_city or city[0].name}: {row._highest(city, prices)}"
                for city in shown
                if row.pricelist_id in city.service_pricelist_id
            )

    def _highest(self, city, prices):
        """The highest price of the row's product among stores, written out.

        :param city: stock.warehouse records
        :param dict prices: as of ``_find_prices``
        """
        lists = {store.service_pricelist_id for store in city}
        highest = max(prices[pricelist][self.product_id.id] for pricelist in lists)
        return formatLang(self.env, highest, currency_obj=self.pricelist_id.currency_id)

    # -- reading ----------------------------------------------------------------------

    @api.model
    def _find_prices(self, pricelists, products):
        """Prices of products by several lists, for one sales unit.

        What the table knows takes one query; the rest is computed by Odoo.

        :param pricelists: set of product.pricelist records, one of them may be empty:
            the price of the product form
        :param products: product.product records
        :return: dict price list -> dict product id -> price
        """
        known = self._read_known(pricelists, products)
        prices = {}
        for pricelist in pricelists:
            prices[pricelist] = known.get(pricelist.id, {})
            missing = products.filtered(
                lambda product, have=prices[pricelist]: product.id not in have
            )
            prices[pricelist].update(self._ask(pricelist, missing))
        return prices

    @api.model
    def _read_known(self, pricelists, products):
        """dict price list id -> dict product id -> price, of the known rows."""
        ids = [pricelist.id for pricelist in pricelists if pricelist]
        known = {}
        if not ids or not products:
            return known
        for pricelist, product, price in self.env.execute_query(
            SQL(
                """SELECT pricelist_id, product_id, price FROM order_service_price
                    WHERE product_id = ANY(%s) AND pricelist_id = ANY(%s)
                      AND state = 'known'
                      AND (valid_until IS NULL OR valid_until > %s)""",
                products.ids,
                ids,
                fields.Datetime.now(),
            )
        ):
            known.setdefault(pricelist, {})[product] = price
        return known

    @api.model
    def _ask(self, pricelist, products):
        """Prices as Odoo computes them now: dict product id -> price."""
        prices = {}
        for start in range(0, len(products), FORMULA_BATCH):
            batch = products[start : start + FORMULA_BATCH]
            prices.update(pricelist._get_products_price(batch, LISTED_QUANTITY))
        return prices

    # -- marking ----------------------------------------------------------------------

    @api.model
    def _mark(self, pricelists=None, products=None, keep_fixed=False):
        """Say that prices may have changed; both arguments empty: all of them.

        :param pricelists: product.pricelist whose rules changed, with them go the
            lists that are based on them; None: all lists of stores
        :param products: product.product records; None: all of them
        :param bool keep_fixed: the rules stay, only what they compute from changed
        """
        if products is not None and not products:
            return
        lists = self._lists_of_stores(pricelists)
        if not lists:
            return
        goods = SQL("SELECT id FROM product_product WHERE active")
        if products is not None:
            goods = SQL("SELECT unnest(%s::int[])", products.ids)
        unless_fixed = SQL(" WHERE NOT (price.fixed AND price.state = 'known')")
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_service_price AS price
                          (pricelist_id, product_id, state)
                   SELECT list.id, goods.id, 'due'
                     FROM unnest(%s::int[]) AS list (id) CROSS JOIN (%s) AS goods (id)
                    ORDER BY list.id, goods.id
                       ON CONFLICT (product_id, pricelist_id)
                       DO UPDATE SET state = 'due' %s""",
                lists,
                goods,
                unless_fixed if keep_fixed else SQL(),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _differing(self, records, vals):
        """Those of ``records`` that a write of ``vals`` would change."""
        if not vals:
            return records.browse()
        fields_of = records._fields
        return records.filtered(
            lambda record: any(
                fields_of[name].convert_to_cache(value, record)
                != fields_of[name].convert_to_cache(record[name], record)
                for name, value in vals.items()
            )
        )

    @api.model
    def _lists_of_stores(self, pricelists=None):
        """Ids of the stores' price lists that hang on ``pricelists``; None: all.

        One query: stores name a handful of lists, and lists may build on others.
        """
        if pricelists is not None and not pricelists:
            return []
        self.env["stock.warehouse"].flush_model(["service_pricelist_id"])
        self.env["product.pricelist.item"].flush_model(["base", "base_pricelist_id"])
        own = SQL("SELECT service_pricelist_id FROM stock_warehouse")
        if pricelists is not None:
            own = SQL("SELECT unnest(%s::int[])", pricelists.ids)
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE hanging (id) AS (
                        %s UNION
                        SELECT rule.pricelist_id FROM product_pricelist_item rule
                          JOIN hanging ON hanging.id = rule.base_pricelist_id
                         WHERE rule.base = 'pricelist')
                   SELECT DISTINCT store.service_pricelist_id FROM stock_warehouse store
                     JOIN hanging ON hanging.id = store.service_pricelist_id
                    ORDER BY 1""",
                own,
            )
        )
        return [pricelist for (pricelist,) in rows]

    @api.autovacuum
    def _complete(self):
        """Rows for goods that have none, none for lists that no store uses."""
        lists = self._lists_of_stores()
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_service_price (pricelist_id, product_id, state)
                   SELECT list.id, product.id, 'due'
                     FROM unnest(%s::int[]) AS list (id)
                     JOIN product_product product ON product.active
                       ON CONFLICT DO NOTHING""",
                lists,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM order_service_price WHERE pricelist_id <> ALL(%s::int[])",
                lists,
            )
        )
        self.invalidate_model(flush=False)

    # -- computing --------------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Compute what is due: fixed prices by SQL, then the others by Odoo."""
        progress = self.env["ir.cron"]._commit_progress
        due = self._count_due()
        if not progress(remaining=sum(due.values())):
            return
        for done in self._refresh(due):
            if not progress(done):
                return

    @api.model
    def _refresh(self, pricelists):
        """Compute what is due of these lists, one batch at each step.

        :param pricelists: ids of price lists
        :return: generator of the numbers of rows dealt with
        """
        for refresh in (self._refresh_fixed, self._refresh_formula):
            for pricelist in pricelists:
                while done := self._unless_changed(refresh, pricelist):
                    yield done

    @api.model
    def _count_due(self):
        """dict price list id -> number of prices to be computed.

        Asked once a run: the index keeps what was due for some time, and each batch
        would step over all of it to find its list.
        """
        self._unless_changed(self._expire)
        rows = self.env.execute_query(
            SQL(
                """SELECT pricelist_id, count(*) FROM order_service_price
                    WHERE state IN ('due', 'formula')
                    GROUP BY pricelist_id ORDER BY pricelist_id"""
            )
        )
        return dict(rows)

    @api.model
    def _expire(self):
        """A dated rule has begun or ended: its prices are due."""
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_price SET state = 'due', valid_until = NULL
                    WHERE id IN (SELECT id FROM order_service_price
                                  WHERE valid_until <= %s AND state = 'known'
                                    FOR UPDATE SKIP LOCKED)""",
                fields.Datetime.now(),
            ),
            log_exceptions=False,
        )

    @api.model
    def _unless_changed(self, act, *arguments):
        """What ``act`` answers; nothing if a price changed under its hands."""
        try:
            with self.env.cr.savepoint():
                return act(*arguments)
        except psycopg2.errors.SerializationFailure:
            return 0  # the next transaction sees the change

    @api.model
    def _refresh_fixed(self, pricelist):
        """Take over the fixed prices of the next due variants of one list.

        Due rows without a fixed price are left to ``_refresh_formula``.

        :param int pricelist: id of the price list
        :return: number of rows dealt with
        """
        rows, products = self._take(pricelist, "due", FIXED_BATCH)
        if rows:
            self.env["product.pricelist.item"].flush_model()
            self._take_over_fixed(pricelist, rows, products)
        return len(rows)

    @api.model
    def _take_over_fixed(self, pricelist, rows, products):
        """One statement for all of them; note what is left to be computed.

        :param int pricelist: id of the price list
        :param rows: ids of the rows, locked
        :param products: ids of their products, in the same order
        """
        self.env.cr.execute(
            SQL(
                TAKE_OVER_FIXED,
                pricelist=pricelist,
                rows=_array(rows),
                products=_array(products),
                quantity=LISTED_QUANTITY,
                now=fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        self.invalidate_model(flush=False)

    @api.model
    def _refresh_formula(self, pricelist):
        """Let Odoo compute the next hundred prices of one list.

        :param int pricelist: id of the price list
        :return: number of rows dealt with
        """
        rows, ids = self._take(pricelist, "formula", FORMULA_BATCH)
        if not rows:
            return 0
        pricelist = self.env["product.pricelist"].browse(pricelist)
        company = pricelist.company_id or self.env.company
        pricelist = pricelist.with_company(company)
        products = pricelist.env["product.product"].browse(ids)
        products.fetch(["product_tmpl_id"])
        products.product_tmpl_id.fetch(READ_OF_TEMPLATES)
        bases = self._bases(pricelist)
        if len(bases.currency_id | products.currency_id) > 1:
            self._keep([(row, None) for row in rows], "live", None)
        else:
            prices = self._ask(pricelist, products)
            until = self._next_bound(bases, products)
            known = [
                (row, prices[product]) for row, product in zip(rows, ids, strict=True)
            ]
            self._keep(known, "known", until)
        return len(rows)

    @api.model
    def _take(self, pricelist, state, most):
        """The next rows of a list, locked; rows that somebody changes are passed by.

        :return: (list of row ids, list of their product ids)
        """
        self.env.cr.execute(
            SQL(
                """SELECT id, product_id FROM order_service_price
                    WHERE state = %s AND pricelist_id = %s
                    LIMIT %s FOR UPDATE SKIP LOCKED""",
                state,
                pricelist,
                most,
            ),
            log_exceptions=False,
        )
        taken = self.env.cr.fetchall()
        return [row for row, _product in taken], [product for _row, product in taken]

    @api.model
    def _keep(self, prices, state, until):
        """Write prices: list of (row id, price)."""
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_price AS row
                      SET state = %s, fixed = FALSE, valid_until = %s,
                          price = coalesce(told.price::float8, row.price)
                     FROM (VALUES %s) AS told (id, price) WHERE row.id = told.id""",
                state,
                until,
                SQL(", ").join(SQL("(%s, %s)", *price) for price in prices),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _bases(self, pricelist):
        """The list and all lists its rules build on."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE base (id) AS (
                        SELECT %s UNION
                        SELECT rule.base_pricelist_id FROM product_pricelist_item rule
                          JOIN base ON base.id = rule.pricelist_id
                         WHERE rule.base = 'pricelist' AND rule.base_pricelist_id > 0)
                   SELECT id FROM base""",
                pricelist.id,
            )
        )
        return pricelist.browse(one for (one,) in rows)

    @api.model
    def _next_bound(self, pricelists, products):
        """When a dated rule of these lists next begins or ends for these products."""
        now = fields.Datetime.now()
        [[bound]] = self.env.execute_query(
            SQL(
                """SELECT min(bound) FROM product_pricelist_item rule
                    CROSS JOIN unnest(ARRAY[rule.date_start, rule.date_end]) AS bound
                    WHERE rule.pricelist_id = ANY(%s) AND bound >= %s
                      AND (rule.date_start IS NOT NULL OR rule.date_end IS NOT NULL)
                      AND (rule.product_id IS NULL OR rule.product_id = ANY(%s))
                      AND (rule.product_tmpl_id IS NULL
                           OR rule.product_tmpl_id = ANY(%s))""",
                pricelists.ids,
                now,
                products.ids,
                products.product_tmpl_id.ids,
            )
        )
        return bound
