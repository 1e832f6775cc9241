from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import assembly
from .sale_order_answer import BEFORE_HAND_OVER, CUSTOMER_ANSWERS


class SaleOrderLine(models.Model):
    """Answers about one line."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    service_question = fields.Char(
        string="To ask",
        compute="_compute_service_question",
        help="What an operator asks the customer about this line.",
    )
    service_ends_order = fields.Boolean(
        compute="_compute_service_question",
        help="Without the goods the customer may give up the whole order.",
    )

    @api.depends("service_answer", "service_chosen_id", "service_chosen_qty")
    def _compute_service_question(self):
        for line in self:
            asked = line._service_is_asked()
            line.service_question = asked and line._service_question_text()
            line.service_ends_order = (
                asked
                and line.service_key
                and not line.service_chosen_id
                and line.order_id._service_key_wish() == "call"
            )

    def _service_question_text(self):
        """“Kvass: 2 pcs missing. Instead: Kefir, 2 pcs × ₽79.90?”"""
        missing = self.env._(
            "%(product)s: %(quantity)s %(unit)s missing.",
            product=self.product_id.name,
            quantity=self._service_quantity_text(self._service_open_qty()),
            unit=self.product_uom_id._service_short_name(),
        )
        chosen = self.service_chosen_id
        if not chosen:
            return missing
        price = self._service_replacement_told()["price"]
        return f"{missing} " + self.env._(
            "Instead: %(product)s, %(quantity)s %(unit)s × %(price)s?",
            product=chosen.name,
            quantity=self._service_quantity_text(self.service_chosen_qty),
            unit=chosen.uom_id._service_short_name(),
            price=self.currency_id.format(price),
        )

    def _service_answer_text(self):
        """“Kvass: Did not answer. Instead: Kefir × 2.”: the answer, what came of it."""
        self.ensure_one()
        answers = dict(self._fields["service_answer"]._description_selection(self.env))
        told = {
            "product": self.product_id.name,
            "answer": answers[self.service_answer],
        }
        if substitute := self._service_chosen_text():
            return self.env._(
                "%(product)s: %(answer)s. Instead: %(substitute)s.",
                substitute=substitute,
                **told,
            )
        return self.env._("%(product)s: %(answer)s. Left out.", **told)

    def action_service_name_other(self):
        """Open the dialog to name another product than the proposed one.

        :raises AccessError: the user is no operator, or may not see the order
        """
        self.ensure_one()
        self.order_id._service_check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Another product"),
            "res_model": "order.service.name.substitute",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_id": self.id},
        }

    def action_service_name_substitute(
        self, product_id, quantity=None, agreed_price=0.0
    ):
        """Send what the customer named to an operator instead of what is missing.

        :param int product_id: what the store sells and the person may have
        :param float quantity: in the product's unit; None: what is missing
        :param float agreed_price: per unit, tax included, where the customer agreed to
            pay more than the lower of the store's price and the line's; 0: nothing more
        :raises AccessError: the user is no operator, or may not see the order
        :raises UserError: nobody is asking, the order is packed, or the product cannot
            be sent with it
        """
        self.ensure_one()
        order = self.order_id
        order._service_check_operator()
        product = self.env["product.product"].browse(product_id).exists()
        if not product:
            raise UserError(self.env._("There is no such product (any more)."))
        order._service_name_substitute(self, product, quantity, agreed_price)
        return True

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

    def _service_is_to_ask(self):
        """Whether the customer wants a call if this key item is lost, and had none."""
        self.ensure_one()
        wish = self.service_key and self.order_id._service_key_wish()
        return wish == "call" and not self.service_answer

    def _service_is_undecided(self):
        """Whether what becomes of the missing line is for the customer to say."""
        self.ensure_one()
        return self._service_is_asked() or self._service_is_to_ask()

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
        """Whether the line is not what the customer ordered.

        A weight within the tolerance is: nobody cuts cheese to the gram.
        """
        self.ensure_one()
        sent = assembly.outcome(
            self.service_ordered_qty, self.product_uom_qty, self._service_tolerance()
        )
        return sent != assembly.FOUND
