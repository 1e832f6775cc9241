from odoo import models


class StockMove(models.Model):
    """Goods of orders on a route: reserved, and come back."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Note an event for each order whose goods are all reserved now."""
        result = super()._action_assign(force_qty=force_qty)
        self.picking_id.sale_id.sudo()._service_note_reserved()
        return result

    def _action_done(self, cancel_backorder=False):
        """The site an order came from hears of its goods that came back."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        back = done.sudo().filtered(lambda move: move._service_is_back())
        for order, moves in back.grouped(
            lambda move: move.sale_line_id.order_id
        ).items():
            order._service_feed("return", moves._service_return_told())
        return done

    def _service_is_back(self):
        """Whether the move brought goods of a customer's order back into a store."""
        self.ensure_one()
        return (
            self.state == "done"
            and bool(self.origin_returned_move_id)
            and self._is_incoming()
            and bool(self.sale_line_id.order_id.service_source_id)
        )

    def _service_return_told(self):
        """The returned goods of one order as the feed tells them.

        :return: {"lines": [{"ref", "sku", "quantity"}], "amount"}, see the public API;
            the amount is what the customer had to pay for them, tax included
        """
        amount = sum(move._service_return_amount() for move in self)
        return {
            "lines": [move._service_return_line() for move in self],
            "amount": self.sale_line_id.currency_id.round(amount),
        }

    def _service_return_line(self):
        line = self.sale_line_id
        wanted = line.service_replaces_line_id or line
        told = {
            "ref": wanted.service_ref,
            "sku": self.product_id.default_code,
            "quantity": self._service_return_quantity(),
        }
        return {key: value for key, value in told.items() if value is not False}

    def _service_return_quantity(self):
        """What came back, in the unit of the order's line."""
        return self.product_uom._compute_quantity(
            self.quantity, self.sale_line_id.product_uom_id
        )

    def _service_return_amount(self):
        """The share of the line's total that came back; 0 if it is not given back."""
        line = self.sale_line_id
        if not self.to_refund or line.product_uom_id.is_zero(line.product_uom_qty):
            return 0.0
        share = self._service_return_quantity() / line.product_uom_qty
        return line.price_total * share
