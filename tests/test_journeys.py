"""Orders through each route and each refusal, every role logged in for real.

The site sends the order over the API, people finish their tasks over the web client's
protocol with their own passwords, the site reads the feed (S7, S8, S13, S14, S15).
"""

import itertools
import xmlrpc.client

import pytest

from odoo.addons.order_service.tests.common import OrderServiceBuilders

from support import own_database, running_server

REFUSALS = {
    # route, stage at which it is refused: (who, reason, its party)
    ("delivery", "check"): ("operator", "changed_mind", "customer"),
    ("delivery", "assembly"): ("storeadmin", "no_goods", "technical"),
    ("delivery", "handover"): ("storeadmin", "store_breakdown", "technical"),
    ("delivery", "delivery"): ("courier", "nobody_home", "delivery"),
    ("pickup", "check"): ("operator", "not_real", "customer"),
    ("pickup", "assembly"): ("storeadmin", "no_key_item", "technical"),
    ("pickup", "ready"): ("storeadmin", "not_collected", "technical"),
}
ROUTES = {
    "delivery": ["check", "assembly", "handover", "delivery", "report", "won"],
    "pickup": ["check", "assembly", "ready", "report", "won"],
}
WORKERS = {
    "check": "operator",
    "assembly": "storeadmin",
    "handover": "storeadmin",
    "delivery": "courier",
    "ready": "storeadmin",
    "report": "storeadmin",
    "refused": "storeadmin",
}
STATUSES = {
    "check": "new",
    "assembly": "registered",
    "handover": "packed",
    "ready": "packed",
    "delivery": "in_delivery",
    "report": "delivered",
    "won": "delivered",
    "refused": "cancelled",
    "lost": "cancelled",
}


class Shop:
    """The site and the people of one store, each with a session of their own."""

    def __init__(self, server):
        self.people = {
            role: server.xmlrpc(f"t_{role}", f"t_{role}")
            for role in ("operator", "storeadmin", "courier", "manager", "integrator")
        }
        self.numbers = itertools.count(1)
        self.cursor = self.site("service_changes", cursor="now")["cursor"]

    def site(self, method, **arguments):
        return self.people["integrator"]("sale.order", method, **arguments)

    def send(self, fulfilment):
        """A new order of the site: its id."""
        number = next(self.numbers)
        order = {
            "source": "site_test",
            "external_ref": f"J-{fulfilment}-{number}",
            "customer": {"name": "Anna", "phone": "+7 913 000-00-01"},
            "recipient": {"name": "Maria", "phone": "8 (913) 000 00 02"},
            "fulfilment": fulfilment,
            "store": "T01",
            "address": {"text": "ул Ленина, д 1", "city": "Хабаровск"},
            "lines": [
                {"ref": "1", "sku": "KVAS", "quantity": 2},
                {"ref": "2", "sku": "CUCUMBER", "quantity": 1},
            ],
        }
        [answer] = self.site("service_submit", orders=[order])
        assert answer["result"] == "created", answer
        return answer["order_id"]

    def act(self, role, action, order_id, **answers):
        """``role`` finds the order's task among the own ones and acts on it."""
        call = self.people[role]
        [task] = call(
            "order.service.task",
            "search_read",
            [["order_id", "=", order_id], ["state", "=", "open"]],
            fields=["name"],
        )
        opened = call("order.service.task", action, [task["id"]])
        if isinstance(opened, dict):
            self.answer(call, opened, answers)

    def answer(self, call, opened, answers):
        """Fill in the dialog that asks for a reason or a courier."""
        values = {}
        if "reason" in answers:
            domain = [["code", "=", answers["reason"]]]
            [values["reason_id"]] = call("order.service.reason", "search", domain)
        if opened["context"]["default_state"] == "done":
            [courier] = call("res.users", "search", [["login", "=", "t_courier"]])
            values["courier_id"] = courier
        context = opened["context"]
        dialog = call("order.service.act", "create", values, context=context)
        call("order.service.act", "action_confirm", [dialog], context=context)

    def carry(self, order_id, stages):
        """Finish the tasks of these stages, each by the one whose work it is."""
        for stage in stages:
            self.act(WORKERS[stage], "action_done", order_id)

    def told(self, order_id):
        """What the feed told of the order since the last call: its rows."""
        answer = self.site("service_changes", cursor=self.cursor)
        self.cursor = answer["cursor"]
        return [row for row in answer["changes"] if row["order_id"] == order_id]

    def read(self, order_id, *names):
        [values] = self.people["manager"]("sale.order", "read", [order_id], names)
        return values


@pytest.fixture(scope="module")
def shop():
    with own_database() as database:
        with database.environment() as env:
            OrderServiceBuilders.set_up_world(env)
        with running_server(database.name) as server:
            yield Shop(server)


@pytest.mark.parametrize("route", ROUTES)
def test_order_is_carried_to_its_good_end(shop, route):
    order_id = shop.send(route)
    shop.carry(order_id, ROUTES[route][:-1])
    order = shop.read(order_id, "service_status", "state", "delivery_status")
    assert order["service_status"] == "delivered"
    assert (order["state"], order["delivery_status"]) == ("sale", "full")
    rows = shop.told(order_id)
    assert [row["stage"] for row in rows] == ROUTES[route]
    assert [row["status"] for row in rows] == [STATUSES[at] for at in ROUTES[route]]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["data"]["by"] for row in rows[1:]} == {"staff"}


@pytest.mark.parametrize(("route", "stage"), REFUSALS)
def test_order_is_refused_and_closed_as_lost(shop, route, stage):
    role, reason, party = REFUSALS[route, stage]
    order_id = shop.send(route)
    passed = ROUTES[route][: ROUTES[route].index(stage)]
    shop.carry(order_id, passed)
    shop.act(role, "action_fail", order_id, reason=reason)
    shop.carry(order_id, ["refused"])
    order = shop.read(order_id, "state", "service_reason_stage_id", "picking_ids")
    assert order["state"] == "cancel"
    rows = shop.told(order_id)
    assert [row["stage"] for row in rows] == [*passed, stage, "refused", "lost"]
    assert rows[-1]["status"] == "cancelled"
    assert rows[-1]["reason"]["code"] == reason
    assert rows[-1]["reason"]["party"] == party
    reserved = shop.people["manager"](
        "stock.move",
        "search_count",
        [["picking_id", "in", order["picking_ids"]], ["state", "=", "assigned"]],
    )
    assert reserved == 0, "nothing stays reserved"


@pytest.mark.parametrize("role", ["operator", "courier"])
def test_somebody_elses_task_is_out_of_reach(shop, role):
    order_id = shop.send("delivery")
    shop.carry(order_id, ["check"])
    domain = [["order_id", "=", order_id], ["state", "=", "open"]]
    [task] = shop.people["manager"]("order.service.task", "search", domain)
    with pytest.raises(xmlrpc.client.Fault, match="role|access"):
        shop.people[role]("order.service.task", "action_done", [task])
    assert shop.read(order_id, "service_status")["service_status"] == "registered"
