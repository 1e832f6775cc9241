"""Confirmed orders whose promised day moved: told by the rule, as it happens."""

from datetime import datetime, time, timedelta

from odoo import Command, fields

from .waves import send, switch_on

BOXES = 5
# partner -> (days from today to the promised day, to the new one)
MOVES = {"romashka": (1, 3), "vasilek": (2, 3), "lutik": (1, 5)}


def move_deliveries(env):
    """An order of each of the three, promised for one day and moved to another."""
    rule = switch_on(env, "delivery")
    for name, (promised, moved) in MOVES.items():
        order = _order(env, env.ref(f"partner_notifications.demo_{name}"))
        order.commitment_date = _noon(promised)
        order.action_confirm()
        order.commitment_date = _noon(moved)
    send(rule)


def _order(env, partner):
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "warehouse_id": env.ref("partner_notifications.demo_warehouse").id,
            "order_line": [
                Command.create(
                    {
                        "product_id": env.ref("partner_notifications.demo_product").id,
                        "product_uom_qty": BOXES,
                    }
                )
            ],
        }
    )


def _noon(days):
    """Noon in Moscow so many days from today, naive UTC."""
    day = fields.Date.today() + timedelta(days=days)
    return datetime.combine(day, time(hour=9))
