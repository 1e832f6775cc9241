from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Deliveries of orders on a route: validated by the route, silent to customers."""

    _inherit = "stock.picking"

    def _service_hand_out(self):
        """Validate what was found in these deliveries; the rest is not owed.

        :raises UserError: nothing was picked at all, or core wants a decision
        """
        found = self.filtered(lambda picking: picking._service_has_found())
        if not found:
            raise UserError(
                self.env._(
                    "Nothing was picked for order %s: there is nothing to hand out.",
                    self.sale_id.name,
                )
            )
        found._service_validate()
        (self - found).action_cancel()

    def _service_has_found(self):
        """Whether there is something to hand out: what was ticked, if anything was."""
        moves = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        ticked = moves.filtered("picked") or moves
        return any(ticked.mapped("quantity"))

    def _service_validate(self):
        """Validate transfers of one order without a wizard, all at once.

        One after the other core would cancel the second as backorder of the first.

        :raises UserError: core wants a decision by a person
        """
        answer = self.button_validate()
        if isinstance(answer, dict):
            raise UserError(
                self.env._(
                    "Delivery %(picking)s of order %(order)s needs a decision in the"
                    " warehouse first.",
                    picking=", ".join(self.mapped("name")),
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
                back.quantity for back in move.returned_move_ids if back.state == "done"
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

    def button_validate(self):
        """Core's question about SMS to the customer is not for orders on a route."""
        if self and self == self._service_routed():
            self = self.with_context(skip_sms=True)
        return super().button_validate()

    def _service_routed(self):
        """The deliveries of orders on a route."""
        return self.filtered(lambda picking: picking.sale_id.service_route_id)

    def _send_confirmation_email(self):
        """The customer of a routed order hears from its stages, not from stock.

        The hook does more than its name says (it books the carrier), so it runs for
        every delivery; only SMS and mail are left out, the mail below.
        """
        routed = self._service_routed()
        silent = routed.with_context(skip_sms=True)
        super(StockPicking, silent)._send_confirmation_email()
        return super(StockPicking, self - routed)._send_confirmation_email()

    def message_post_with_source(self, source_ref, **kwargs):
        """Leave out core's mail to the customer of a routed order's delivery, and its
        notes on every quantity the assembly changes."""
        template = self.company_id.stock_mail_confirmation_template_id
        is_core = not isinstance(source_ref, str) and source_ref == template
        if is_core and self == self._service_routed():
            return self.env["mail.message"]
        engine = self.sale_id[:1]._service_is_engine()
        if engine and source_ref == "stock.track_move_template":
            return self.env["mail.message"]  # the assembly tells on the order
        return super().message_post_with_source(source_ref, **kwargs)
