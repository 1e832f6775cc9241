from odoo import models
from odoo.exceptions import UserError

from ..rules import age

OF_THE_STORE = ("archived", "not_in_assortment", "unpriced")


class SaleOrder(models.Model):
    """Which goods may be sent with an order beside what was ordered.

    One door for whoever proposes or names a substitute: the system, the picker, the
    operator on the phone and the site that asks for suggestions.
    """

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_offerable(self, products, own_prices=None):
        """Those of ``products`` that may be sent with this order, in their order.

        :param products: product.product records
        :param dict own_prices: as of the store's ``_service_own_prices``, if known
        """
        refused = self._service_not_offered(products, own_prices)
        return products.filtered(lambda product: product not in refused)

    def _service_not_offered(self, products, own_prices=None):
        """Why some of ``products`` may not be sent with this order.

        Stock is not asked: what is sold out today may be in the next crate.

        :param products: product.product records
        :param dict own_prices: as of the store's ``_service_own_prices``, if known
        :return: dict product -> ``archived``, ``not_in_assortment``, ``unpriced``,
            ``no_goods``, ``other_company``, ``pickup_only`` or ``age``
        """
        self.ensure_one()
        if not products:
            return {}
        refused = self.warehouse_id._service_list_refused(products, own_prices)
        for product in products:
            why = self._service_not_for_order(product)
            if why and product not in refused:
                refused[product] = why
        return refused

    def _service_not_for_order(self, product):
        """Why goods the store sells may not go with this order; None: they may."""
        template = product.product_tmpl_id
        if template.type != "consu":
            return "no_goods"
        if template.company_id and template.company_id != self.company_id:
            return "other_company"
        if template.service_pickup_only and self.service_fulfilment == "delivery":
            return "pickup_only"
        minimum = template.service_minimum_age
        if minimum and not age.is_allowed(minimum, self._service_confirmed_age()):
            return "age"
        return None

    def _service_confirmed_age(self):
        """The age the person of this order is confirmed to have, in years; 0: none."""
        return self._service_age_person()._service_confirmed_age()

    def _service_check_offered(self, product):
        """Refuse a product that may not be sent with this order.

        :raises UserError: naming the product and the way out
        """
        if why := self._service_not_offered(product).get(product):
            raise UserError(self._service_offer_refusal(product, why))

    def _service_offer_refusal(self, product, why):
        """The sentence for a product that may not be sent with this order.

        :param str why: as of ``_service_not_offered``
        """
        self.ensure_one()
        if why in OF_THE_STORE:
            return self.order_line._service_refusal(self.warehouse_id, product, why)
        values = {"product": product.display_name, "order": self.service_number}
        sentences = {
            "no_goods": self.env._(
                "“%(product)s” is nothing one can pack. Choose another product.",
                **values,
            ),
            "other_company": self.env._(
                "“%(product)s” is sold by another company. Choose another product.",
                **values,
            ),
            "pickup_only": self.env._(
                "“%(product)s” is handed out in the store only, and order %(order)s is"
                " delivered. Choose another product.",
                **values,
            ),
            "age": self.env._(
                "“%(product)s” is sold from the age of %(age)s: confirm the customer's"
                " age on order %(order)s first, or choose another product.",
                age=product.service_minimum_age,
                **values,
            ),
        }
        return sentences[why]
