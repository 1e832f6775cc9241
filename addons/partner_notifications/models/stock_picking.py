from odoo import models


class StockPicking(models.Model):
    """Deliveries put off by hand are looked at by the notifications."""

    _inherit = "stock.picking"

    def write(self, vals):
        """Note how the orders' delivery stood before its moves follow the new day."""
        if "scheduled_date" in vals:
            deliveries = self.sudo().filtered(
                lambda picking: picking.picking_type_code == "outgoing"
            )
            deliveries.sale_id._mark_delivery_day()
        return super().write(vals)
