"""Slots of the demo's stores: made after the orders, which then take their places."""

import csv
from datetime import date, timedelta

from odoo import fields
from odoo.tools import file_open

WEEKDAYS = range(7)
# a week's feed for any Monday of the next fortnight finds its slots
DAYS_AHEAD = 21
FEW_PERCENT = 40


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
    slots = env["order.service.slot"].search([("company_id", "=", company.id)])
    full, few = slots.sorted(lambda slot: -slot.taken)[:2]
    full.places = full.taken
    few.places = few.taken + 1


def _close_one(env):
    """The next slot of ST02 but for the nearest hours is closed by hand."""
    store = env.ref("order_service.demo_store_st02")
    coming = env["order.service.slot"].search(
        [
            ("store_id", "=", store.id),
            ("start", ">", fields.Datetime.now() + timedelta(hours=2)),
        ],
        limit=1,
    )
    coming._close_between(store, coming.start, coming.end, "Приёмка товара")
