#!/usr/bin/env python3
"""Send a file of orders over JSON-2 and read what became of them.

    export ODOO_API_KEY=...     # My Preferences > Security > Add API Key
    python3 site_feed.py --database shop --feed feed_week.json

An order whose slot is full, closed or none of its store's gets the next free one: it
is reserved first, then the order is sent again. The slots so chosen are kept in the
file named by --slots.

Run it again: every order answers "unchanged" and the feed goes on where the file
named by --cursor says. Needs the package ``requests``.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib

import requests

MOST_ORDERS = 100
MOST_LINES = 2500
TIMEOUT_SECONDS = 300
SLOT_CODES = {"slot_unknown", "slot_full", "slot_closed"}
DAYS_AHEAD = 14


class Shop:
    """The order API of one Odoo database."""

    def __init__(self, url, database, key):
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"bearer {key}"
        if database:
            self.session.headers["X-Odoo-Database"] = database

    def call(self, method, **arguments):
        """Call a method of sale.order; RuntimeError tells what Odoo refused."""
        response = self.session.post(
            f"{self.url}/json/2/sale.order/{method}",
            json=arguments,
            timeout=TIMEOUT_SECONDS,
        )
        if response.status_code >= 400:
            raise RuntimeError(response.json().get("message", response.text))
        return response.json()


def batches(orders):
    """Cut the feed into calls of at most 100 orders and 2 500 lines."""
    batch, lines = [], 0
    for order in orders:
        count = len(order.get("lines") or [])
        if batch and (len(batch) == MOST_ORDERS or lines + count > MOST_LINES):
            yield batch
            batch, lines = [], 0
        batch.append(order)
        lines += count
    if batch:
        yield batch


def send(shop, orders, slots_file):
    """Send all orders and print how many of them were taken, and what was not."""
    chosen = json.loads(slots_file.read_text()) if slots_file.exists() else {}
    results = collections.Counter()
    for batch in batches(orders):
        for order in batch:
            order["slot"] = chosen.get(order["external_ref"], order.get("slot"))
        answers = shop.call("service_submit", orders=batch)
        for order, answer in zip(batch, answers, strict=True):
            if SLOT_CODES & {error["code"] for error in answer["errors"]}:
                answer = send_to_another_slot(shop, order, answer, chosen)
            results[answer["result"]] += 1
            for error in answer["errors"]:
                print(
                    f"  {answer.get('external_ref')}: {error['code']}"
                    f" {error['field']}: {error['message']}"
                )
    if chosen:
        slots_file.write_text(json.dumps(chosen))
    print(", ".join(f"{result}: {count}" for result, count in sorted(results.items())))


def send_to_another_slot(shop, order, answer, chosen):
    """Reserve the next free slot for an order and send it again.

    Answers what became of it, or the first answer if there is no slot.
    """
    today = datetime.date.today()
    slots = shop.call(
        "service_slots",
        store=order["store"],
        date_from=str(today),
        date_to=str(today + datetime.timedelta(days=DAYS_AHEAD)),
        kind=order["fulfilment"],
    )
    key = {name: order[name] for name in ("source", "external_ref")}
    for slot in slots:
        if slot["state"] not in ("open", "few"):
            continue
        told = shop.call("service_reserve_slot", order_ref=key, slot_id=slot["slot_id"])
        if told["result"] == "rejected":
            continue
        order["slot"] = {"start": slot["start"], "end": slot["end"]}
        [again] = shop.call("service_submit", orders=[order])
        if again["result"] != "rejected":
            chosen[order["external_ref"]] = order["slot"]
            return again
    return answer


def follow(shop, cursor_file):
    """Read what changed since the last run, and remember how far."""
    cursor = cursor_file.read_text() if cursor_file.exists() else None
    count = 0
    while True:
        try:
            page = shop.call("service_changes", cursor=cursor)
        except RuntimeError as error:
            if cursor is None or not str(error).startswith("cursor_expired:"):
                raise
            print("the cursor has expired: reading from the oldest row")
            cursor = None
            continue
        for change in page["changes"]:
            print(
                f"  {change['at']} {change['external_ref']} {change['kind']}:"
                f" {change.get('stage_name', '')} ({change.get('status', '')})"
            )
        # the rows are dealt with: only now may the cursor move on
        cursor = page["cursor"]
        cursor_file.write_text(cursor)
        count += len(page["changes"])
        if not page["more"]:
            print(f"changes: {count}")
            return


def main():
    """Read the arguments, send, follow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--database", help="if the server has more than one")
    parser.add_argument("--feed", default="feed_week.json", type=pathlib.Path)
    parser.add_argument("--cursor", default="site_feed.cursor", type=pathlib.Path)
    parser.add_argument("--slots", default="site_feed.slots.json", type=pathlib.Path)
    arguments = parser.parse_args()
    if "ODOO_API_KEY" not in os.environ:
        parser.error("set ODOO_API_KEY to an API key of the site's user")
    shop = Shop(arguments.url, arguments.database, os.environ["ODOO_API_KEY"])
    orders = json.loads(arguments.feed.read_text(encoding="utf-8"))
    send(shop, orders, arguments.slots)
    follow(shop, arguments.cursor)


if __name__ == "__main__":
    main()
