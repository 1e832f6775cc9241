from odoo import models


class SaleOrder(models.Model):
    """The lines of an order as its customer reads them."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _get_order_lines_to_report(self):
        """Without substitutes of which nothing came: their line says that they did not.

        What was kept back at the hand-over had been on its way, and stays.
        """
        lines = super()._get_order_lines_to_report()
        return lines.filtered(
            lambda line: (
                line.product_uom_qty
                or line.service_off_reason_id
                or not line.service_replaces_line_id
            )
        )


class SaleOrderLine(models.Model):
    """Why a line did not come, in words for the customer."""

    # one file a concern of the line
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _service_is_gone(self):
        """Whether nothing of the line comes to the customer of an order on a route."""
        self.ensure_one()
        goods = self.order_id.service_route_id and not self.display_type
        return bool(goods) and self.product_uom_id.is_zero(self.product_uom_qty)

    def _service_gone_text(self):
        """“Not available. You declined: Kefir.”: why the line is gone.

        Empty while something of it comes.
        """
        self.ensure_one()
        if not self._service_is_gone():
            return ""
        if self.service_off_reason_id:
            reason = self.service_off_reason_id.name
            return self.env._("Not handed over: %s.", reason)
        if not self.service_ordered_qty:
            return self.env._("Taken out of the order.")
        return self._service_missing_text()

    def _service_missing_text(self):
        """Why goods that were ordered are not in the bags."""
        if hung_on := self.service_depends_ids.filtered("service_outcome").filtered(
            lambda line: line._service_is_gone() and not line._service_sent_instead()
        ):
            return self.env._("Left out with %s.", hung_on._service_plain_names())
        declined = self.service_substitute_ids.filtered(
            lambda substitute: substitute.outcome == "declined"
        )
        if not declined:
            return self.env._("Not available.")
        return self.env._(
            "Not available. You declined: %s.",
            ", ".join(declined.product_id.mapped("name")),
        )
