"""service_submit when things break: a worker dies, a call comes twice at once."""

import contextlib
import threading
import time

import psutil
import psycopg2
import pytest
import requests

from support import own_database, running_server
from support.shop import LOGIN, open_shop, order

MANY = 60


def ask(database, query, *values):
    """First column of a query, on a connection of its own."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cr:
            cr.execute(query, values)
            return [row[0] for row in cr.fetchall()]
    finally:
        connection.close()


def refs_in(database, orders):
    return ask(
        database,
        "SELECT service_external_ref FROM sale_order"
        " WHERE service_external_ref = ANY(%s)",
        [entry["external_ref"] for entry in orders],
    )


def wait_for_writing(database):
    """Until the call is in the middle of its writing."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if ask(
            database,
            "SELECT pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            " WHERE relname = 'sale_order_line' AND mode = 'RowExclusiveLock'",
        ):
            return
        time.sleep(0.02)
    raise AssertionError("the call never began to write")


@pytest.mark.parametrize("after_seconds", [0, 1])
def test_a_worker_killed_in_the_middle_takes_all_or_none(after_seconds):
    """Sending again ends in the same orders."""
    with own_database() as database:
        open_shop(database)
        key = database.api_key(LOGIN)
        orders = [order() for _index in range(MANY)]
        with running_server(database.name, workers=2) as server:
            answers = []

            def push():
                try:
                    call = server.json2(
                        key, "sale.order", "service_submit", orders=orders
                    )
                    answers.append(call.status_code)
                except requests.ConnectionError as error:
                    answers.append(error)

            pushing = threading.Thread(target=push)
            pushing.start()
            wait_for_writing(database.name)
            time.sleep(after_seconds)
            victims = server.children()
            for victim in victims:
                # a child may have ended by itself between the list and the kill
                with contextlib.suppress(psutil.NoSuchProcess):
                    victim.kill()
            psutil.wait_procs(victims, timeout=10)
            pushing.join()
            assert len(refs_in(database.name, orders)) in (0, MANY)
            again = server.json2(key, "sale.order", "service_submit", orders=orders)
            assert again.status_code == 200, again.text
            results = {answer["result"] for answer in again.json()}
            assert results in ({"created"}, {"unchanged"})
            assert sorted(refs_in(database.name, orders)) == sorted(
                entry["external_ref"] for entry in orders
            )
            assert (
                len(ask(database.name, "SELECT id FROM order_service_intake")) == MANY
            )


def test_the_same_feed_twice_writes_nothing_and_is_quick():
    """All ``unchanged``: no rows, no messages, at most a fifth of the time."""
    with own_database() as database:
        open_shop(database)
        orders = [order() for _index in range(MANY)]
        with database.environment() as env:
            user = env["res.users"].search([("login", "=", LOGIN)]).id

        def push():
            began = time.monotonic()
            with database.environment(user) as env:
                answers = env["sale.order"].service_submit(orders)
            return time.monotonic() - began, {answer["result"] for answer in answers}

        first_seconds, first = push()
        before = state_of(database.name)
        second_seconds, second = push()
        assert (first, second) == ({"created"}, {"unchanged"})
        assert state_of(database.name) == before
        assert second_seconds <= first_seconds / 5, (first_seconds, second_seconds)


def state_of(database):
    """Counts and the last touch of what a submit writes."""
    tables = (
        "sale_order",
        "sale_order_line",
        "res_partner",
        "order_service_change",
        "order_service_message",
        "order_service_task",
        "mail_message",
    )
    return [
        ask(database, f"SELECT (count(*), max(write_date))::text FROM {table}")
        for table in tables
    ]
