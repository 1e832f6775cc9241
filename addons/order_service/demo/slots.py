"""Slots of the demo's stores: made after the orders, which then take their places."""

import csv
from datetime import date, timedelta

from odoo import fields
from odoo.tools import file_open

WEEKDAYS = range(7)
# a week's feed for any Monday of the next fortnight finds its slots
DAYS_AHEAD = 21
# one place left beside one taken is already "few"
FEW_PERCENT = 50
# a slot nearer than this may be past its cut-off before anyone has looked at it
HOURS_TO_LOOK = 3


def load_slots(env):
    """The week of each store, a holiday, and slots that are full, few and closed."""
    company = env.ref("order_service.demo_company")
    company.write(
        {"service_slot_days": DAYS_AHEAD, "service_slot_few_percent": FEW_PERCENT}
    )
    env["order.service.slot.exception"].create(_new_year(company))
    env["order.service.slot.pattern"].create(_week(env))
    _fill_up(env, company)
    _close_one(env)


def _new_year(company):
    """No store works on the first of January."""
    year = date.today().year + 1
    return {
        "name": "Новый год",
        "company_id": company.id,
        "date_from": date(year, 1, 1),
        "date_to": date(year, 1, 1),
        "places": 0,
    }


def _week(env):
    """Each row of the file on every day of the week."""
    with file_open("order_service/demo/slots.csv") as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "store_id": env.ref(f"order_service.demo_store_{row['store']}").id,
            "kind": row["kind"],
            "weekday": str(day),
            **{name: int(row[name]) for name in list(row)[2:]},
        }
        for row in rows
        for day in WEEKDAYS
    ]


def _fill_up(env, company):
    """The slot with most orders is full, in the next one a single place is left."""
    soon = fields.Datetime.now() + timedelta(hours=HOURS_TO_LOOK)
    slots = env["order.service.slot"].search(
        [("company_id", "=", company.id), ("start", ">", soon)]
    )
    full, few = slots.sorted(lambda slot: -slot.taken)[:2]
    full.places = full.taken
    few.places = few.taken + 1


def _close_one(env):
    """The next slot of ST02 that nobody chose, not a near one, is closed by hand."""
    store = env.ref("order_service.demo_store_st02")
    soon = fields.Datetime.now() + timedelta(hours=HOURS_TO_LOOK)
    coming = env["order.service.slot"].search(
        [("store_id", "=", store.id), ("start", ">", soon)]
    )
    first = coming.filtered(lambda slot: not slot.taken)[:1]
    first.write({"closed": True, "close_note": "Приёмка товара"})
