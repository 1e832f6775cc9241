"""``partner.notification.push`` with the clients integrators use (K9)."""

from contextlib import ExitStack

import odoorpc
import pytest

from support import own_database, running_server

LOGIN, PASSWORD = "news_api", "news_api_password"
READER, READER_PASSWORD = "news_reader", "news_reader_password"
TOPIC = "news_topic"


@pytest.fixture(scope="module")
def office():
    """A partner with a portal user, a topic and a system that may send; its server."""
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        with database.environment(no_reset_password=True) as env:
            partner = env["res.partner"].create(
                {"name": "Romashka", "ref": "R-1", "is_company": True}
            )
            reader = env["res.users"].create(
                {
                    "name": "Reader",
                    "login": READER,
                    "password": READER_PASSWORD,
                    "group_ids": [(6, 0, [env.ref("base.group_portal").id])],
                }
            )
            reader.partner_id.parent_id = partner
            sender = env.ref("partner_notifications.group_sender")
            env["res.users"].create(
                {
                    "name": "Accounting",
                    "login": LOGIN,
                    "password": PASSWORD,
                    "group_ids": [(6, 0, sender.ids)],
                }
            )
            env["partner.notification.topic"].create(
                {"name": "News", "code": TOPIC, "subject": "{news}", "body": "{news}"}
            )
        server = stack.enter_context(running_server(database.name))
        server.key = database.api_key(LOGIN)
        yield server


def item(news, **values):
    return {
        "topic": TOPIC,
        "recipients": [{"ref": "R-1"}],
        "values": {"news": news},
        **values,
    }


def json2(office, method, **arguments):
    response = office.json2(office.key, "partner.notification", method, **arguments)
    assert response.status_code == 200, response.text
    return response.json()


def test_json2_pushes_once_and_asks_how_far_it_is(office):
    [sent] = json2(office, "push", items=[item("One", url=None)])
    assert sent == {
        "result": "sent",
        "broadcast_id": sent["broadcast_id"],
        "sent": 1,
        "dropped": [],
        "errors": [],
    }
    [again] = json2(office, "push", items=[item("One")])
    assert again["sent"] == 0
    assert again["dropped"] == [
        {
            "recipient": {"ref": "R-1"},
            "reason": "duplicate",
            "broadcast_id": sent["broadcast_id"],
        }
    ]
    [status] = json2(office, "push_status", broadcast_ids=[sent["broadcast_id"]])
    assert (status["state"], status["sent"], status["left"]) == ("done", 1, 0)


def test_xmlrpc_and_odoorpc_push_the_same(office):
    call = office.xmlrpc(LOGIN, PASSWORD)
    [sent] = call("partner.notification", "push", [item("Two")])
    assert (sent["result"], sent["sent"]) == ("sent", 1)
    client = odoorpc.ODOO("127.0.0.1", port=office.port)
    client.login(office.database, LOGIN, PASSWORD)
    notifications = client.env["partner.notification"]
    [again] = notifications.push([item("Two")])
    assert again["dropped"][0]["broadcast_id"] == sent["broadcast_id"]
    [wrong] = notifications.push([item("Three", topik="x")])
    assert [error["code"] for error in wrong["errors"]] == ["unknown_field"]
    [status] = notifications.push_status([sent["broadcast_id"]])
    assert status["state"] == "done"


def test_a_portal_user_pushes_nothing_and_reads_what_was_pushed(office):
    json2(office, "push", items=[item("Four")])
    client = odoorpc.ODOO("127.0.0.1", port=office.port)
    client.login(office.database, READER, READER_PASSWORD)
    with pytest.raises(odoorpc.error.RPCError, match="outside system"):
        client.env["partner.notification"].push([item("Five")])
    receipts = client.env["partner.notification.receipt"]
    texts = [row["subject"] for row in receipts.search_read([], ["subject"])]
    assert texts.count("Four") == 1
    assert "Five" not in texts
