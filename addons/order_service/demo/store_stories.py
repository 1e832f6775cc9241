"""What happens in stores and on the phone beside the orders' own stories."""

from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.fields import Command

CLOSED_IN_DAYS = 3
CLOSED_FROM, CLOSED_TO = time(hour=20, minute=30), time(hour=21)
# an order that is being checked, and one piece more of a line sold by the piece
DEARER_ORDER = "S-100009"
# packed, with a substitute that its customer may decline
PACKED_ORDER = "S-100048"
ANSWER_DAYS = 365


def load_store_stories(env):
    """A consent noted in a call, an answer still awaited, a store closed for an hour,
    prices kept ready."""
    _note_consent(env)
    _await_answer(env)
    _close_store(env)
    _compute_prices(env)


def _note_consent(env):
    order = env["sale.order"].search([("service_external_ref", "=", DEARER_ORDER)])
    unit = env.ref("uom.product_uom_unit")
    line = order.order_line.filtered(lambda line: line.product_uom_id == unit)[0]
    order.with_user(env.ref("order_service.demo_user_operator")).write(
        {
            "order_line": [
                Command.update(line.id, {"product_uom_qty": line.product_uom_qty + 1})
            ],
            "service_consent_how": "phone",
            "service_consent_note": "Просит на одну штуку больше",
        }
    )


def _await_answer(env):
    """README's example of an answer works for as long as people keep a demo."""
    order = env["sale.order"].search([("service_external_ref", "=", PACKED_ORDER)])
    awaited = order.order_line.filtered("service_answer_until")
    awaited.service_answer_until = fields.Datetime.now() + timedelta(days=ANSWER_DAYS)


def _close_store(env):
    """Stock-taking in an evening when no slots are left: no order is hit."""
    store = env.ref("order_service.demo_store_st04")
    zone = pytz.timezone(store.service_tz)
    today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
    start, end = (
        zone.localize(datetime.combine(today + timedelta(days=CLOSED_IN_DAYS), hour))
        .astimezone(pytz.utc)
        .replace(tzinfo=None)
        for hour in (CLOSED_FROM, CLOSED_TO)
    )
    env["order.service.store.closure"].create(
        {"store_id": store.id, "start": start, "end": end, "reason": "Инвентаризация"}
    )


def _compute_prices(env):
    """What the job would do in its first minute, so that the screen is not empty."""
    prices = env["order.service.price"]
    for _done in prices._refresh(prices._count_due()):
        continue
