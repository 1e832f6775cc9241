from odoo import api, fields, models


class SaleOrder(models.Model):
    """How much of the order is paid, by whatever way the money came."""

    _inherit = "sale.order"

    payment_status = fields.Selection(
        [
            ("unpaid", "Unpaid"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("overpaid", "Overpaid"),
        ],
        compute="_compute_payment_status",
        store=True,
        copy=False,
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
                transaction.state == "done"
                and not transaction.payment_id.is_reconciled
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
