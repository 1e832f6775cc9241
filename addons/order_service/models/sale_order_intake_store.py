from datetime import timedelta

from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the store of a received order sells, and when it is open."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _service_resolve_goods_on_sale(self, received):
        """Refuse lines and substitutes that the store does not carry or price.

        :param received: list of rules.intake.Received with stores and goods
        """
        stores = self.env["stock.warehouse"].union(*(entry.store for entry in received))
        products = self.env["product.product"].union(
            *(product for entry in received for _place, product in entry.goods())
        )
        carried = self.env["order.service.assortment"]._carried(stores, products)
        for entry in received:
            for place, product in entry.goods():
                if product.id not in carried[entry.store]:
                    self._service_refuse_goods(
                        entry, place, product, "not_in_assortment"
                    )
                elif entry.prices[product.id] <= 0:
                    self._service_refuse_goods(entry, place, product, "unpriced")

    @api.model
    def _service_refuse_goods(self, entry, place, product, why):
        code = "bad_price" if why == "unpriced" else why
        sku, store = product.default_code, entry.clean["store"]
        entry.refuse(code, place, why, sku=sku, store=store)

    @api.model
    def _service_resolve_times(self, received):
        """Refuse orders for a time at which their store is closed.

        An order to pick up without a slot may be fetched from now on.

        :param received: list of rules.intake.Received with stores
        """
        now = fields.Datetime.now()
        times = {}
        for entry in received:
            if start := entry.moment("slot", "start"):
                times[entry] = (start, entry.moment("slot", "end"))
            elif entry.clean["fulfilment"] == "pickup":
                times[entry] = (now, now + timedelta(seconds=1))
        closures = self.env["order.service.store.closure"]._find_hit(
            [(entry.store, *time) for entry, time in times.items()]
        )
        for entry, closure in zip(times, closures, strict=True):
            if closure:
                field = "slot" if entry.part("slot") else "store"
                values = closure._told()
                entry.refuse(
                    "store_closed",
                    field,
                    "closed",
                    store=entry.clean["store"],
                    **values,
                )
