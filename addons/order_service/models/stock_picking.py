from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Deliveries of orders on a route: validated by the route, silent to customers."""

    _inherit = "stock.picking"

    def _service_validate(self):
        """Hand out what was found; the rest is not delivered later.

        :raises UserError: nothing was picked, or core wants a decision by a person
        """
        self.ensure_one()
        if not any(self.move_ids.mapped("quantity")):
            raise UserError(
                self.env._(
                    "Nothing was picked for order %s: there is nothing to hand out.",
                    self.sale_id.name,
                )
            )
        answer = self.button_validate()
        if isinstance(answer, dict):
            raise UserError(
                self.env._(
                    "Delivery %(picking)s of order %(order)s needs a decision in the"
                    " warehouse first.",
                    picking=self.name,
                    order=self.sale_id.name,
                )
            )

    def _service_quantities_out(self):
        """Moves of this delivery with what is still with the customer.

        :return: dict stock.move -> quantity in the move's unit, above zero
        """
        self.ensure_one()
        quantities = {}
        for move in self.move_ids.filtered(lambda move: move.state == "done"):
            returned = sum(
                back.quantity
                for back in move.returned_move_ids
                if back.state == "done"
            )
            if move.product_uom.compare(move.quantity, returned) > 0:
                quantities[move] = move.quantity - returned
        return quantities

    def _service_return(self):
        """Bring everything that is out back into the store, and validate it."""
        self.ensure_one()
        quantities = self._service_quantities_out()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=self.id, active_model="stock.picking")
            .create({"picking_id": self.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = quantities.get(line.move_id, 0)
        returned = wizard._create_return()
        for move in returned.move_ids:
            move.quantity = move.product_uom_qty
        returned._service_validate()

    def _send_confirmation_email(self):
        """The customer of a routed order hears from its stages, not from stock."""
        routed = self.filtered(lambda picking: picking.sale_id.service_route_id)
        return super(StockPicking, self - routed)._send_confirmation_email()
