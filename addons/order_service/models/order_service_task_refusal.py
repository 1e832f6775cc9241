from odoo import api, fields, models
from odoo.tools import format_amount


class OrderServiceTask(models.Model):
    """What the person who takes a refused order apart has to know."""

    _inherit = "order.service.task"

    refused = fields.Boolean(
        compute="_compute_refused",
        help="The task belongs to a stage of refusal: goods go back to the shelves.",
    )
    refusal_text = fields.Char(
        related="order_id.service_refusal_text", string="Why it was refused"
    )
    put_back_text = fields.Text(
        string="To put back",
        compute="_compute_put_back_text",
        compute_sudo=True,
        help="What is in the bags, a product a line, by its place in the store.",
    )
    refund_text = fields.Char(
        string="To give back", compute="_compute_refund_text", compute_sudo=True
    )

    @api.depends("template_id")
    def _compute_refused(self):
        for task in self:
            task.refused = task.sudo().stage_id.status == "cancelled"

    @api.depends("refused", "state", "order_line.service_outcome")
    @api.depends_context("lang")
    def _compute_put_back_text(self):
        for task in self:
            running = task.refused and task.state == "open"
            bags = task.order_id._service_in_bags() if running else []
            text = task.order_line._service_quantity_text
            task.put_back_text = "\n".join(
                f"{place or '–'}: {product.display_name},"
                f" {text(quantity)} {unit._service_short_name()}"
                for place, product, quantity, unit in bags
            )

    @api.depends("refused", "payment_status")
    @api.depends_context("lang")
    def _compute_refund_text(self):
        """Who refuses a paid order owes its customer the money."""
        for task in self:
            order = task.order_id
            paid = order._service_paid_amount() if task.refused else 0.0
            task.refund_text = paid > 0 and self.env._(
                "%s was paid and goes back to the customer.",
                format_amount(self.env, paid, order.currency_id),
            )
