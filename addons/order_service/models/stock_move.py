from odoo import models


class StockMove(models.Model):
    """Goods that become reserved may be what an order on a route waits for."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Note an event for each order whose goods are all reserved now."""
        result = super()._action_assign(force_qty=force_qty)
        self.picking_id.sale_id.sudo()._service_note_reserved()
        return result
