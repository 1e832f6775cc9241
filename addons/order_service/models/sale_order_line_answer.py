from odoo import fields, models
from odoo.exceptions import UserError

from .sale_order_answer import BEFORE_HAND_OVER, CUSTOMER_ANSWERS


class SaleOrderLine(models.Model):
    """Answers about one line."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def action_service_answer(self, answer):
        """Keep what the customer told an operator about this line.

        :param str answer: accept or decline
        :raises AccessError: the user is no operator, or may not see the order
        :raises UserError: nobody is asking, or it is too late
        """
        self.ensure_one()
        order = self.order_id
        order._service_check_operator()
        if answer not in CUSTOMER_ANSWERS:
            raise UserError(
                self.env._("Choose one of: %s.", ", ".join(CUSTOMER_ANSWERS))
            )
        order._service_answer_line(self, answer)
        return True

    def action_service_answer_accept(self):
        """The customer takes what is proposed, or goes on without the goods."""
        return self.action_service_answer("accept")

    def action_service_answer_decline(self):
        """The customer does not take what is proposed."""
        return self.action_service_answer("decline")

    def _service_awaits_answer(self):
        """Whether the customer may still say something about what is sent instead."""
        self.ensure_one()
        order, until = self.order_id, self.service_answer_until
        return bool(
            until
            and fields.Datetime.now() < until
            and self.service_answer in (False, "accept", "call")
            and order.service_status in BEFORE_HAND_OVER
            and not order.service_closed_at
        )

    def _service_is_otherwise(self):
        """Whether the line is not what the customer ordered."""
        self.ensure_one()
        return self.service_outcome != "found" or bool(
            self.product_uom_id.compare(self.product_uom_qty, self.service_ordered_qty)
        )
