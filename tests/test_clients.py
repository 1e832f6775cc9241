"""The public API with the clients integrators use: JSON-2, XML-RPC, odoorpc."""

import json
import subprocess
import sys
import threading
import xmlrpc.client
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import odoorpc
import pytest

from support import own_database, running_server
from support.shop import LOGIN, PASSWORD, open_shop, order, plan_week

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def shop():
    """A store with goods and a site that may send orders, and its server."""
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        open_shop(database)
        plan_week(database)
        server = stack.enter_context(running_server(database.name))
        server.key = database.api_key(LOGIN)
        yield server


def json2(shop, method, **arguments):
    response = shop.json2(shop.key, "sale.order", method, **arguments)
    assert response.status_code == 200, response.text
    return response.json()


def test_json2_submits_reads_finds_and_cancels(shop):
    sent = order()
    start = json2(shop, "service_changes", cursor="now")["cursor"]
    [answer] = json2(shop, "service_submit", orders=[sent])
    assert answer["errors"] == []
    assert answer["result"] == "created"
    assert json2(shop, "service_submit", orders=[sent])[0]["result"] == "unchanged"
    [found] = json2(shop, "service_find", query=sent["external_ref"])
    assert found["order_id"] == answer["order_id"]
    order_ref = {"source": "site_test", "external_ref": sent["external_ref"]}
    told = json2(
        shop,
        "service_cancel",
        order_ref=order_ref,
        reason="changed_mind",
        comment="Not today",
    )
    assert told == {"result": "updated", "errors": []}
    changes = json2(shop, "service_changes", cursor=start)
    assert [row["status"] for row in changes["changes"]] == ["new", "cancelled"]
    assert [row["seq"] for row in changes["changes"]] == [1, 2]


def test_json2_tells_an_expired_cursor(shop):
    response = shop.json2(shop.key, "sale.order", "service_changes", cursor="x:1")
    assert response.status_code == 422
    assert response.json()["message"].startswith("cursor_expired:")


def test_json2_refuses_who_is_not_of_the_api(shop):
    with_key = shop.json2("0" * 40, "sale.order", "service_submit", orders=[])
    assert with_key.status_code == 401


def test_json2_takes_no_ten_megabytes(shop):
    [answer] = json2(shop, "service_submit", orders=[order(comment="x" * 10_000_000)])
    assert [error["code"] for error in answer["errors"]] == ["too_many"]


def test_xmlrpc_submits_and_reads(shop):
    call = shop.xmlrpc(LOGIN, PASSWORD)
    moment = xmlrpc.client.DateTime("20261120T07:15:00")
    sent = order(placed_at=moment)
    start = call("sale.order", "service_changes", "now")["cursor"]
    [answer] = call("sale.order", "service_submit", [sent])
    assert answer["result"] == "created", answer
    [again] = call("sale.order", "service_submit", orders=[sent])
    assert again["result"] == "unchanged"
    [row] = call("sale.order", "service_changes", cursor=start, limit=10)["changes"]
    assert row["order_id"] == answer["order_id"]
    with pytest.raises(xmlrpc.client.Fault, match="cursor_expired:"):
        call("sale.order", "service_changes", "x:1")


def test_the_same_order_by_two_protocols_is_one(shop):
    sent = order(placed_at="2026-11-20T10:15:00+03:00")
    assert json2(shop, "service_submit", orders=[sent])[0]["result"] == "created"
    sent["placed_at"] = xmlrpc.client.DateTime("20261120T07:15:00")
    sent["comment"] = ""
    call = shop.xmlrpc(LOGIN, PASSWORD)
    assert call("sale.order", "service_submit", [sent])[0]["result"] == "unchanged"


def test_odoorpc_submits_and_reads(shop):
    client = odoorpc.ODOO("127.0.0.1", port=shop.port)
    client.login(shop.database, LOGIN, PASSWORD)
    orders = client.env["sale.order"]
    start = orders.service_changes("now")["cursor"]
    [answer] = orders.service_submit([order()])
    assert answer["result"] == "created", answer
    [row] = orders.service_changes(start)["changes"]
    assert row["order_name"] == answer["order_name"]
    with pytest.raises(odoorpc.error.RPCError, match="cursor_expired:"):
        orders.service_changes("x:1")


def test_parallel_doubles_become_one_order(shop):
    """Ten clients push the same orders of one newcomer at once."""
    customer = {"external_id": "c-double", "name": "New", "phone": "+79131234567"}
    orders = [order(customer=customer) for _index in range(3)]
    answers = []

    def push(offset):
        sent = orders[offset % 3 :] + orders[: offset % 3]
        answers.append(json2(shop, "service_submit", orders=sent))

    threads = [threading.Thread(target=push, args=[index]) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = [entry["result"] for answer in answers for entry in answer]
    assert results.count("created") == 3
    assert results.count("unchanged") == 9
    assert len({entry["order_id"] for answer in answers for entry in answer}) == 3


def test_a_site_reads_reserves_and_takes_a_slot_by_every_protocol(shop):
    """S17: what one protocol reserves, an order sent by another one takes over."""
    today = date.today()
    asked = {
        "store": "ST02",
        "date_from": str(today + timedelta(days=1)),
        "date_to": str(today + timedelta(days=3)),
    }
    slots = json2(shop, "service_slots", **asked)
    call = shop.xmlrpc(LOGIN, PASSWORD)
    assert call("sale.order", "service_slots", **asked) == slots
    slot = slots[0]
    sent = order(store="ST02", slot={"start": slot["start"], "end": slot["end"]})
    ref = {"source": "site_test", "external_ref": sent["external_ref"]}
    told = call("sale.order", "service_reserve_slot", ref, slot["slot_id"])
    assert (told["result"], told["places"]) == ("reserved", 1)
    again = json2(shop, "service_reserve_slot", order_ref=ref, slot_id=slot["slot_id"])
    assert again == {**told, "result": "unchanged"}
    assert json2(shop, "service_submit", orders=[sent])[0]["result"] == "created"
    assert json2(shop, "service_slots", **asked)[0]["left"] == 1


def test_the_example_reserves_the_next_free_slot(shop, tmp_path):
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps([order(store="ST02") for _index in range(3)]))
    command = [
        sys.executable,
        str(EXAMPLES / "site_feed.py"),
        f"--url={shop.url}",
        f"--database={shop.database}",
        f"--feed={feed}",
        f"--cursor={tmp_path / 'cursor'}",
        f"--slots={tmp_path / 'slots.json'}",
    ]
    for expected in ("created: 3", "unchanged: 3"):
        told = subprocess.run(
            command,
            env={"ODOO_API_KEY": shop.key},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        assert expected in told


@pytest.mark.parametrize(
    ("script", "secret"),
    [("site_feed.py", "key"), ("site_feed_xmlrpc.py", "password")],
)
def test_the_examples_push_a_feed_twice_and_follow_it(shop, tmp_path, script, secret):
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps([order() for _index in range(7)]))
    command = [
        sys.executable,
        str(EXAMPLES / script),
        f"--url={shop.url}",
        f"--database={shop.database}",
        f"--feed={feed}",
        f"--cursor={tmp_path / 'cursor'}",
    ]
    login = [f"--login={LOGIN}"] if secret == "password" else []
    if secret == "key":
        login = [f"--slots={tmp_path / 'slots.json'}"]
    environment = {"ODOO_API_KEY": shop.key if secret == "key" else PASSWORD}

    def run():
        return subprocess.run(
            command + login,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout

    first = run()
    assert "created: 7" in first
    second = run()
    assert "unchanged: 7" in second
    assert "changes: 0" in second
