"""Goods that sold out, who waits for them, and what has come in again."""

from datetime import timedelta

from odoo import Command, fields

from .waves import send, switch_on

EARLIER_ORDER = 35  # days ago
# goods -> how many came in since they sold out
ARRIVED = {"folder": 120}
SOLD = {"folder": 30, "chair": 4, "lamp": 6}
# partner -> goods -> how many its person waits for
WISHES = {
    "romashka": {"folder": 40, "chair": 6},
    "vasilek": {"chair": 4, "lamp": 10},
    "lutik": {"folder": 20},
}


def load_waitlists(env):
    """Enter what the three wait for; tell those whose goods are back."""
    rule = switch_on(env, "waitlist")
    for name, wishes in WISHES.items():
        order = _earlier_order(env, env.ref(f"partner_notifications.demo_{name}"))
        person = env.ref(f"partner_notifications.demo_person_{name}")
        for goods, quantity in wishes.items():
            product = _product(env, goods)
            env["partner.waitlist"]._enter(
                order.partner_id,
                person,
                order.order_line.filtered(lambda line, p=product: line.product_id == p),
                quantity,
                env["stock.warehouse"],
            )
    for goods, quantity in ARRIVED.items():
        _receive(env, _product(env, goods), quantity)
    if rule._source_model()._prepare(rule):
        send(rule)


def _earlier_order(env, partner):
    """An order that took the last of the goods, delivered."""
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "warehouse_id": _warehouse(env).id,
            "order_line": [
                Command.create(
                    {
                        "product_id": _product(env, goods).id,
                        "product_uom_qty": quantity,
                    }
                )
                for goods, quantity in SOLD.items()
            ],
        }
    )
    for goods, quantity in SOLD.items():
        _receive(env, _product(env, goods), quantity)
    order.action_confirm()
    order.picking_ids.move_ids.picked = True
    order.picking_ids._action_done()
    order.date_order = fields.Datetime.now() - timedelta(days=EARLIER_ORDER)
    return order


def _receive(env, product, quantity):
    env["stock.quant"]._update_available_quantity(
        product, _warehouse(env).lot_stock_id, quantity
    )


def _product(env, name):
    return env.ref(f"partner_notifications.demo_{name}")


def _warehouse(env):
    return env.ref("partner_notifications.demo_warehouse")
