from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Core's own doors, kept from passing the route by."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def action_draft(self):
        """A routed order does not go back to a quotation: its route says where to."""
        if routed := self.filtered("service_route_id"):
            raise UserError(
                self.env._(
                    "%s went its way and cannot become a quotation again. Copy it to"
                    " make a new order.",
                    ", ".join(routed.mapped("service_number")),
                )
            )
        return super().action_draft()

    def _should_be_locked(self):
        """Lines of a routed order stay open to its tasks until it is closed."""
        if self.service_route_id and not self.service_closed_at:
            return False
        return super()._should_be_locked()

    def _send_order_notification_mail(self, mail_template, allow_deferred_sending=True):
        """The stages of a route write to the customer, core stays silent."""
        if self.service_route_id:
            return None
        return super()._send_order_notification_mail(
            mail_template, allow_deferred_sending
        )

    def _action_cancel(self):
        """From anywhere but the route itself a routed order goes its refusal way."""
        if self._service_is_engine():
            return super()._action_cancel()
        routed = self.filtered(
            lambda order: order.service_route_id and order.state != "cancel"
        )
        for order in routed:
            order._service_refuse_by_user()
        if others := self - routed:
            return super(SaleOrder, others)._action_cancel()
        return True

    def _service_refuse_by_user(self):
        """A cancellation through one of core's doors: staff name a reason, a customer
        gets the company's.

        :raises UserError: staff gave no reason, or the stage forbids it
        """
        if not self.env.user._is_internal():
            self._service_cancel_by_customer(self._service_portal_reason())
            return
        context = self.env.context
        reason = self.env["order.service.reason"].browse(
            context.get("service_reason_id")
        )
        if not reason.exists():
            raise UserError(
                self.env._(
                    "Order %s is on a route: cancel it with a reason, on the order or"
                    " in the list (Cancel with a reason).",
                    self.service_number,
                )
            )
        self._service_refuse(reason, note=context.get("service_reason_note"))

    def _service_portal_reason(self):
        """The reason kept when a customer cancels without naming one.

        :raises UserError: the company has chosen none
        """
        reason = self.company_id.sudo().service_portal_reason_id
        if not reason:
            raise UserError(
                self.env._(
                    "%s has not chosen the reason for cancelling in the portal. Please"
                    " call us.",
                    self.company_id.sudo().name,
                )
            )
        return reason

    def _service_refuse(self, reason, actor="staff", note=None, visit=None):
        """Send the order the refusal way of its stage.

        :param reason: order.service.reason; its party chooses the way
        :param str actor: ``staff``, ``customer`` or ``system``
        :raises UserError: a colleague was first, or no refusal way is open here for
            this party
        """
        self.ensure_one()
        order = self.sudo()
        order._service_hold()
        order._service_check_not_refused()
        transition = order._service_refusal_transition(reason.sudo().party, actor)
        if not transition:
            raise UserError(
                self.env._(
                    "Order %(order)s cannot be cancelled at “%(stage)s” with the"
                    " reason “%(reason)s”.",
                    order=self.service_number,
                    stage=order.service_stage_id.name,
                    reason=reason.sudo().name,
                )
            )
        order._service_move(
            transition, visit=visit, actor=actor, reason=reason, note=note
        )

    def _service_check_not_refused(self):
        """Of two people who refuse an order at once the second reads who did it.

        :raises UserError: naming the reason, the person and the moment
        """
        if sentence := self._service_refused_sentence():
            raise UserError(sentence)

    def _service_refused_sentence(self):
        """Who cancelled the order before, and why; empty: nobody has."""
        self.ensure_one()
        refused = self.service_status == "cancelled" and self.service_reason_id
        return bool(refused) and self.env._(
            "Order %(order)s is cancelled already: %(refusal)s.",
            order=self.service_number,
            refusal=self.service_refusal_text,
        )

    def _service_refusal_transition(self, party, actor="staff"):
        """The way from the present stage to a cancelled one that asks this party."""
        ways = self.service_stage_id.transition_ids.filtered(
            lambda way: (
                way.reason_party == party
                and way.to_stage_id.status == "cancelled"
                and (actor != "staff" or way._is_open_to(self.env.user))
                and way._guard_lets(self)
            )
        )
        return ways.sorted("sequence")[:1]

    # -- the customer's own cancellation --------------------------------------------

    def _service_customer_may_cancel(self):
        """Whether the customer may cancel now: what the stage says (``edit_until``).

        The one rule for portal and site: ``never``, until a person has taken a task of
        this visit (``taken``), or as long as the order stands here (``leave``).
        """
        self.ensure_one()
        order = self.sudo()
        stage = order.service_stage_id
        if not stage or order.service_closed_at or stage.edit_until == "never":
            return False
        if stage.edit_until == "taken" and order._service_is_taken():
            return False
        return bool(order._service_refusal_transition("customer", "customer"))

    def _service_is_taken(self):
        """Whether a person has taken a task of the present visit."""
        self.ensure_one()
        return bool(
            self.env["order.service.task"]
            .sudo()
            .search_count(
                [
                    ("order_id", "=", self.id),
                    ("visit", "=", self.service_visit),
                    ("taken_at", "!=", False),
                ],
                limit=1,
            )
        )

    def _service_cancel_by_customer(self, reason, note=None):
        """Cancel for the customer, who may also cancel what is postponed.

        :param reason: order.service.reason of the party customer
        :param str note: the customer's words
        :raises UserError: the stage does not let the customer cancel (any more)
        """
        self.ensure_one()
        order = self.sudo()
        order._service_hold()
        if not order._service_customer_may_cancel():
            raise UserError(
                self.env._(
                    "Order %s can no longer be cancelled online.", order.service_number
                )
            )
        order.service_deferral_id._close()
        order._service_refuse(reason, actor="customer", note=note)
