from odoo import api, fields, models


class OrderServiceSetCourier(models.TransientModel):
    """Names the courier of an order, before and after it was handed over."""

    _name = "order.service.set.courier"
    _description = "Change the courier of an order"

    order_id = fields.Many2one("sale.order", required=True)
    courier_ids = fields.Many2many(
        "res.users", string="Couriers of the store", compute="_compute_courier_ids"
    )
    courier_id = fields.Many2one("res.users", required=True)

    @api.depends("order_id")
    def _compute_courier_ids(self):
        for dialog in self:
            order = dialog.order_id.sudo()
            dialog.courier_ids = order and order._service_couriers()

    @api.model
    def default_get(self, fields_list):
        """The courier as it is now."""
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id"))
        values.setdefault("courier_id", order.service_courier_id.id)
        return values

    def action_set(self):
        """Give the order and its open delivery to the courier.

        :raises AccessError: neither an administrator of the store nor a manager
        :raises UserError: not a courier of the store, or the order is closed
        """
        self.ensure_one()
        self.order_id._service_check_courier_change()
        order = self.order_id.sudo()
        order._service_hold()
        order._service_set_courier(self.courier_id)
        return {"type": "ir.actions.act_window_close"}
