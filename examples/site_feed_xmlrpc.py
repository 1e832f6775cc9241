#!/usr/bin/env python3
"""Send a file of orders over XML-RPC and read what became of them.

    export ODOO_API_KEY=...     # an API key or the password
    python3 site_feed_xmlrpc.py --database shop --login integrator --feed feed_week.json

Needs nothing but Python's standard library. Odoo 20 drops XML-RPC: site_feed.py
does the same over JSON-2.
"""

import argparse
import collections
import json
import os
import pathlib
import xmlrpc.client

MOST_ORDERS = 100
MOST_LINES = 2500


class Shop:
    """The order API of one Odoo database."""

    def __init__(self, url, database, login, key):
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.user = common.authenticate(database, login, key, {})
        if not self.user:
            raise SystemExit(f"{login} may not log in to {database}")
        self.database, self.key = database, key
        # a feed has null where a site knows nothing
        self.models = xmlrpc.client.ServerProxy(
            f"{url}/xmlrpc/2/object", allow_none=True
        )

    def call(self, method, **arguments):
        """Call a method of sale.order; xmlrpc.client.Fault tells what was refused."""
        return self.models.execute_kw(
            self.database, self.user, self.key, "sale.order", method, [], arguments
        )


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
        except xmlrpc.client.Fault as fault:
            if cursor is None or not fault.faultString.startswith("cursor_expired:"):
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
    parser.add_argument("--database", required=True)
    parser.add_argument("--login", default="integrator")
    parser.add_argument("--feed", default="feed_week.json", type=pathlib.Path)
    parser.add_argument("--cursor", default="site_feed.cursor", type=pathlib.Path)
    arguments = parser.parse_args()
    if "ODOO_API_KEY" not in os.environ:
        parser.error("set ODOO_API_KEY to an API key or the password")
    key = os.environ["ODOO_API_KEY"]
    shop = Shop(arguments.url, arguments.database, arguments.login, key)
    send(shop, json.loads(arguments.feed.read_text(encoding="utf-8")))
    follow(shop, arguments.cursor)


if __name__ == "__main__":
    main()
