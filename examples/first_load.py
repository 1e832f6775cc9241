#!/usr/bin/env python3
"""Load goods, customers and price lists from CSV files over JSON-2, in chunks.

    export ODOO_API_KEY=...     # of an administrator
    python3 first_load.py --database shop 1-product.pricelist.csv \\
        2-product.product.csv 3-res.partner.csv 4-product.pricelist.item.csv

A file is named after its model, with a number for people before it and its header is
that of Odoo's own import; the column ``id`` holds external ids, by which a second run
finds the rows again. How far each file came is kept in ``first_load.json``: a run that
was cut off goes on there, ``--again`` begins anew. A chunk is taken as a whole or, if
a row of it is wrong, not at all; then the program names the rows and stops.
Needs the package ``requests``.
"""

import argparse
import csv
import itertools
import json
import os
import pathlib
import re
import sys
import time

import requests

CHUNK_ROWS = 1000
TIMEOUT_SECONDS = 600
# nobody is told of a million new records
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class Database:
    """One Odoo database, spoken to as an administrator."""

    def __init__(self, url, database, key):
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"bearer {key}"
        if database:
            self.session.headers["X-Odoo-Database"] = database

    def load(self, model, fields, rows):
        """Create or update rows; a list of sentences if they were refused."""
        response = self.session.post(
            f"{self.url}/json/2/{model}/load",
            json={"fields": fields, "data": rows, "context": QUIET},
            timeout=TIMEOUT_SECONDS,
        )
        if response.status_code >= 400:
            return [{"message": response.json().get("message", response.text)}]
        return response.json()["messages"]


def model_of(path):
    """``3-res.partner.csv`` and ``res.partner.csv`` hold ``res.partner``."""
    return re.sub(r"^\d+-", "", path.stem)


def chunks(rows, size):
    """Cut an iterable into lists of at most ``size``."""
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, size)):
        yield chunk


def load_file(database, path, done, size, keep):
    """Load one file from row ``done`` on; answer the rows of the file.

    :param keep: called with the number of rows taken so far
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        fields = next(reader)
        for chunk in chunks(itertools.islice(reader, done, None), size):
            if messages := database.load(model_of(path), fields, chunk):
                refuse(path, done, messages)
            done += len(chunk)
            keep(done)
            print(f"{path.name}: {done}", flush=True)
    return done


def refuse(path, done, messages):
    """Name the wrong rows by their line in the file and stop."""
    for message in messages[:20]:
        # the header is line 1
        line = done + message.get("record", 0) + 2
        print(f"{path.name}:{line}: {message['message']}", file=sys.stderr)
    sys.exit(1)


def main():
    """Read the arguments and load the files in their order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--database", help="needed if the server has several")
    parser.add_argument("--rows", type=int, default=CHUNK_ROWS, help="of a chunk")
    parser.add_argument("--again", action="store_true", help="begin anew")
    parser.add_argument("--state", type=pathlib.Path, default="first_load.json")
    options = parser.parse_args()
    database = Database(options.url, options.database, os.environ["ODOO_API_KEY"])
    done = {}
    if options.state.exists() and not options.again:
        done = json.loads(options.state.read_text(encoding="utf-8"))

    for path in options.files:

        def keep(rows, name=path.name):
            done[name] = rows
            options.state.write_text(json.dumps(done, indent=1), encoding="utf-8")

        start, before = time.monotonic(), done.get(path.name, 0)
        rows = load_file(database, path, before, options.rows, keep) - before
        took = time.monotonic() - start
        print(f"{path.name}: {rows} rows in {took:.0f} s")


if __name__ == "__main__":
    main()
