from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Another product than the proposed one, named by the customer on the phone."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_name_substitute(self, line, product, quantity=None, agreed_price=0.0):
        """Send what the customer named in a call instead of what is missing.

        The customer pays the lower of the store's price and what the wanted goods
        cost; more only up to a price agreed to in the call, kept as a consent.

        :param line: the line of this order the customer is asked about
        :param product: product.product
        :param float quantity: in the product's unit; None: what is missing
        :param float agreed_price: per unit, tax included; 0: nothing on top
        :raises UserError: nobody is asking, the goods are packed already, or the
            product cannot be sent with this order
        """
        self.ensure_one()
        order, line, product = self.sudo(), line.sudo(), product.sudo()
        order._service_hold()
        line.invalidate_recordset()
        order._service_check_awaited(line)
        order._service_check_packing()
        order._service_check_named(line, product)
        if quantity is None:
            quantity = line._service_missing_qty(product)
        order._service_check_chosen_quantity(line, product, quantity)
        price = order._service_agree(line, product, quantity, agreed_price)
        order._service_choose(line, product, quantity, price)
        line.write({"service_answer": "accept", "service_answer_until": False})
        order._service_close_calls()
        order._service_refresh()

    def _service_is_packing(self):
        """Whether somebody still puts goods into the bags of this order."""
        self.ensure_one()
        return any(task.assembles for task in self._service_open_tasks())

    def _service_check_packing(self):
        if not self._service_is_packing():
            raise UserError(
                self.env._(
                    "Order %s is packed already: nobody would put other goods into its"
                    " bags. Have the store assemble it again, and ask then.",
                    self.service_number,
                )
            )

    def _service_check_named(self, line, product):
        if product == line.product_id:
            raise UserError(
                self.env._(
                    "“%s” is what is missing: name another product.",
                    product.display_name,
                )
            )
        self._service_check_offered(product)

    def _service_agree(self, line, product, quantity, price):
        """Note what the customer agreed to pay above the lower price.

        :return: the agreed price per unit, 0 if it is not above what is paid anyway
        """
        store_price = self._service_list_prices(product)[product.id]
        least = self._service_substitute_price(line, product, quantity, store_price)
        agreed = min(price, store_price)
        if self.currency_id.compare_amounts(agreed, least) <= 0:
            return 0.0
        agreed_sum = self._service_sum_of(product, quantity, agreed)
        more = agreed_sum - self._service_sum_of(product, quantity, least)
        self._service_note_consent(line, product, more)
        return agreed

    def _service_sum_of(self, product, quantity, price):
        """What a line with these goods adds to the total, in the order's currency."""
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        sums = self.fiscal_position_id.map_tax(taxes).compute_all(
            price, self.currency_id, quantity, product, self.partner_id
        )
        return sums["total_included"]

    def _service_note_consent(self, line, product, more):
        """The customer agreed in a call that the order may cost so much more.

        :param line: the line for which the dearer ``product`` is sent
        :param float more: in the order's currency, tax included
        """
        agreed = self.service_agreed_total + more
        self.env["order.service.consent"].create(
            {
                "order_id": self.id,
                "how": "phone",
                "line_id": line.id,
                "product_id": product.id,
                "note": self.env._(
                    "%(product)s instead of %(wanted)s",
                    product=product.display_name,
                    wanted=line.product_id.display_name,
                ),
                "old_total": self.service_agreed_total,
                "new_total": agreed,
            }
        )
        self.service_agreed_total = agreed
