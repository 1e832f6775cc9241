from odoo import fields, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Orders whose delivery changes are looked at by the notifications."""

    _inherit = "sale.order"

    def write(self, vals):
        """Note how the promised day stood; nothing is told from here."""
        if "commitment_date" in vals:
            self._mark_delivery_day()
        return super().write(vals)

    def _mark_delivery_day(self):
        """Leave a mark on confirmed orders that have a day to be expected on."""
        watching = self.env["partner.notification.rule"]._watching("delivery")
        orders = self.filtered(
            lambda order: order.state == "sale" and order.company_id in watching
        )
        self.env["partner.notification.mark"]._leave(
            "delivery",
            [
                (company_id, order_id, {"promised": promised, "expected": expected})
                for order_id, company_id, promised, expected in orders._delivery_days()
            ],
        )

    def _delivery_days(self):
        """[(id, company id, promised moment, expected moment)] of these orders.

        As text in UTC; orders without any day are not among them.
        """
        if not self:
            return []
        self.env["sale.order"].flush_model()
        self.env["stock.picking"].flush_model()
        source = self.env["partner.notification.source.delivery"]
        days = source._expected_sql(SQL("%s", tuple(self.ids)))
        rows = self.env.execute_query(SQL("SELECT * FROM (%s) AS expected", days))
        return [
            (
                order_id,
                company_id,
                fields.Datetime.to_string(promised) or None,
                fields.Datetime.to_string(expected),
            )
            for order_id, company_id, promised, expected in rows
            if expected
        ]

    # -- waitlist ----------------------------------------------------------------------

    def _waitlist_lines(self, user):
        """The lines whose goods a portal user may wait for, one each.

        :param user: res.users who looks at the order
        """
        waitlist = self.env["partner.waitlist"].sudo()
        partner = user.commercial_partner_id
        lines = self.order_line
        if (
            not user._is_portal()
            or self.partner_id.commercial_partner_id != partner
            or self.company_id not in waitlist._offering()
        ):
            return lines.browse()
        awaited = waitlist._awaited(partner, self.company_id)
        goods = lines.product_id.filtered("is_storable") - awaited
        by_product = lines.grouped("product_id")
        return lines.browse(by_product[product][:1].id for product in goods)
