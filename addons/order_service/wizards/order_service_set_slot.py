from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderServiceSetSlot(models.TransientModel):
    """Sets an order's slot: one of its store's, or any time by the store's clock."""

    _name = "order.service.set.slot"
    _description = "Change the slot of an order"
    _inherit = "order.service.store.time"

    has_plan = fields.Boolean(compute="_compute_slot_ids")
    slot_ids = fields.Many2many(
        "order.service.slot", string="Free slots", compute="_compute_slot_ids"
    )
    slot_id = fields.Many2one("order.service.slot", domain="[('id', 'in', slot_ids)]")
    start = fields.Float(required=True, default=10)
    end = fields.Float(string="Until", required=True, default=12)
    note = fields.Char(string="Why", help="Told to the site with the new slot.")

    @api.depends("order_id")
    def _compute_slot_ids(self):
        for wizard in self:
            order = wizard.order_id.sudo()
            wizard.has_plan = bool(order) and order._service_has_plan()
            wizard.slot_ids = (
                self.env["order.service.slot"]._choices(order)
                if wizard.has_plan
                else False
            )

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
        """Move the slot: delivery dates and deadlines counted from it follow.

        :raises UserError: the order is closed, no slot is chosen, or it is taken
            meanwhile
        """
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if order.service_closed_at:
            raise UserError(
                self.env._("Order %s is closed: its slot stays.", order.service_number)
            )
        order._service_set_slot(*self._moments(), self.note)
        return {"type": "ir.actions.act_window_close"}

    def _moments(self):
        """(start, end) that were chosen, naive UTC datetimes."""
        if not self.has_plan:
            return self._to_utc(self.start), self._to_utc(self.end)
        if not self.slot_id:
            raise UserError(
                self.env._("Choose a slot for order %s.", self.order_id.service_number)
            )
        return self.slot_id.start, self.slot_id.end
