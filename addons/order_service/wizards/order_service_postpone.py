from datetime import timedelta

from odoo import api, fields, models

from ..models.order_service_deferral import KINDS
from ..rules.working_time import next_full_hour

CALL_AGAIN_HOURS = 1


class OrderServicePostpone(models.TransientModel):
    """Puts an order aside until a moment, with the kind of waiting (N8)."""

    _name = "order.service.postpone"
    _description = "Postpone an order"
    _inherit = "order.service.store.time"

    kind = fields.Selection(KINDS, string="Why", required=True, default="no_answer")
    at = fields.Float(string="Time", required=True)
    text = fields.Char(string="Remark", help="For colleagues.")
    last_text = fields.Char(
        string="Last attempt",
        compute="_compute_last_text",
        help="What happens when the time is over, if this is the last attempt.",
    )

    @api.depends("order_id", "kind")
    @api.depends_context("lang")
    def _compute_last_text(self):
        for dialog in self:
            dialog.last_text = dialog.order_id and dialog._last_sentence()

    def _last_sentence(self):
        attempt = self.env["order.service.deferral"]._next_attempt(
            self.order_id, self.kind
        )
        reasons = self.env["order.service.reason"]
        reason = reasons._ending(self.order_id.sudo(), self.kind, attempt)
        return bool(reason) and self.env._(
            "Attempt %(attempt)s is the last one: when its time is over the order is"
            " refused, “%(reason)s”.",
            attempt=attempt,
            reason=reason.name,
        )

    @api.model
    def default_get(self, fields_list):
        """An hour later, a full hour at which the store works."""
        values = super().default_get(fields_list)
        if order := self.env["sale.order"].browse(values.get("order_id")):
            moment = self._proposed_moment(order)
            values["day"] = moment.date()
            values["at"] = moment.hour + moment.minute / 60
        return values

    @api.model
    def _proposed_moment(self, order):
        """When to try again, naive, by the clock of the order's store."""
        now = fields.Datetime.now()
        calendar = order.sudo().warehouse_id.service_calendar_id
        working = calendar._service_intervals(now, 0) if calendar else []
        return next_full_hour(
            [
                tuple(self._on_clock(order, moment) for moment in pair)
                for pair in working
            ],
            self._on_clock(order, now + timedelta(hours=CALL_AGAIN_HOURS)),
        )

    @api.model
    def _on_clock(self, order, moment):
        return order._service_local(moment).replace(tzinfo=None)

    def action_postpone(self):
        """Put the order aside; its tasks are hidden and their clocks stand."""
        self.ensure_one()
        self.order_id._service_check_staff()
        self.env["order.service.deferral"]._open(
            self.order_id, self.kind, self._to_utc(self.at), self.text
        )
        return {"type": "ir.actions.act_window_close"}
