from datetime import timedelta

import pytz

from odoo import models

SEARCH_DAYS = 14


class ResourceCalendar(models.Model):
    """Working time as plain intervals, for the rules that count it."""

    _inherit = "resource.calendar"

    def _service_intervals(self, moment, minutes):
        """Working intervals around ``moment`` wide enough to count ``minutes``.

        :param moment: naive UTC datetime
        :param minutes: minutes to count, negative to the past
        :return: list of (start, end), naive UTC datetimes in order
        """
        self.ensure_one()
        cache = self.env.cr.cache.setdefault("order_service.intervals", {})
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        days = SEARCH_DAYS + abs(minutes) * 4 // (24 * 60)
        key = (self.id, day, days)
        if key not in cache:
            cache[key] = self._service_read_intervals(
                day - timedelta(days=days), day + timedelta(days=days)
            )
        return cache[key]

    def _service_read_intervals(self, start, end):
        batch = self._work_intervals_batch(
            pytz.utc.localize(start), pytz.utc.localize(end)
        )
        return [
            (
                begin.astimezone(pytz.utc).replace(tzinfo=None),
                finish.astimezone(pytz.utc).replace(tzinfo=None),
            )
            for begin, finish, _attendance in batch[False]
        ]
