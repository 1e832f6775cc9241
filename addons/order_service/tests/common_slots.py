from datetime import datetime, timedelta

import pytz

from odoo import fields

from .common_api import ApiCommon


class SlotCommon(ApiCommon):
    """A store with two slots on every day of its week: 10–12 and 12–14, two places."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = pytz.timezone(cls.store.service_tz)
        cls.slots = cls.env["order.service.slot"]
        cls.patterns = cls._week(cls.store)
        cls.morning, cls.noon = cls._slots_of(cls.store, 2)

    @classmethod
    def _week(cls, store, places=2, hours=((10, 12), (12, 14)), **values):
        return cls.env["order.service.slot.pattern"].create(
            [
                {
                    "store_id": store.id,
                    "weekday": str(day),
                    "start_hour": start,
                    "end_hour": end,
                    "places": places,
                    "lines_per_place": 3,
                    "cutoff_minutes": 60,
                    **values,
                }
                for day in range(7)
                for start, end in hours
            ]
        )

    @classmethod
    def _slots_of(cls, store, day=None, kind="delivery"):
        """The slots of a store; ``day`` counts from today, by the store's clock."""
        domain = [("store_id", "=", store.id), ("kind", "=", kind)]
        if day is not None:
            domain.append(("day", "=", cls._day(day)))
        return cls.slots.search(domain)

    @classmethod
    def _day(cls, number):
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(cls.zone)
        return now.date() + timedelta(days=number)

    @classmethod
    def _times(cls, slot):
        """The slot as a site sends it."""
        return {
            "start": f"{slot.start.isoformat()}+00:00",
            "end": f"{slot.end.isoformat()}+00:00",
        }

    def ref(self, number="R-1"):
        return {"source": self.source.code, "external_ref": number}

    def reserve(self, slot, number="R-1", user=None, **values):
        api = self.orders.with_user(user or self.integrator)
        slot_id = slot if isinstance(slot, int) else slot.id
        return self.carried(
            api.service_reserve_slot(self.ref(number), slot_id, **values)
        )

    def submit_to(self, slot, **values):
        return self.submit_one(slot=self._times(slot), **values)

    def left(self, slot):
        slot.invalidate_recordset()
        return slot.left

    def local(self, day, hour):
        moment = datetime.combine(self._day(day), datetime.min.time())
        local = self.zone.localize(moment + timedelta(hours=hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
