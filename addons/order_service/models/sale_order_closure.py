from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """No slot lies in a time for which its store is closed."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_closure_id = fields.Many2one(
        "order.service.store.closure",
        string="Closure",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The store's closure for which the order was moved or postponed.",
    )

    @api.constrains("service_slot_start", "service_slot_end", "warehouse_id")
    def _check_service_store_open(self):
        """A slot that is being set must not meet a closure; one that is there may."""
        set_now = self.filtered(
            lambda order: (
                order.service_fulfilment
                and order.service_slot_start
                and order.service_slot_end
                and not order.service_closed_at
            )
        )
        hit = (
            self.env["order.service.store.closure"]
            .sudo()
            ._find_hit(
                [
                    (
                        order.warehouse_id,
                        order.service_slot_start,
                        order.service_slot_end,
                    )
                    for order in set_now
                ]
            )
        )
        for order, closure in zip(set_now, hit, strict=True):
            if closure:
                raise ValidationError(
                    self.env._(
                        "“%(store)s” is closed from %(start)s to %(end)s: %(reason)s."
                        " Choose another time for order %(order)s.",
                        store=order.warehouse_id.name,
                        order=order.service_number,
                        **closure._told(),
                    )
                )
