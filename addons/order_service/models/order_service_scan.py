from datetime import timedelta

from odoo import api, fields, models

KEPT_DAYS = 30
REMOVED_AT_ONCE = 20_000


class OrderServiceScan(models.Model):
    """A barcode read by a scanner: the one with the same token counts once.

    Scanners and bad networks send twice; the browser names each scan, and the row of
    the first one answers the second.
    """

    _name = "order.service.scan"
    _description = "Scan of an assembly"
    _order = "id desc"
    _rec_name = "token"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    token = fields.Char(required=True)
    barcode = fields.Char(required=True)
    line_id = fields.Many2one(
        "sale.order.line", required=True, ondelete="cascade", index=True
    )

    _token_unique = models.UniqueIndex(
        "(order_id, token)", "This scan was counted already."
    )

    @api.autovacuum
    def _gc_scans(self):
        """Forget old scans: no scanner repeats them any more."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search([("create_date", "<", before)], limit=REMOVED_AT_ONCE)
        old.unlink()
        return len(old), len(old) == REMOVED_AT_ONCE
