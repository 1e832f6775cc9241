from odoo import api, fields, models


class SaleOrder(models.Model):
    """How much of the order is paid, by whatever way the money came."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    payment_status = fields.Selection(
        [
            ("unpaid", "Unpaid"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("overpaid", "Overpaid"),
        ],
        string="Payment",
        compute="_compute_payment_status",
        store=True,
        copy=False,
    )
    service_told_payment = fields.Char(
        default="unpaid", copy=False, help="The payment status last told by the feed."
    )

    @api.depends(
        "amount_total",
        "transaction_ids.state",
        "transaction_ids.amount",
        "transaction_ids.payment_id",
        "invoice_ids.amount_residual_signed",
        "invoice_ids.amount_total_signed",
        "invoice_ids.state",
    )
    def _compute_payment_status(self):
        for order in self:
            order.payment_status = order._service_payment_state(
                order._service_paid_amount()
            )

    def _service_paid_amount(self):
        """Money received for the order, in its currency.

        Payments matched with its invoices, and done transactions whose payment is
        not matched with one (else it would count twice).
        """
        self.ensure_one()
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted")
        on_invoices = sum(
            move.amount_total_signed - move.amount_residual_signed for move in invoices
        )
        done = self.transaction_ids.filtered(
            lambda transaction: (
                transaction.state == "done" and not transaction.payment_id.is_reconciled
            )
        )
        return on_invoices + sum(done.mapped("amount"))

    def _service_payment_state(self, paid):
        currency = self.currency_id or self.company_id.currency_id
        if currency.compare_amounts(paid, 0) <= 0:
            return "unpaid"
        return {-1: "partial", 0: "paid", 1: "overpaid"}[
            currency.compare_amounts(paid, self.amount_total)
        ]

    # -- what follows from a payment --------------------------------------------------

    def _compute_field_value(self, field):
        """A payment status that was computed anew is looked at before the commit.

        The value goes from the compute straight to the database: ``write`` never sees
        it, and core hangs its own consequences of a compute here as well.
        """
        result = super()._compute_field_value(field)
        if field.name == "payment_status":
            self._service_note_payment()
        return result

    def _service_note_payment(self):
        """Look at these orders before the commit."""
        data = self.env.cr.precommit.data
        if "order_service.paid" not in data:
            data["order_service.paid"] = set()
            self.env.cr.precommit.add(self.browse().sudo()._service_tell_payments)
        data["order_service.paid"].update(self._origin.ids)

    @api.model
    def _service_tell_payments(self):
        """Feed rows and events for the orders whose payment status changed."""
        noted = self.env.cr.precommit.data.pop("order_service.paid", set())
        orders = self.browse(noted).exists().filtered("service_route_id")
        changed = orders.filtered(
            lambda order: order.payment_status != order.service_told_payment
        )
        for order in changed:
            order.service_told_payment = order.payment_status
            order._service_feed("payment", order._service_payment_data())
        changed._service_note_paid()
        changed._service_refresh()

    def _service_payment_data(self):
        paid = self.currency_id.round(self._service_paid_amount())
        total = self.currency_id.round(self.amount_total)
        return {
            "paid": paid,
            "total": total,
            "due": self.currency_id.round(total - paid),
        }
