from odoo import fields, models


class SaleOrder(models.Model):
    """Orders whose promised day changes are looked at by the notifications."""

    _inherit = "sale.order"

    def write(self, vals):
        """Note how the promised day stood; nothing is told from here."""
        if "commitment_date" in vals:
            self._mark_promised_day()
        return super().write(vals)

    def _mark_promised_day(self):
        """Leave a mark on confirmed orders with a promised day."""
        self.env["partner.notification.mark"]._leave(
            "delivery",
            [
                (
                    order.company_id.id,
                    order.id,
                    fields.Datetime.to_string(order.commitment_date),
                )
                for order in self
                if order.state == "sale" and order.commitment_date
            ],
        )
