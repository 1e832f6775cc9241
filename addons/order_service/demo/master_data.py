"""External ids, passwords, stock and shifts of the demo company."""

import csv
from datetime import datetime, time, timedelta
from random import Random

import pytz

from odoo import fields
from odoo.tools import SQL, file_open

FOLDER = "order_service/demo"
STORES = ("st01", "st02", "st03", "st04")
CUSTOMERS = 200
SHIFT_DAYS = range(-4, 15)
SEED = 2


def load_master_data(env):
    """What the orders need: customers known to the site, stock, people at work."""
    _name_customers(env)
    set_passwords(env, f"{FOLDER}/password_hashes.csv")
    _put_stock(env)
    _plan_shifts(env)


def _name_customers(env):
    """Give the customers the external ids by which the site knows them."""
    env["ir.model.data"]._update_xmlids(
        [
            {
                "xml_id": f"site.c-{number}",
                "record": env.ref(f"order_service.demo_customer_{number}"),
                "noupdate": True,
            }
            for number in range(1, CUSTOMERS + 1)
        ]
    )


def set_passwords(env, path):
    """Password = login. Hashed before: hashing all of them here takes 20 s.

    :param str path: of a CSV file with the columns login and password
    """
    with file_open(path) as file:
        for row in csv.DictReader(file):
            env.cr.execute(
                SQL(
                    "UPDATE res_users SET password = %s WHERE login = %s",
                    row["password"],
                    row["login"],
                )
            )
    env.invalidate_all()
    env.registry.clear_cache()


def _put_stock(env):
    """Plenty of everything in every store."""
    random = Random(SEED)
    company = env.ref("order_service.demo_company")
    products = env["product.product"].search(
        [("company_id", "=", company.id), ("is_storable", "=", True)],
        order="default_code",
    )
    env["stock.quant"].sudo().create(
        [
            {
                "product_id": product.id,
                "location_id": _store(env, code).lot_stock_id.id,
                "quantity": random.randrange(120, 400, 5),
            }
            for code in STORES
            for product in products
        ]
    )


def _plan_shifts(env):
    """Administrators all day, couriers half a day in turn, operators by city."""
    values = []
    for day in SHIFT_DAYS:
        for number, code in enumerate(STORES, start=1):
            values += _store_shifts(env, day, _store(env, code), number)
        values += [
            _shift(env, day, _store(env, "st01"), "operator", "operator", 8, 20),
            _shift(env, day, _store(env, "st03"), "operator2", "operator", 8, 20),
            _shift(env, day, _store(env, "st01"), "operator3", "operator", 14, 22),
        ]
    env["order.service.shift"].create(values)


def _store_shifts(env, day, store, number):
    early, late = (2 * number - 1, 2 * number)[:: 1 if day % 2 else -1]
    opening = min(store.service_calendar_id.attendance_ids.mapped("hour_from"))
    closing = max(store.service_calendar_id.attendance_ids.mapped("hour_to"))
    return [
        _shift(
            env,
            day,
            store,
            _login("storeadmin", number),
            "storeadmin",
            opening,
            closing,
        ),
        _shift(env, day, store, _login("courier", early), "courier", opening, 15),
        _shift(env, day, store, _login("courier", late), "courier", 15, closing),
    ]


def _shift(env, day, store, login, role, start_hour, end_hour):
    """Values of a shift; hours in the store's time, ``day`` counted from today."""
    timezone = pytz.timezone(store.service_tz)
    today = pytz.utc.localize(fields.Datetime.now()).astimezone(timezone).date()
    hours = [
        timezone.localize(
            datetime.combine(today + timedelta(days=day), time(hour=int(hour)))
        )
        .astimezone(pytz.utc)
        .replace(tzinfo=None)
        for hour in (start_hour, end_hour)
    ]
    return {
        "store_id": store.id,
        "user_id": env.ref(f"order_service.demo_user_{login}").id,
        "role": role,
        "start": hours[0],
        "end": hours[1],
    }


def _login(role, number):
    """The first person of a role has no number: storeadmin, storeadmin2 ..."""
    return role if number == 1 else f"{role}{number}"


def _store(env, code):
    return env.ref(f"order_service.demo_store_{code}")
