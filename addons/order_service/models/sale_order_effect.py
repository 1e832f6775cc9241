from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Effects: what entering a stage does in sales, stock and accounting.

    Each is idempotent, uses Odoo's own methods only, and raises a sentence when it
    cannot be done; then the order does not move.
    """

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_run_effect(self, stage):
        """Run the effect of ``stage``, as the engine, for one order."""
        self.ensure_one()
        if not stage.effect:
            return
        order = self.with_company(self.company_id).with_context(
            **self._service_effect_context()
        )
        getattr(order, f"_service_effect_{stage.effect}")()

    def _service_effect_context(self):
        """Core asks no wizard's question and sends no message of its own."""
        return {
            "service_engine": True,
            "skip_sms": True,
            "skip_backorder": True,
            "picking_ids_not_to_backorder": self.picking_ids.ids,
            "mail_notify_force_send": False,
        }

    def _service_is_engine(self):
        """Inside an effect. The context alone proves nothing: RPC callers set it."""
        return self.env.su and bool(self.env.context.get("service_engine"))

    def _service_effect_confirm(self):
        if self.state in ("draft", "sent"):
            self.action_confirm()

    def _service_effect_deliver(self):
        pickings = self._service_open_pickings()
        if not pickings:
            self._service_check_delivered()
            return
        self._service_check_document()
        pickings._service_hand_out()

    def _service_check_delivered(self):
        goods = self.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0
        )
        if goods and not any(goods.mapped("qty_delivered")):
            raise UserError(
                self.env._(
                    "Order %s has no goods to deliver: confirm it first.",
                    self.service_number,
                )
            )

    def _service_open_pickings(self):
        """Deliveries to the customer that are neither done nor cancelled."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.picking_type_code == "outgoing"
            )
        )

    def _service_effect_take_back(self):
        for picking in self._service_unreturned_pickings():
            picking._service_return()

    def _service_unreturned_pickings(self):
        """Done deliveries with goods that have not come back."""
        done = self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done" and picking.picking_type_code == "outgoing"
            )
        )
        return done.filtered(lambda picking: picking._service_quantities_out())

    def _service_effect_invoice(self):
        if self.invoice_status != "to invoice":
            return
        invoices = self._create_invoices(final=True)
        invoices.action_post()

    def _service_effect_cancel(self):
        if self._service_unreturned_pickings():
            raise UserError(
                self.env._(
                    "Goods of order %s have left the store: take them back first.",
                    self.service_number,
                )
            )
        if self.state != "cancel":
            self._action_cancel()

    def _list_by_hand(self):
        """What effects would have done that has not been done: a manager moved it."""
        self.ensure_one()
        stage = self.service_stage_id
        if not stage or "manager" not in self.service_log_ids.mapped("trigger"):
            return []
        uncancelled = stage.outcome == "lost" and self.state != "cancel"
        checks = [
            (
                stage.status in ("registered", "packed", "in_delivery", "delivered")
                and self.state in ("draft", "sent"),
                self.env._("Confirm the order."),
            ),
            (
                stage.outcome == "won" and bool(self._service_open_pickings()),
                self.env._("Validate the delivery."),
            ),
            (
                stage.status == "cancelled"
                and bool(self._service_unreturned_pickings()),
                self.env._("Take the goods back."),
            ),
            (
                uncancelled,
                self.env._("Cancel the order, so that nothing stays reserved."),
            ),
        ]
        return [sentence for wanted, sentence in checks if wanted]
