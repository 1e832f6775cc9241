from stdnum.ru import inn

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..rules import contact
from ..rules.intake import Line


class SaleOrder(models.Model):
    """Orders of outside systems: what they name is looked up, then they are made."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_customer_note = fields.Text(
        string="Customer to check",
        copy=False,
        readonly=True,
        help="Other customers with the same phone or e-mail: nothing was merged.",
    )

    # -- looking up -------------------------------------------------------------------

    @api.model
    def _service_resolve(self, source, received):
        """Find store, goods, prices and customer of each order; write nothing.

        :param source: order.service.source, as the system
        :param received: list of rules.intake.Received without problems
        """
        if not received:
            return
        self._service_resolve_stores(source, received)
        placed = [entry for entry in received if entry.store]
        self._service_resolve_goods(source, placed)
        self._service_resolve_goods_on_sale(placed)
        self._service_resolve_times(placed)
        self._service_resolve_customers(source, placed)
        self._service_refuse_minors([entry for entry in placed if entry.is_alive])

    @api.model
    def _service_resolve_stores(self, source, received):
        stores = source._stores().grouped("service_code")
        for entry in received:
            code = entry.clean["store"]
            store = stores.get(code)
            if not store:
                entry.refuse("unknown_store", "store", "unknown_store", store=code)
                continue
            entry.store = store
            wanted = entry.clean["fulfilment"]
            if not store[f"service_{wanted}"]:
                entry.refuse("store_closed", "store", f"no_{wanted}", store=code)
            currency = entry.part("payment").get("currency")
            if currency and currency != store._service_currency().name:
                entry.refuse(
                    "bad_currency",
                    "payment.currency",
                    "bad_currency",
                    currency=store._service_currency().name,
                )

    @api.model
    def _service_resolve_goods(self, source, received):
        skus = set()
        for entry in received:
            for line in entry.clean["lines"]:
                skus.add(line["sku"])
                skus.update(other["sku"] for other in line.get("substitutes", ()))
        products = source._find_products(skus)
        stores = self.env["stock.warehouse"].union(*(entry.store for entry in received))
        found = self.env["product.product"].union(
            *(entry for entry in products.values() if len(entry) == 1)
        )
        prices = source._find_prices(stores, found)
        for entry in received:
            entry.prices, highest = prices[entry.store]
            entry.lines = [
                self._service_resolve_line(entry, index, products, highest)
                for index, _line in enumerate(entry.clean["lines"])
            ]

    @api.model
    def _service_resolve_line(self, entry, index, products, highest):
        sent = entry.clean["lines"][index]
        line = Line(sent)
        place = f"lines[{index}]"
        line.product = self._service_pick(entry, place, sent["sku"], products)
        for number, other in enumerate(sent.get("substitutes", ())):
            spot = f"{place}.substitutes[{number}]"
            line.substitutes.append(
                self._service_pick(entry, spot, other["sku"], products)
            )
        if line.product:
            self._service_check_quantity(entry, place, line)
            self._service_check_price(entry, place, line, highest)
        return line

    @api.model
    def _service_pick(self, entry, place, sku, products):
        """The one product with this number; noted as a problem if there is none."""
        product = products.get(sku)
        if product and len(product) == 1:
            return product
        code = "ambiguous_product" if product else "unknown_product"
        entry.refuse(code, f"{place}.sku", code, sku=sku)
        return None

    @api.model
    def _service_check_quantity(self, entry, place, line):
        unit = line.product.uom_id
        quantity = line.clean["quantity"]
        if not unit._service_fits(quantity):
            entry.refuse(
                "bad_quantity",
                f"{place}.quantity",
                "quantity_step",
                sku=line.clean["sku"],
                step=unit._service_step(),
                unit=unit._service_short_name(),
            )

    @api.model
    def _service_check_price(self, entry, place, line, highest):
        """A price seen is kept up to the reference price; without one that counts."""
        currency = entry.store._service_currency()
        reference = highest[line.product.id]
        line.price = currency.round(line.clean.get("price", reference))
        if (
            "price" in line.clean
            and currency.compare_amounts(line.price, reference) > 0
        ):
            entry.refuse(
                "bad_price",
                f"{place}.price",
                "price_above",
                price=f"{currency.round(reference):.{currency.decimal_places}f}",
            )

    @api.model
    def _service_resolve_customers(self, source, received):
        for entry in received:
            country = entry.store._service_country()
            number = entry.part("customer").get("inn")
            if number and not inn.is_valid(number):
                entry.refuse("bad_value", "customer.inn", "bad_inn")
            if number:
                country = self.env.ref("base.ru")
            entry.read_customer(country.id or None, country.code or None)
            entry.check_phones(entry.store._service_country().code or None)
        alive = [entry for entry in received if entry.is_alive]
        asked = [entry.customer for entry in alive]
        settled = self.env["res.partner"]._service_match(source, asked)
        for entry, customer in zip(alive, settled, strict=True):
            entry.conflicts = entry.customer.conflicts
            entry.customer = customer

    # -- making -----------------------------------------------------------------------

    @api.model
    def _service_create_received(self, source, received):
        """Create the orders of one source with their partners, and start them.

        :param source: order.service.source
        :param received: list of rules.intake.Received, looked up
        :return: sale.order records, in the same order
        """
        addresses = self._service_prepare_partners(source, received)
        self._service_record_ages(source, received)
        orders = self.create(
            [
                {
                    **self._service_received_values(entry, addresses[entry]),
                    "company_id": source.company_id.id,
                    "service_source_id": source.id,
                    "service_external_ref": entry.ref,
                }
                for entry in received
            ]
        )
        for order, entry in zip(orders, received, strict=True):
            entry.order = order
        self._service_link_lines(received)
        orders._service_start(actor="system")
        return orders

    @api.model
    def _service_prepare_partners(self, source, received):
        """Make new customers and addresses; dict entry -> address or customer."""
        partners = self.env["res.partner"]
        customers = list(dict.fromkeys(entry.customer for entry in received))
        partners._service_create_customers(source, customers)
        language = source._language()
        sent = [entry for entry in received if self._service_has_address(entry)]
        found = partners._service_find_addresses(
            [self._service_address_values(entry, language) for entry in sent]
        )
        addresses = dict(zip(sent, found, strict=True))
        return {
            entry: addresses.get(entry, entry.customer.partner) for entry in received
        }

    @api.model
    def _service_has_address(self, entry):
        wanted = entry.clean["fulfilment"] == "delivery"
        return wanted and bool(contact.street_line(entry.part("address")))

    @api.model
    def _service_address_values(self, entry, language):
        address = entry.part("address")
        return {
            "parent_id": entry.customer.partner.id,
            "type": "delivery",
            "street": contact.street_line(address),
            "city": address.get("city", False),
            "zip": address.get("postal_code", False),
            "country_id": entry.store._service_country().id,
            "lang": language,
        }

    @api.model
    def _service_received_values(self, entry, address):
        """Values of ``sale.order`` for one received order, every key of them."""
        store = entry.store
        name, phone = entry.recipient(store._service_country().code or None)
        slot_end = entry.moment("slot", "end")
        return {
            "partner_id": entry.customer.partner.id,
            "partner_shipping_id": address.id,
            "warehouse_id": store.id,
            "pricelist_id": store.service_pricelist_id.id,
            "commitment_date": slot_end,
            "service_placed_at": entry.moment("placed_at") or fields.Datetime.now(),
            "service_fulfilment": entry.clean["fulfilment"],
            "service_recipient_name": name,
            "service_recipient_phone": phone,
            "service_slot_start": entry.moment("slot", "start"),
            "service_slot_end": slot_end,
            "service_on_key_missing": entry.clean.get("on_key_missing", False),
            "service_payment_method": entry.part("payment").get("method", False),
            "service_comment": entry.clean.get("comment", False),
            "service_customer_note": self._service_conflict_text(entry),
            "order_line": [
                Command.create(self._service_line_values(line)) for line in entry.lines
            ],
        }

    @api.model
    def _service_line_values(self, line):
        sent = line.clean
        values = {
            "product_id": line.product.id,
            "product_uom_qty": sent["quantity"],
            "price_unit": line.price,
            "technical_price_unit": 0.0,
            "service_seen_price": line.price,
            "service_ref": sent["ref"],
            "service_key": sent.get("key", False),
            "service_policy": sent.get("policy", False),
        }
        if line.substitutes:
            values["service_substitute_ids"] = [
                Command.create(
                    {
                        "rank": rank,
                        "product_id": product.id,
                        "max_price": other.get("max_price", 0.0),
                    }
                )
                for rank, (product, other) in enumerate(
                    zip(line.substitutes, sent["substitutes"], strict=True), start=1
                )
            ]
        return values

    @api.model
    def _service_conflict_text(self, entry):
        """Who else has the phone or the e-mail of the customer."""
        if not entry.conflicts:
            return False
        names = (
            f"{partner.display_name} (#{partner.id})" for partner in entry.conflicts
        )
        return self.env._(
            "Others have the same phone or e-mail, nothing was merged: %s",
            ", ".join(names),
        )

    @api.model
    def _service_link_lines(self, received):
        """Write which lines depend on which, in one statement."""
        pairs = []
        for entry in received:
            if not any("depends_on" in line.clean for line in entry.lines):
                continue
            lines = {line.service_ref: line.id for line in entry.order.order_line}
            for line in entry.lines:
                for ref in dict.fromkeys(line.clean.get("depends_on", ())):
                    pairs.append((lines[line.clean["ref"]], lines[ref]))
        if not pairs:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO sale_order_line_service_depends (line_id, depends_id)
                   VALUES %s ON CONFLICT DO NOTHING""",
                SQL(", ").join(SQL("%s", pair) for pair in pairs),
            )
        )
        self.env["sale.order.line"].invalidate_model(["service_depends_ids"])

    # -- rewriting --------------------------------------------------------------------

    def _service_is_rewritable(self):
        """Nobody works on the order yet, so the source may send other content."""
        self.ensure_one()
        return (
            (self.service_status or "new") == "new"
            and self.state in ("draft", "sent")
            and not self._service_is_taken()
        )

    def _service_rewrite_received(self, source, entry):
        """Rewrite the order from what was sent; another route or store starts anew.

        :param source: order.service.source
        :param entry: rules.intake.Received, looked up
        """
        self.ensure_one()
        addresses = self._service_prepare_partners(source, [entry])
        self._service_record_ages(source, [entry])
        values = self._service_received_values(entry, addresses[entry])
        values["order_line"].insert(0, Command.clear())
        store = self.warehouse_id
        with self._service_consent("site"):
            self.write(values)
        self._service_link_lines([entry])
        chosen = self.env["order.service.route"]._choose(self)
        route = chosen.get(self, self.service_route_id)
        if route != self.service_route_id or store != self.warehouse_id:
            self.write({"service_route_id": route.id})
            self._service_enter(
                route._first_stage(),
                fields.Datetime.now(),
                trigger="submit",
                actor="system",
            )
        self._service_refresh()
