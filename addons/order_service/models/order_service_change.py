from odoo import api, fields, models


class OrderServiceChange(models.Model):
    """One row of the feed that outside systems read, stamped when it is read.

    ``position`` stays empty until a reader stamps it: ids are handed out before
    commit, so a feed over ids would lose rows of slow transactions.
    """

    _name = "order.service.change"
    _description = "Order change for the feed"
    _order = "position, id"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    source_id = fields.Many2one("order.service.source", index="btree_not_null")
    seq = fields.Integer(required=True)
    kind = fields.Selection(
        [
            ("stage", "Stage"),
            ("payment", "Payment"),
            ("slot", "Slot"),
            ("line", "Line"),
            ("deferral", "Deferral"),
            ("return", "Return"),
        ],
        required=True,
    )
    data = fields.Json(help="What this kind of change tells.")
    snapshot = fields.Json(
        help="Status, stage, payment, total and reason as they were."
    )
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    position = fields.Integer(readonly=True)
    told = fields.Boolean(string="Read", compute="_compute_told")

    _unstamped_idx = models.Index("(id) WHERE position IS NULL")
    _position_unique = models.UniqueIndex("(position)")
    _at_idx = models.Index("(at)")

    @api.depends("position")
    def _compute_told(self):
        for change in self:
            change.told = bool(change.position)
