from odoo import api, fields, models
from odoo.exceptions import UserError

from .closing_note import closing_note

SHOWN_ORDERS = 10


class SaleMassCancelOrders(models.TransientModel):
    """Core's cancelling of several orders, with a reason for those on a route (S14)."""

    _inherit = "sale.mass.cancel.orders"

    service_routed_count = fields.Integer(compute="_compute_service_routed_count")
    service_orders_text = fields.Text(
        string="Orders to cancel", compute="_compute_service_orders_text"
    )
    service_reason_id = fields.Many2one(
        "order.service.reason", string="Reason", domain=[("for_staff", "=", True)]
    )
    service_note_required = fields.Boolean(related="service_reason_id.note_required")
    service_note = fields.Char(string="Remark")

    @api.depends("sale_order_ids.service_route_id")
    def _compute_service_routed_count(self):
        for wizard in self:
            wizard.service_routed_count = len(
                wizard.sale_order_ids.filtered("service_route_id")
            )

    @api.depends("sale_order_ids")
    def _compute_service_orders_text(self):
        """Both numbers and the recipient of each order, the first ones of many."""
        for wizard in self:
            orders = wizard.sale_order_ids
            lines = [wizard._service_line(order) for order in orders[:SHOWN_ORDERS]]
            if rest := len(orders[SHOWN_ORDERS:]):
                lines.append(self.env._("and %s more", rest))
            wizard.service_orders_text = "\n".join(lines)

    def _service_line(self, order):
        recipient = order.service_recipient_name or order.partner_id.name
        return f"{order.display_name}, {recipient}"

    def action_mass_cancel(self):
        """Cancel the orders; those on a route go their refusal way.

        :return: a note about orders that a colleague cancelled meanwhile, if any
        :raises UserError: no reason was chosen though an order is on a route
        """
        self.ensure_one()
        if self.service_routed_count and not self.service_reason_id:
            raise UserError(
                self.env._(
                    "Choose the reason: it is kept on every order that is on a route."
                )
            )
        routed = self.with_context(
            service_reason_id=self.service_reason_id.id,
            service_reason_note=self.service_note,
        )
        told = routed._leave_out_refused()
        result = super(SaleMassCancelOrders, routed).action_mass_cancel()
        return closing_note("\n".join(told)) if told else result

    def _leave_out_refused(self):
        """Take off what was cancelled while the dialog stood open.

        :return: a sentence about each of these orders
        """
        sentences = {
            order: order._service_refused_sentence() for order in self.sale_order_ids
        }
        self.sale_order_ids = self.sale_order_ids.filtered(
            lambda order: not sentences[order]
        )
        return list(filter(None, sentences.values()))
