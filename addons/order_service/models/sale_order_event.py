from odoo import fields, models

PAID = ("paid", "overpaid")


class SaleOrder(models.Model):
    """What happens elsewhere in Odoo and may move an order: noted, not acted on."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_note_event(self, trigger):
        """An event row for each order whose stage waits for ``trigger``.

        :param str trigger: ``payment`` or ``stock``
        """
        waiting = self.filtered(
            lambda order: (
                order._service_waits_for(trigger)
                and not order._service_has_noted(trigger)
            )
        )
        now = fields.Datetime.now()
        self.env["order.service.event"].create(
            [
                {
                    "order_id": order.id,
                    "visit": order.service_visit,
                    "trigger": trigger,
                    "at": now,
                }
                for order in waiting
            ]
        )

    def _service_give_up(self, reason):
        """Note that waiting was in vain: the order goes the way of a failed task.

        An event, not a move: an effect that fails must not keep the order postponed.
        Without a way for this reason the order is back at work and nothing more.

        :param reason: order.service.reason kept on the order
        """
        self.ensure_one()
        ways = self.service_stage_id.transition_ids.filtered(
            lambda way: (
                way.trigger == "failed"
                and way.reason_party in (False, reason.party)
                and way._guard_lets(self)
            )
        )
        self.env["order.service.event"].create(
            [
                {
                    "order_id": self.id,
                    "visit": self.service_visit,
                    "trigger": "failed",
                    "transition_id": way.id,
                    "reason_id": reason.id,
                    "at": fields.Datetime.now(),
                }
                for way in ways.sorted("sequence")[:1]
            ]
        )

    def _service_has_noted(self, trigger):
        """Whether an event of this visit with this trigger waits already."""
        return any(
            event.trigger == trigger and event.visit == self.service_visit
            for event in self.service_event_ids
        )

    def _service_note_paid(self):
        """Orders that are paid in full."""
        self.filtered(lambda order: order.payment_status in PAID)._service_note_event(
            "payment"
        )

    def _service_note_reserved(self):
        """Orders whose deliveries have all their goods reserved."""
        waiting = self.filtered(lambda order: order._service_waits_for("stock"))
        waiting.filtered(
            lambda order: all(
                picking.state == "assigned"
                for picking in order._service_open_pickings()
            )
        )._service_note_event("stock")

    def _service_waits_for(self, trigger):
        """Whether a transition of the present stage has this trigger."""
        stage = self.service_stage_id
        return bool(stage and stage._ways(trigger))
