from odoo import api, models
from odoo.exceptions import ValidationError


class SaleOrderLine(models.Model):
    """A line gets only goods that its store sells; what it has it keeps."""

    # one file a concern of the line
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.constrains("product_id")
    def _check_service_goods(self):
        """A routed order takes no goods that its store does not sell.

        It holds for goods as they are put on a line: those that leave the assortment
        or are archived later leave the order alive. Delivery is no goods.
        """
        added = self._service_routed().filtered(
            lambda line: line.product_id.type == "consu"
        )
        for store, lines in added.grouped(
            lambda line: line.order_id.warehouse_id
        ).items():
            refused = store._service_list_refused(lines.product_id)
            for product, why in refused.items():
                raise ValidationError(self._service_refusal(store, product, why))

    def _service_asked_price(self):
        """What is asked for one unit; a negative discount is a raise."""
        self.ensure_one()
        return self.price_unit * (1 - min(self.discount, 0) / 100)

    def _service_raise_seen_prices(self):
        """The customer agreed: a line's limit becomes its price.

        :return: the lines whose limit rose
        """
        raised = self.filtered(
            lambda line: (
                line.service_seen_price
                and line.currency_id.compare_amounts(
                    line._service_asked_price(), line.service_seen_price
                )
                > 0
            )
        )
        for line in raised:
            line.service_seen_price = line._service_asked_price()
        return raised

    @api.model
    def _service_refusal(self, store, product, why):
        """The sentence for a product that a store does not sell."""
        values = {"product": product.display_name, "store": store.name}
        sentences = {
            "archived": self.env._(
                "“%(product)s” is no longer sold. Choose another product.", **values
            ),
            "not_in_assortment": self.env._(
                "“%(product)s” is not in the assortment of “%(store)s”. Choose another"
                " product, or have a manager add it to the assortment.",
                **values,
            ),
            "unpriced": self.env._(
                "“%(product)s” has no price in “%(store)s”. Choose another product, or"
                " have a manager set its price in the store's price list.",
                **values,
            ),
        }
        return sentences[why]
