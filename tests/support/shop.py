"""A small shop in a throw-away database, and orders as its site sends them."""

import itertools

LOGIN, PASSWORD = "shop_api", "shop_api_password"
_numbers = itertools.count(1)


def open_shop(database, products=5):
    """Make a store, goods and the source ``site_test`` with its API user."""
    with database.environment(no_reset_password=True) as env:
        user = env["res.users"].create(
            {
                "name": "Site",
                "login": LOGIN,
                "password": PASSWORD,
                "group_ids": [(4, env.ref("order_service.group_api").id)],
            }
        )
        env["order.service.source"].create(
            {"name": "Site", "code": "site_test", "user_ids": [(4, user.id)]}
        )
        store = env["stock.warehouse"].search([], limit=1)
        store.write({"service_code": "ST01", "service_city": "Khabarovsk"})
        store.partner_id.country_id = env.ref("base.ru")
        env["product.product"].create(
            [
                {"name": f"Product {index}", "default_code": f"P-{index}"}
                | {"list_price": 100.0, "is_storable": True}
                for index in range(products)
            ]
        )


def plan_week(database, code="ST02"):
    """Make a store that takes two orders in each of its slots, 10 to 12 each day."""
    with database.environment() as env:
        store = env["stock.warehouse"].create(
            {"name": "Slots", "code": code, "service_code": code, "service_tz": "UTC"}
        )
        store.partner_id.country_id = env.ref("base.ru")
        env["order.service.slot.pattern"].create(
            [
                {"store_id": store.id, "weekday": str(day), "places": 2}
                for day in range(7)
            ]
        )


def order(**values):
    """One order as the site sends it; ``values`` replace keys."""
    number = next(_numbers)
    return {
        "source": "site_test",
        "external_ref": f"N-{number}",
        "placed_at": "2026-11-20T10:15:00+03:00",
        "customer": {
            "external_id": f"c-{number}",
            "name": f"Customer {number}",
            "phone": f"+7914{number:07d}",
        },
        "fulfilment": "delivery",
        "store": "ST01",
        "address": {"text": f"ул Ленина, д {number}", "city": "Хабаровск"},
        "slot": {"start": "2026-11-21T02:00:00Z", "end": "2026-11-21T04:00:00Z"},
        "payment": {"method": "cash"},
        "lines": [
            {"ref": "1", "sku": "P-0", "quantity": 2, "price": 99.9, "key": True},
            {"ref": "2", "sku": "P-1", "quantity": 1, "depends_on": ["1"]},
        ],
        **values,
    }
