"""How soon what a customer writes is on the operator's screen, half way to the most."""

import json
import re
import time
from contextlib import closing, contextmanager
from threading import Thread

import chat_messages
import requests
import websocket
from chat_world import LOGIN
from world import percentile

SECONDS, WARM_UP = 20, 20
PATIENCE_SECONDS = 30
# perf_counter of this process when the message was due
SENT = re.compile(r"due (\d+\.\d+) s")
TEXT = "due {at} s"


def measure(world, report):
    rate = (world.rate or chat_messages.most_a_second(world)) / 2
    count = int(rate * SECONDS)
    with world.served(with_jobs=True) as server, _screen(world, server) as seen:
        customers = world.customers(server)
        customers.write_at_once(WARM_UP, 2)
        world.wait_until_done()
        customers.write_at_rate(count, rate, TEXT)
        _wait_for(seen, count)
    world.forget()
    report.add(
        f"chat: webhook to the operator's screen at {rate:.0f} a second, p95",
        percentile(seen.values(), 0.95),
        "s",
        most=2,
        p50=round(percentile(seen.values(), 0.5), 3),
        longest=round(max(seen.values()), 3),
        messages=count,
    )


def _wait_for(seen, count):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(seen) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(seen) == count, f"{len(seen)} of {count} messages were seen"


@contextmanager
def _screen(world, server):
    """An operator with Discuss open: a dict when due -> seconds until he got it."""
    last, seen = world.env["bus.bus"]._bus_last_id(), {}
    with closing(_connect(server)) as socket:
        asked = {"channels": [], "last": last}
        socket.send(json.dumps({"event_name": "subscribe", "data": asked}))
        thread = Thread(target=_listen, args=(socket, seen), daemon=True)
        thread.start()
        yield seen


def _connect(server):
    """A websocket of the operator, signed in."""
    answer = requests.post(
        f"{server.url}/web/session/authenticate",
        json={"params": {"db": server.database, "login": LOGIN, "password": LOGIN}},
        timeout=60,
    )
    assert answer.json()["result"]["uid"], answer.text
    session_id = answer.cookies["session_id"]
    return websocket.create_connection(
        f"ws://127.0.0.1:{server.port}/websocket",
        cookie=f"session_id={session_id}",
        origin=server.url,
    )


def _listen(socket, seen):
    """Keep when each message came, until the socket is closed."""
    try:
        while frame := socket.recv():
            now = time.perf_counter()
            for due in SENT.findall(frame):
                seen.setdefault(due, now - float(due))
    except (OSError, websocket.WebSocketException):
        return
