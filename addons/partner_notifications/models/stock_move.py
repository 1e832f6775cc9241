from odoo import models


class StockMove(models.Model):
    """Deliveries whose planned day changes are looked at by the notifications."""

    _inherit = "stock.move"

    def write(self, vals):
        """Note how the orders' delivery stood; a transfer's day is its moves' day."""
        if "date" in vals:
            deliveries = self.sudo().picking_id.filtered(
                lambda picking: picking.picking_type_code == "outgoing"
            )
            deliveries.sale_id._mark_delivery_day()
        return super().write(vals)
