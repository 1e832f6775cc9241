#!/usr/bin/env python3
"""Send a file of orders over JSON-2 and read what became of them.

    export ODOO_API_KEY=...     # My Preferences > Security > Add API Key
    python3 site_feed.py --database shop --feed feed_week.json

Run it again: every order answers "unchanged" and the feed goes on where the file
named by --cursor says. Needs the package ``requests``.
"""

import argparse
import collections
import json
import os
import pathlib

import requests

MOST_ORDERS = 100
MOST_LINES = 2500
TIMEOUT_SECONDS = 300


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


def send(shop, orders):
    """Send all orders and print how many of them were taken, and what was not."""
    results = collections.Counter()
    for batch in batches(orders):
        for answer in shop.call("service_submit", orders=batch):
            results[answer["result"]] += 1
            for error in answer["errors"]:
                print(
                    f"  {answer.get('external_ref')}: {error['code']}"
                    f" {error['field']}: {error['message']}"
                )
    print(", ".join(f"{result}: {count}" for result, count in sorted(results.items())))


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
    arguments = parser.parse_args()
    if "ODOO_API_KEY" not in os.environ:
        parser.error("set ODOO_API_KEY to an API key of the site's user")
    shop = Shop(arguments.url, arguments.database, os.environ["ODOO_API_KEY"])
    send(shop, json.loads(arguments.feed.read_text(encoding="utf-8")))
    follow(shop, arguments.cursor)


if __name__ == "__main__":
    main()
