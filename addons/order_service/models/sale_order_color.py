from odoo import api, fields, models

from .order_service_color_rule import COLORS, PALETTE


class SaleOrder(models.Model):
    """The colour of an order in lists, cards and the calendar."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_color = fields.Selection(
        COLORS,
        string="Colour",
        compute="_compute_service_color",
        compute_sudo=True,
        help="Of the first rule that fits, see Configuration / Colours.",
    )
    service_color_index = fields.Integer(
        string="Colour in the calendar",
        compute="_compute_service_color",
        compute_sudo=True,
    )

    @api.depends(
        "service_status",
        "service_deadline",
        "service_closed_at",
        "service_deferral_id",
        "service_slot_start",
        "warehouse_id",
    )
    def _compute_service_color(self):
        colors = self.env["order.service.color.rule"]._colors_of(self._origin)
        for order in self:
            order.service_color = colors.get(order._origin)
            order.service_color_index = PALETTE.get(order.service_color, 0)
