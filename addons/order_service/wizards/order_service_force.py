from odoo import fields, models
from odoo.exceptions import AccessError


class OrderServiceForce(models.TransientModel):
    """The manager's move of an order to any stage of its route, with words."""

    _name = "order.service.force"
    _description = "Move an order to another stage"

    order_id = fields.Many2one("sale.order", required=True)
    route_id = fields.Many2one(related="order_id.service_route_id")
    current_stage_id = fields.Many2one(related="order_id.service_stage_id")
    stage_id = fields.Many2one(
        "order.service.stage",
        string="To the stage",
        domain="[('route_id', '=', route_id), ('id', '!=', current_stage_id)]",
        required=True,
    )
    note = fields.Char(string="Why", required=True, help="Kept in the stage log.")

    def action_move(self):
        """Move the order; nothing is done or undone in sales, stock or accounting.

        :raises AccessError: the person is no manager
        """
        self.ensure_one()
        if not self.env.user.has_group("order_service.group_manager"):
            raise AccessError(self.env._("Only a manager moves an order by hand."))
        self.order_id.check_access("write")
        self.order_id._service_force(self.stage_id, self.note)
        return {"type": "ir.actions.act_window_close"}
