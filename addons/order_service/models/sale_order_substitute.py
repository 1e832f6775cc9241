from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import answer, similar
from ..rules.similar import Candidate

MOST_SUGGESTED = 20
# all a suggestion reads of goods: core would read every column
READ_OF_PRODUCTS = ["active", "default_code", "product_tmpl_id"]
READ_OF_TEMPLATES = [
    "categ_id",
    "company_id",
    "list_price",
    "name",
    "sale_ok",
    "service_minimum_age",
    "service_pickup_only",
    "type",
    "uom_id",
]
READ_OF_ORDERS = [
    "company_id",
    "currency_id",
    "name",
    "partner_id",
    "service_assembled_at",
    "service_fulfilment",
    "warehouse_id",
]
READ_OF_STORES = [
    "company_id",
    "service_city",
    "service_listed_only",
    "service_pricelist_id",
    "view_location_id",
]
READ_OF_LINES = [
    "discount",
    "order_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "service_chosen_id",
    "service_found_qty",
    "service_ordered_qty",
    "service_outcome",
    "service_policy",
    "service_ref",
]
# priced and ranked exactly beside those that are proposed: the database has ranked far
# more before, by list prices
SPARE = 3

# Goods of one category that the store has and the order not, the likeliest first.
# Stock and shared values are summed once for all of them: a subquery a candidate costs
# more than all the rest. Small steps are planned fast, one join of all tables is not.
# What the steps know is grouped, not joined: the planner takes a step of 300 rows for
# one row, and would compare each row of one step with each of the next.
SIMILAR_GOODS = """
WITH candidate AS MATERIALIZED (
        SELECT product.id, template.list_price,
               coalesce(template.name->>%(language)s, template.name->>'en_US') AS name
          FROM product_template template
          JOIN product_product product ON product.product_tmpl_id = template.id
         WHERE template.categ_id = %(category)s
           AND product.active AND template.active AND template.sale_ok
           AND template.type = 'consu' AND product.id <> ALL(%(known)s)
           AND product.id NOT IN (
                SELECT line.product_id FROM sale_order_line line
                 WHERE line.order_id = %(order)s AND line.product_id IS NOT NULL)
           AND template.service_minimum_age <= %(age)s
           AND (NOT template.service_pickup_only OR %(pickup_only)s)
           AND template.uom_id = %(unit)s),
     place AS MATERIALIZED (
        SELECT inner_place.id FROM stock_location inner_place
          JOIN stock_location root ON root.id = %(root)s
         WHERE inner_place.usage = 'internal'
           AND inner_place.parent_path LIKE root.parent_path || '%%'),
     stock AS MATERIALIZED (
        SELECT quant.product_id AS id,
               sum(quant.quantity - quant.reserved_quantity) AS free
          FROM stock_quant quant
         WHERE quant.product_id = ANY(ARRAY(SELECT id FROM candidate))
           AND quant.location_id = ANY(ARRAY(TABLE place))
         GROUP BY quant.product_id
        HAVING sum(quant.quantity - quant.reserved_quantity) >= %(needed)s),
     wish AS MATERIALIZED (
        SELECT value.product_attribute_value_id
          FROM product_variant_combination own
          JOIN product_template_attribute_value value
            ON value.id = own.product_template_attribute_value_id
         WHERE own.product_product_id = %(wanted)s),
     known AS MATERIALIZED (
        SELECT id, name, list_price, NULL AS free, 0 AS attributes, 0 AS accepted
          FROM candidate
         UNION ALL
        SELECT id, NULL, NULL, free, 0, 0 FROM stock
         UNION ALL
        SELECT other.product_product_id, NULL, NULL, NULL, 1, 0
          FROM product_variant_combination other
          JOIN product_template_attribute_value value
            ON value.id = other.product_template_attribute_value_id
         WHERE other.product_product_id = ANY(ARRAY(SELECT id FROM stock))
           AND value.product_attribute_value_id = ANY(ARRAY(TABLE wish))
         UNION ALL
        SELECT product_id, NULL, NULL, NULL, 0, least(count(*), 1000)::int
          FROM sale_order_line_substitute
         WHERE replaced_id = %(wanted)s AND outcome IN ('sent', 'accepted')
         GROUP BY product_id),
     offer AS MATERIALIZED (
        SELECT id, max(free) AS free, sum(attributes) AS attributes,
               sum(accepted) AS accepted, max(name) AS name,
               max(list_price) AS list_price
          FROM known
         GROUP BY id
        HAVING count(name) > 0 AND count(free) > 0)
SELECT id, free, attributes, accepted, name
  FROM offer
 ORDER BY name ~* %(kind)s DESC,
       attributes > 0 OR accepted > 0 OR name ~* %(words)s DESC,
       list_price > %(price)s, accepted DESC, attributes DESC,
       abs(list_price - %(price)s), id
 LIMIT %(limit)s"""


class SaleOrder(models.Model):
    """What may be sent instead of goods the store has not got."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # -- doors -------------------------------------------------------------------------

    @api.model
    @api.readonly
    def service_suggest(self, order_ref, line_ref, limit=5):
        """What could be sent instead of one line of an order, best first.

        First what the customer listed and the store has, then similar goods, unless the
        line's policy forbids them. Goods of the order's other lines are not similar
        ones: the customer has as much of them as was wanted, and two lines of one
        product would be told apart by nobody. Listed, they are proposed all the same.

        :param dict order_ref: {"source", "external_ref"}
        :param str line_ref: the line's ref at its source
        :param int limit: suggestions at most, 20 at most
        :return: {"suggestions": [{"product_id", "sku", "name", "price", "quantity",
            "unit", "available", "listed", "reasons": [listed | category | attributes
            | name | not_dearer | available | accepted]}], "errors": [{"code", "field",
            "message"}]}; price per ``unit`` of the product as the customer would pay
            it, quantity and available in that unit
        :raises AccessError: the caller is no user of the API
        """
        self._service_check_api()
        limit = self._service_limit(limit, MOST_SUGGESTED)
        entry = self._service_named(order_ref, READ_OF_ORDERS)
        line = self._service_line_named(entry, line_ref)
        suggested = line.order_id._service_suggestions(line, limit) if line else []
        return {
            "suggestions": answer.shape(suggested),
            "errors": self._service_told(entry)["errors"],
        }

    @api.model
    def _service_line_named(self, entry, line_ref):
        """The line a caller means; noted as a problem if there is none."""
        if not entry.order:
            return self.env["sale.order.line"]
        lines = entry.order.env["sale.order.line"].search_fetch(
            [("order_id", "=", entry.order.id)], READ_OF_LINES, order="sequence, id"
        )
        line = lines.filtered(lambda line: line.service_ref == str(line_ref))[:1]
        if not line:
            shown = str(line_ref)[: answer.SHOWN_SIGNS]
            entry.refuse("bad_value", "line_ref", "depends_on_unknown", ref=shown)
        return line

    # -- proposing ---------------------------------------------------------------------

    def _service_suggestions(self, line, limit):
        """What may be sent instead of ``line``, as plain data.

        :return: list of dicts, see ``service_suggest``
        """
        self.ensure_one()
        self.fetch(READ_OF_ORDERS)
        self.warehouse_id.fetch(READ_OF_STORES)
        self._service_read_goods(line._service_wanted())
        line.product_uom_id._service_read()
        listed = self._service_listed(line)[:limit]
        suggested = [
            self._service_suggestion(line, *offer, ["listed", "available"])
            for offer in listed
        ]
        wanted = limit - len(listed)
        if wanted > 0 and line.service_policy in ("similar", "call"):
            suggested += self._service_similar(line, wanted)
        return suggested

    @api.model
    def _service_read_goods(self, products):
        products.fetch(READ_OF_PRODUCTS)
        products.product_tmpl_id.fetch(READ_OF_TEMPLATES)

    def _service_suggestion(self, line, product, quantity, free, reasons, price=None):
        template = product.product_tmpl_id
        if price is None:
            price = self._service_list_prices(product)[product.id]
        return {
            "product_id": product.id,
            "sku": product.default_code or None,
            "name": template.name,
            "price": self._service_substitute_price(line, product, quantity, price),
            "quantity": quantity,
            "unit": template.uom_id.name,
            "available": free,
            "listed": "listed" in reasons,
            "reasons": reasons,
        }

    def _service_listed(self, line):
        """What the customer listed and has not declined, and the store has.

        :return: list of (product, quantity to be sent, free quantity), both in the
            product's unit, by the customer's rank
        """
        listed = line.service_substitute_ids
        wanted = listed.filtered(lambda row: row.outcome != "declined")
        products = self._service_offerable(wanted.product_id)
        if not products:
            return []
        free = self._service_free(products)
        offers = [
            (product, line._service_missing_qty(product), free[product.id])
            for product in products
        ]
        return [offer for offer in offers if offer[2] >= offer[1]]

    def _service_free(self, products):
        """What the order's store has of each and nobody reserved or chose here.

        :return: dict product id -> quantity in the product's unit
        """
        self.ensure_one()
        free = dict.fromkeys(products.ids, 0.0)
        for product in products.with_context(warehouse_id=self.warehouse_id.id):
            free[product.id] = product.free_qty
        for line in self.order_line.filtered("service_chosen_id"):
            if line.service_chosen_id.id in free and not self.service_assembled_at:
                free[line.service_chosen_id.id] -= line.service_chosen_qty
        return free

    def _service_similar(self, line, limit):
        """Goods of the line's category the store has, with the reason of their rank."""
        if not line.product_id.categ_id:
            return []
        # they have the wanted goods' unit, so it is as much of each
        quantity = line._service_missing_qty(line.product_id)
        likeliest = self._service_similar_rows(line, quantity, limit + SPARE)
        rows = {row[0]: row for row in likeliest}
        others = self.env["product.product"].browse(rows)
        self._service_read_goods(others)
        own_prices = self.warehouse_id._service_own_prices(others)
        products = self._service_offerable(others, own_prices)
        prices = self._service_list_prices(products, own_prices)
        candidates = [
            Candidate(product.id, prices[product.id], *rows[product.id][1:])
            for product in products
        ]
        ranked = similar.rank(line.product_id.name, line.price_unit, candidates, limit)
        return [
            self._service_suggestion(
                line, products.browse(one.id), quantity, one.free, why, one.price
            )
            for one, why in ranked
        ]

    def _service_similar_rows(self, line, needed, limit):
        """(product id, free, shared attributes, times taken, name) of the likeliest.

        One query over the line's category: quants of the store tell what is free. What
        is sold from a higher age than the wanted goods is not similar to them. The
        database ranks as ``rules.similar`` does, by list prices and without weighing
        the words of a name; only the best ones are priced and ranked exactly.

        :param float needed: how much of each, in the unit of the wanted goods
        :param int limit: rows at most
        """
        product, template = line.product_id, line.product_id.product_tmpl_id
        kind, *others = similar.stems(template.name) or [""]
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                SIMILAR_GOODS,
                wanted=product.id,
                root=self.warehouse_id.view_location_id.id,
                needed=needed,
                known=line._service_wanted().ids,
                order=self.id,
                category=template.categ_id.id,
                age=template.service_minimum_age,
                pickup_only=template.service_pickup_only,
                unit=template.uom_id.id,
                price=line.price_unit,
                limit=limit,
                language=self.env.lang or "en_US",
                kind=self._service_word_pattern([kind]),
                words=self._service_word_pattern(others),
            )
        )

    @api.model
    def _service_word_pattern(self, stems):
        """A PostgreSQL pattern of names with a word that begins with one of ``stems``.

        :param stems: of ``rules.similar.stems``: letters only; none: no name fits
        """
        return rf"\m({'|'.join(stems)})" if any(stems) else "(?!)"

    # -- choosing ----------------------------------------------------------------------

    def _service_replace(self, line, product, quantity=None):
        """Choose what is sent instead of what is missing of ``line``.

        :param product: product.product
        :param float quantity: in the product's unit; None: what is missing
        :raises UserError: the customer does not accept it, or it cannot be sold
        """
        self.ensure_one()
        self._service_check_replacement(line, product)
        if quantity is None:
            quantity = line._service_missing_qty(product)
        self._service_check_chosen_quantity(line, product, quantity)
        self._service_choose(line, product, quantity)

    def _service_choose(self, line, product, quantity, price=0.0):
        """Keep what is sent instead of what is missing of ``line``; empty: nothing.

        :param float price: per unit, what the customer agreed to; 0: the lower of the
            store's price and the line's
        """
        line.write(
            {
                "service_outcome": "replaced"
                if product
                else line._service_own_outcome(),
                "service_found_qty": line._service_taken_qty(),
                "service_chosen_id": product.id,
                "service_chosen_qty": quantity if product else 0.0,
                "service_chosen_price": price,
            }
        )

    def _service_check_replacement(self, line, product):
        listed = line.service_substitute_ids.product_id
        wish = line.service_policy
        accepted = product in listed or wish == "similar"
        asked = wish in ("none", "call")
        if asked or not accepted or product == line.product_id:
            raise UserError(
                self.env._(
                    "The customer does not take “%(product)s” instead of “%(wanted)s”:"
                    " choose what is proposed, or leave it missing.",
                    product=product.display_name,
                    wanted=line.product_id.display_name,
                )
            )
        self._service_check_offered(product)

    def _service_check_chosen_quantity(self, line, product, quantity):
        missing = line.service_ordered_qty - line._service_taken_qty()
        if line.product_uom_id.compare(missing, 0) <= 0:
            raise UserError(
                self.env._(
                    "Nothing of “%s” is missing: say first how much was found.",
                    line.product_id.display_name,
                )
            )
        comparable = line.product_uom_id._has_common_reference(product.uom_id)
        most = line._service_missing_qty(product)
        if (
            quantity <= 0
            or not product.uom_id._service_fits(quantity)
            or (comparable and product.uom_id.compare(quantity, most) > 0)
        ):
            raise UserError(
                self.env._(
                    "“%(product)s” cannot be sent in this quantity: %(quantity)s.",
                    product=product.display_name,
                    quantity=line._service_quantity_text(quantity),
                )
            )
