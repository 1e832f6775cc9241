from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderServiceSetSlot(models.TransientModel):
    """Sets an order's slot as the clock of its store shows it."""

    _name = "order.service.set.slot"
    _description = "Change the slot of an order"
    _inherit = "order.service.store.time"

    start = fields.Float(required=True, default=10)
    end = fields.Float(string="Until", required=True, default=12)
    note = fields.Char(string="Why", help="Told to the site with the new slot.")

    @api.model
    def default_get(self, fields_list):
        """The slot as it is now; today if there is none."""
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id"))
        values["day"] = fields.Date.context_today(self)
        if order.service_slot_start:
            values["day"], values["start"] = self._from_utc(
                order, order.service_slot_start
            )
            _day, values["end"] = self._from_utc(order, order.service_slot_end)
        return values

    def action_set(self):
        """Move the slot: delivery dates and deadlines counted from it follow."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if order.service_closed_at:
            raise UserError(
                self.env._("Order %s is closed: its slot stays.", order.service_number)
            )
        start, end = self._to_utc(self.start), self._to_utc(self.end)
        order._service_set_slot(start, end, self.note)
        return {"type": "ir.actions.act_window_close"}
