from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderServiceStoreTime(models.AbstractModel):
    """A dialog about one order that asks for times as the store's clock shows them."""

    _name = "order.service.store.time"
    _description = "Dialog in the store's time"

    order_id = fields.Many2one("sale.order", required=True)
    day = fields.Date(required=True)
    tz = fields.Char(string="Time zone", related="order_id.service_tz")

    def _to_utc(self, hours):
        """``hours`` of the dialog's day by the store's clock.

        :param float hours: hours after midnight, 24 is the next midnight
        :return: naive UTC datetime
        :raises UserError: there are no such hours in a day
        """
        if not 0 <= hours <= 24:
            raise UserError(self.env._("Give the time as hours from 0:00 to 24:00."))
        local = datetime.combine(self.day, time()) + timedelta(
            minutes=round(hours * 60)
        )
        zone = pytz.timezone(self.tz)
        return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _from_utc(self, order, moment):
        """(day, hours) of a naive UTC moment by the clock of the order's store."""
        local = order._service_local(moment)
        return local.date(), local.hour + local.minute / 60
