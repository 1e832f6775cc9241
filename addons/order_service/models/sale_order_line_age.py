from odoo import api, fields, models

from ..rules import assembly


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
    service_off_user_id = fields.Many2one(
        "res.users", string="Taken off by", copy=False, readonly=True
    )
    service_off_at = fields.Datetime(string="Taken off at", copy=False, readonly=True)

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
        self.write(self._service_off_values(reason))
        told = self.union(self.service_replaces_line_id) - self.filtered(
            "service_replaces_line_id"
        )
        told._service_forget_replacement()
        for order in self.order_id:
            order._service_void_consents()
            order._service_feed_lines(told & order.order_line)
            order._service_note_taken_off(self & order.order_line, reason)

    def _service_off_values(self, reason):
        """Nothing is left of the line; why, who and when is kept for the reports."""
        return {
            "product_uom_qty": 0.0,
            "service_found_qty": 0.0,
            "service_outcome": assembly.MISSING,
            "service_off_reason_id": reason.id,
            "service_off_user_id": self.env.uid,
            "service_off_at": fields.Datetime.now(),
        }

    def _service_forget_replacement(self):
        """Lines are replaced by what is left in the bags, else what they are alone."""
        self.service_answer_until = False
        for line in self:
            if line._service_sent_instead():
                line.service_outcome = assembly.REPLACED
            else:
                line.order_id._service_choose(line, line.service_chosen_id.browse(), 0)
