from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What the screens of staff show beside the line's own fields."""

    _inherit = "sale.order.line"

    service_substitutes_text = fields.Char(
        string="Accepted instead", compute="_compute_service_substitutes_text"
    )

    @api.depends("service_substitute_ids.rank", "service_substitute_ids.product_id")
    def _compute_service_substitutes_text(self):
        for line in self:
            substitutes = line.service_substitute_ids.sorted("rank")
            names = substitutes.product_id.mapped("display_name")
            line.service_substitutes_text = ", ".join(names) or False

    def action_service_wishes(self):
        """Open what the customer wishes if the product is missing."""
        self.ensure_one()
        view = self.env.ref("order_service.sale_order_line_view_form_wishes")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("If the product is missing"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }
