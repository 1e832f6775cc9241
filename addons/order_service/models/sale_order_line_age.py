from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Lines with goods that not everybody may have."""

    # one file a concern of the line
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    service_off_reason_id = fields.Many2one(
        "order.service.reason",
        string="Taken off because",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.constrains("product_id", "product_uom_qty")
    def _check_service_age(self):
        """Goods sold from an age on meet a person of that age, by whatever door."""
        limited = self.filtered(
            lambda line: (
                line.product_uom_qty
                and (
                    line.product_id.service_minimum_age
                    or line.product_id.service_pickup_only
                )
            )
        )
        orders = limited.order_id.filtered(lambda order: order.state != "cancel")
        orders._check_service_age()
        orders._service_check_pickup_only()

    def _service_take_off(self, reason):
        """Take lines off at the hand-over: not delivered, not paid for.

        What was picked is put back first: core ships a picked quantity even when the
        line asks for none.

        :param reason: order.service.reason of the party technical
        """
        moves = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves.write({"quantity": 0, "picked": False})
        self.write({"product_uom_qty": 0, "service_off_reason_id": reason.id})
        for line in self:
            line.order_id._service_feed("line", line._service_off_data())
        self.order_id._service_note_taken_off(self, reason)

    def _service_off_data(self):
        """What the feed tells of a line that was taken off."""
        return {
            "ref": self.service_ref or "",
            "sku": self.product_id.default_code or "",
            "quantity": 0.0,
            "price": self.price_unit,
            "total": 0.0,
            "outcome": "missing",
        }
