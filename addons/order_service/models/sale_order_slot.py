from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime


class SaleOrder(models.Model):
    """The slot of an order, told in the store's time, and what hangs on it."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.constrains("service_slot_start", "service_slot_end")
    def _check_service_slot(self):
        for order in self:
            start, end = order.service_slot_start, order.service_slot_end
            if bool(start) != bool(end) or (start and start >= end):
                raise ValidationError(
                    self.env._(
                        "The slot of order %s must have a start and a later end.",
                        order.service_number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """The end of the slot is the promised moment from the start."""
        for vals in vals_list:
            if vals.get("service_slot_end"):
                vals["commitment_date"] = vals["service_slot_end"]
        return super().create(vals_list)

    def _service_tz(self):
        """Name of the time zone in which the order is carried out."""
        return self.warehouse_id.service_tz or self.env.user.tz or "UTC"

    def _service_local(self, moment):
        """A naive UTC datetime as an aware one in the store's time."""
        return pytz.utc.localize(moment).astimezone(pytz.timezone(self._service_tz()))

    def _service_local_text(self, moment):
        """A moment for people, in the store's time: of today the hours alone, the year
        only if it is another one."""
        if not moment:
            return ""
        today = self._service_local(fields.Datetime.now()).date()
        day = self._service_local(moment).date()
        form = "dd.MM HH:mm" if day.year == today.year else "dd.MM.yyyy HH:mm"
        form = "HH:mm" if day == today else form
        return format_datetime(self.env, moment, self._service_tz(), form)

    def _service_slot_label(self):
        """“21.11 12:00–14:00” in the store's time, with its distance from UTC."""
        self.ensure_one()
        if not self.service_slot_start or not self.service_slot_end:
            return False
        start = self._service_local(self.service_slot_start)
        end = self._service_local(self.service_slot_end)
        return f"{start:%d.%m} {start:%H:%M}–{end:%H:%M} ({zone_text(start)})"

    def _service_slots(self):
        """dict order -> (slot start, slot end) as they are now."""
        return {
            order: (order.service_slot_start, order.service_slot_end) for order in self
        }

    def _service_set_slot(self, start, end, note=None):
        """Move the slot: dates of the delivery and open deadlines follow.

        :param start, end: naive UTC datetimes
        :param str note: why, told in the feed
        :raises UserError: the slot is over already
        """
        if end <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The slot ended at %s: choose one that is still to come.",
                    self._service_local_text(end),
                )
            )
        self.sudo().with_context(service_slot_note=note).write(
            {"service_slot_start": start, "service_slot_end": end}
        )

    def _service_slot_moved(self, before):
        """What follows from a slot that was written.

        :param dict before: order -> (slot start, slot end)
        """
        for order in self.sudo():
            slot = (order.service_slot_start, order.service_slot_end)
            if slot == before.get(order):
                continue
            order.commitment_date = slot[1]
            if slot[0]:
                order._service_open_pickings().write({"scheduled_date": slot[0]})
            if order.service_stage_id:
                order._service_move_deadlines()
                order._service_feed_slot()

    def _service_move_deadlines(self):
        """Open tasks that are counted from the slot are counted anew."""
        for task in self._service_open_tasks():
            template = task.template_id
            if template.due_anchor in ("slot_start", "slot_end"):
                _appears, deadline = template._moments(self, task.create_date)[self]
                task.write({"deadline": deadline, "told_at": False})
        self._service_set_deadline()
        self._service_refresh()

    def _service_feed_slot(self):
        data = {
            "start": self._service_iso(self.service_slot_start),
            "end": self._service_iso(self.service_slot_end),
            "reason": self.env.context.get("service_slot_note"),
        }
        self._service_feed("slot", {key: value for key, value in data.items() if value})


def zone_text(moment):
    """“UTC+5:30”: how far the clock of an aware datetime is from UTC."""
    minutes = moment.utcoffset() // timedelta(minutes=1)
    hours, left = divmod(abs(minutes), 60)
    sign = "+" if minutes >= 0 else "-"
    return f"UTC{sign}{hours}" + (f":{left:02}" if left else "")
