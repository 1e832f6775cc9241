from odoo import api, models


class SaleOrderLine(models.Model):
    """Places of the slot follow the lines, whoever adds or removes them."""

    # one file a concern of the line
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """An order that grows takes another place of its slot, if one is free."""
        lines = super().create(vals_list)
        lines.order_id._service_fit_places()
        return lines

    def unlink(self):
        """An order that shrinks gives a place back."""
        orders = self.order_id
        result = super().unlink()
        orders._service_fit_places()
        return result
