"""The portal at 10 000 000 receipts: bell, list at any depth, marks, retention."""

import random
import re
import threading
from contextlib import contextmanager
from unittest.mock import patch

from notifications_world import COMPANIES, PASSWORD
from werkzeug.test import Client
from world import median, percentile, seconds

import odoo.api
import odoo.http
from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.partner_notifications.rules import keyset

NOTIFICATIONS, PERSONS_EACH = 1_000_000, 10
PAGE = 80
DEEP_PAGE = 10_000
READER_ROWS = (DEEP_PAGE + 20) * PAGE  # of the one person whose list is that long
UNREAD_ROWS = 20_000
READERS = 1_000
RUNS = 30
WARM_UP = 3
PAIRS = 5
CHUNKS = 5
READINGS = 400
HERE = {"REMOTE_ADDR": "127.0.0.1"}


def measure(world, report):
    world.fill_ledger()
    _fill_receipts(world)
    world.reader_ids = random.Random(19).sample(world.user_ids, READERS)
    _measure_bell(world, report)
    _measure_list(world, report)
    _measure_mark_all(world, report)
    _measure_retention(world, report)


# -- rows ------------------------------------------------------------------------------


def _fill_receipts(world):
    """A million notifications to ten persons each, one a minute until now.

    One person has got four fifths of them; each other one about ninety, five unread.
    """
    [notification] = world._send(world._wave([world.sample]))
    receipt = notification.receipt_ids
    receipt.read_at = fields.Datetime.now()
    world.env.flush_all()
    first = world._next_id("partner_notification")
    at = _minutes_ago(SQL("n"))
    world.clone(
        "partner_notification",
        notification.id,
        NOTIFICATIONS,
        {
            "id": SQL("%s + n", first),
            "dedup_key": SQL("'bulk:' || n"),
            "commercial_partner_id": SQL(
                "%s + n %% %s", world.first_partner, COMPANIES
            ),
            "create_date": at,
        },
    )
    at = _minutes_ago(SQL("(n / %s)", PERSONS_EACH))
    is_reader = SQL(
        "(n %% %s = 0 AND n / %s >= %s)",
        PERSONS_EACH,
        PERSONS_EACH,
        NOTIFICATIONS - READER_ROWS,
    )
    left = SQL("%s - n / %s", NOTIFICATIONS, PERSONS_EACH)
    world.clone(
        "partner_notification_receipt",
        receipt.id,
        NOTIFICATIONS * PERSONS_EACH,
        {
            "id": SQL("%s + n", world._next_id("partner_notification_receipt")),
            "notification_id": SQL("%s + n / %s", first, PERSONS_EACH),
            "partner_id": SQL(
                "CASE WHEN %s THEN %s ELSE %s + n %% %s END",
                is_reader,
                receipt.partner_id.id,
                world.first_person,
                COMPANIES,
            ),
            "commercial_partner_id": SQL(
                "CASE WHEN %s THEN %s ELSE %s + n %% %s END",
                is_reader,
                world.sample.id,
                world.first_partner,
                COMPANIES,
            ),
            "appear_at": at,
            "seen_at": at,
            "read_at": SQL(
                "CASE WHEN %s > CASE WHEN %s THEN %s ELSE %s END THEN %s END",
                left,
                is_reader,
                UNREAD_ROWS,
                NOTIFICATIONS // 20,
                at,
            ),
        },
    )
    for table in ("partner_notification", "partner_notification_receipt"):
        world._catch_up(table)
    world.settle()


def _minutes_ago(number):
    """SQL of when the notification of a number was sent: one a minute until now."""
    return SQL(
        "%s::timestamp - (%s - %s) * INTERVAL '1 minute'",
        fields.Datetime.now(),
        NOTIFICATIONS,
        number,
    )


# -- pages -----------------------------------------------------------------------------


class Browser:
    """A person's requests, served in this process: no network, no other worker."""

    def __init__(self, database, login):
        self.client = Client(odoo.http.root)
        answer = self.client.post(
            "/web/session/authenticate",
            json={"params": {"db": database, "login": login, "password": PASSWORD}},
            environ_base=HERE,
        )
        assert answer.json["result"]["uid"], answer.json

    def get(self, address):
        """(seconds, number of queries, text) of a page."""
        took, answer = seconds(lambda: self.client.get(address, environ_base=HERE))
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200, (address, answer.status, text[-500:])
        return took, threading.current_thread().query_count, text

    def median(self, addresses, runs=RUNS):
        """address -> (median seconds, median queries), taken in turns and warm."""
        found = {address: [] for address in addresses}
        for _run in range(runs + WARM_UP):
            for address in addresses:
                found[address].append(self.get(address)[:2])
        return {
            address: tuple(map(median, zip(*taken[WARM_UP:], strict=True)))
            for address, taken in found.items()
        }


def _measure_bell(world, report):
    env = world.env
    browser = Browser(env.cr.dbname, world.person.login)
    page = "/my/security"
    _took, queries = browser.median([page])[page]
    with patch.object(type(env["res.users"]), "_notification_badge", lambda user: ""):
        _took, without = browser.median([page])[page]
    report.add(
        "notifications: bell, queries a page more",
        queries - without,
        "queries",
        most=1,
        page=page,
    )
    # as of a request: no companies in the context
    users = env(context={})["res.users"]
    some = users.browse([world.person.id, *world.reader_ids])
    for _warm in range(2):
        took = [_badge_seconds(user) for user in some]
    report.add(
        "notifications: bell at 10 M receipts, p95 warm",
        percentile(took, 0.95) * 1000,
        "ms",
        most=2,
        longest_list_ms=round(took[0] * 1000, 2),
    )
    _badge_seconds(some[:1])
    report.add(
        "notifications: bell, sorts in its plan",
        len(_sorts(env.cr)),
        "sorts",
        most=0,
    )


def _badge_seconds(user):
    user.env.invalidate_all()
    receipts = user.env["partner.notification.receipt"].with_user(user)
    receipts.env.user.partner_id.commercial_partner_id  # noqa: B018 - of any page
    return seconds(user._notification_badge)[0]


def _sorts(cr):
    """The sorts in the plan of the last query."""
    query = cr._obj.query.decode()
    cr.execute(SQL("EXPLAIN %s", SQL(query.replace("%", "%%"))))
    return [line for (line,) in cr.fetchall() if re.search(r"\bSort\b", line)]


def _measure_list(world, report):
    env = world.env
    _make_orders(world)
    browser = Browser(env.cr.dbname, world.person.login)
    receipts = env["partner.notification.receipt"].with_user(world.person)
    [deep] = receipts.search(receipts._current(), offset=DEEP_PAGE * PAGE, limit=1)
    place = keyset.write(deep.appear_at, deep.id)
    newest, depth = "/my/notifications", f"/my/notifications?before={place}"
    orders, empty = "/my/orders", "/my/security"
    shown = browser.get(orders)[2].count("/my/orders/")
    assert shown >= PAGE, f"{shown} orders shown"
    for address in (newest, depth):
        shown = browser.get(address)[2].count("<article")
        assert shown == PAGE, f"{shown} notifications shown"
    found = browser.median([newest, depth, orders, empty])
    for name, address in (("page 1", newest), (f"page {DEEP_PAGE}", depth)):
        took, queries = found[address]
        report.add(
            f"notifications: list, {name}, p50",
            took * 1000,
            "ms",
            "/my/orders with 80 orders",
            found[orders][0] * 1000,
            most_ratio=1.3,
        )
        report.add(
            f"notifications: list, {name}, queries above an empty portal page",
            queries - found[empty][1],
            "queries",
            most=12,
            queries=queries,
        )
    receipts._page(receipts._current(), before=keyset.read(place))
    report.add("notifications: list, sorts in its plan", len(_sorts(env.cr)), "sorts")


def _make_orders(world):
    """80 confirmed orders of the reader's company."""
    product = world.env["product.product"].create({"name": "Fee", "type": "service"})
    orders = world.env["sale.order"].create(
        [
            {
                "partner_id": world.sample.id,
                "company_id": world.company.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
            for _number in range(PAGE)
        ]
    )
    orders.state = "sale"
    world.env.cr.commit()


# -- marks -----------------------------------------------------------------------------


def _measure_mark_all(world, report):
    """In turns, each undone; an UPDATE writes all the indexes of a row anew."""
    env, cr = world.env, world.env.cr
    receipts = env["partner.notification.receipt"].with_user(world.person)

    def mark():
        assert receipts._mark_all_read(receipts._current()) == UNREAD_ROWS

    def update():
        cr.execute(
            """UPDATE partner_notification_receipt SET read_at = now()
                WHERE partner_id = %s AND read_at IS NULL AND archived_at IS NULL""",
            [world.person.partner_id.id],
        )
        assert cr.rowcount == UNREAD_ROWS, cr.rowcount

    took = {mark: [], update: []}
    for _pair in range(PAIRS):
        for act, found in took.items():
            found.append(seconds(act)[0])
            cr.rollback()
            env.invalidate_all()
    report.add(
        "notifications: mark all of 20 000",
        median(took[mark]) * 1000,
        "ms",
        "one bare UPDATE",
        median(took[update]) * 1000,
        most_ratio=2,
    )


# -- retention -------------------------------------------------------------------------


def _measure_retention(world, report):
    """Readers' lists and badges while old notifications are deleted, and before."""
    env = world.env
    for _warm in range(2):
        quiet = [_read(world) for _reading in range(READINGS)]
    world.topic.keep_days = NOTIFICATIONS // 60 // 24 - 60
    env.cr.commit()
    rows, took = [], []
    with _reading(world) as busy:
        for _chunk in range(CHUNKS):
            spent, deleted = seconds(lambda: _delete_chunk(env))
            took.append(spent)
            rows.append(deleted * (1 + PERSONS_EACH))
    report.add(
        "notifications: retention, rows deleted in a transaction",
        max(rows),
        "rows",
        most=50_000,
        notifications=max(rows) // (1 + PERSONS_EACH),
        seconds=round(max(took), 2),
    )
    report.add(
        "notifications: retention, readers' p95 meanwhile",
        percentile(busy, 0.95) * 1000,
        "ms",
        "p95 before",
        percentile(quiet, 0.95) * 1000,
        most_ratio=1.5,
        readings=len(busy),
    )


def _delete_chunk(env):
    """Number of notifications deleted in one transaction of the vacuum."""
    deleted, _more = env["partner.notification"]._gc_old()
    env.cr.commit()
    return deleted


def _read(world):
    """Seconds of a person's badge and newest page, on a connection of its own."""
    with world.env.registry.cursor() as cr:
        env = odoo.api.Environment(cr, random.choice(world.reader_ids), {})
        receipts = env["partner.notification.receipt"]

        def look():
            env.user._notification_badge()
            page, _newer, _older = receipts._page(receipts._current())
            return page.mapped("body")

        return seconds(look)[0]


@contextmanager
def _reading(world):
    """Somebody reads as long as the block lasts: a list of seconds."""
    took, over = [], threading.Event()

    def read():
        while not over.is_set():
            took.append(_read(world))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()
