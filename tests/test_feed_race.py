"""The feed under fire: real transactions that overlap, roll back, hang and die."""

import random
import threading
import time

import psycopg2.errors
import pytest

import odoo.api

from odoo.addons.order_service.models import order_service_change

from support import own_database
from support.shop import LOGIN, open_shop, order

WRITERS = 8
RACE_SECONDS = 8
ORDERS = 12
CONFLICTS = (psycopg2.errors.SerializationFailure, psycopg2.errors.LockNotAvailable)


class Feed:
    """The database of the race and its API user."""

    def __init__(self, database):
        self.database = database
        open_shop(database)
        with database.environment() as env:
            self.user = env["res.users"].search([("login", "=", LOGIN)]).id
        with database.environment(self.user) as env:
            sent = [order() for _index in range(ORDERS)]
            answers = env["sale.order"].service_submit(sent)
            self.order_ids = [answer["order_id"] for answer in answers]

    def read(self, cursor=None, limit=500):
        """One call of the site, committed."""
        with self.database.environment(self.user) as env:
            return env["sale.order"].service_changes(cursor, limit)

    def read_all(self, cursor=None, limit=500):
        """(every row after ``cursor``, the last cursor)."""
        rows = []
        while True:
            page = self.read(cursor, limit)
            rows += page["changes"]
            cursor = page["cursor"]
            if not page["more"]:
                return rows, cursor

    def write(self, env, order_id, mark):
        """One feed row in the transaction of ``env``."""
        env["sale.order"].browse(order_id)._service_feed("slot", {"reason": mark})
        env.flush_all()


@pytest.fixture(scope="module")
def feed():
    with own_database() as database:
        yield Feed(database)


def marks(rows):
    return [row["data"].get("reason") for row in rows]


class Writer(threading.Thread):
    """Writes rows in short and long transactions; a third of them roll back."""

    def __init__(self, feed, number, until):
        super().__init__()
        self.feed, self.number, self.until = feed, number, until
        self.random = random.Random(number)
        self.committed = []

    def run(self):
        count = 0
        while time.monotonic() < self.until:
            count += 1
            mark = f"{self.number}-{count}"
            try:
                self._write(mark)
            except (*CONFLICTS, Rollback):
                continue
            self.committed.append(mark)

    def _write(self, mark):
        with self.feed.database.environment() as env:
            env.cr.execute("SET LOCAL lock_timeout = '2s'")
            self.feed.write(env, self.random.choice(self.feed.order_ids), mark)
            time.sleep(self.random.choice([0, 0, 0.01, 0.1, 0.4]))
            if self.random.random() < 1 / 3:
                raise Rollback


class Rollback(Exception):
    """Ends a transaction without a trace."""


class Reader(threading.Thread):
    """A site that follows the feed in small pages."""

    def __init__(self, feed, cursor, until):
        super().__init__()
        self.feed, self.cursor, self.until = feed, cursor, until
        self.rows = []

    def run(self):
        while time.monotonic() < self.until:
            rows, self.cursor = self.feed.read_all(self.cursor, limit=7)
            self.rows += rows
            time.sleep(0.02)


def test_nothing_committed_is_skipped_and_every_reader_reads_the_same(feed):
    """Eight writers with rollbacks, three readers, one writer open all the time."""
    start = feed.read("now")["cursor"]
    until = time.monotonic() + RACE_SECONDS
    writers = [Writer(feed, number, until) for number in range(WRITERS)]
    readers = [Reader(feed, start, until) for _index in range(3)]
    with feed.database.environment() as env:
        slow_order = feed.order_ids.pop()
        feed.write(env, slow_order, "slow")
        for thread in (*writers, *readers):
            thread.start()
        for thread in (*writers, *readers):
            thread.join()
        unread = {mark for reader in readers for mark in marks(reader.rows)}
        assert "slow" not in unread
    committed = sorted(mark for writer in writers for mark in writer.committed)
    assert len(committed) > 5 * WRITERS
    feed.order_ids.append(slow_order)
    for reader in readers:
        rest, _cursor = feed.read_all(reader.cursor)
        reader.rows += rest
        assert sorted(marks(reader.rows)) == sorted([*committed, "slow"])
        assert marks(reader.rows) == marks(readers[0].rows)
    anew, _cursor = feed.read_all(start, limit=500)
    assert anew == readers[0].rows


def test_seq_rises_by_one_per_order_in_the_order_of_the_feed(feed):
    rows, _cursor = feed.read_all()
    by_order = {}
    for row in rows:
        by_order.setdefault(row["order_id"], []).append(row["seq"])
    assert by_order
    for seqs in by_order.values():
        assert seqs == list(range(1, len(seqs) + 1))


def test_a_reader_that_dies_between_stamp_and_commit_takes_nothing_along(feed):
    start = feed.read("now")["cursor"]
    with feed.database.environment() as env:
        feed.write(env, feed.order_ids[0], "before the death")
    with feed.database.cursor() as cr:
        env = odoo.api.Environment(cr, feed.user, {})
        page = env["sale.order"].service_changes(start)
        assert marks(page["changes"]) == ["before the death"]
        cr.rollback()
    with feed.database.environment() as env:
        feed.write(env, feed.order_ids[1], "after the death")
    rows, _cursor = feed.read_all(start)
    assert marks(rows) == ["before the death", "after the death"]


def test_a_reader_does_not_wait_for_another_one_that_hangs(feed):
    start = feed.read("now")["cursor"]
    with feed.database.environment() as env:
        feed.write(env, feed.order_ids[0], "one")
    with feed.database.cursor() as cr:
        env = odoo.api.Environment(cr, feed.user, {})
        env["sale.order"].service_changes(start)
        began = time.monotonic()
        assert feed.read(start)["changes"] == []
        assert time.monotonic() - began < 2
        cr.commit()
    rows, _cursor = feed.read_all(start)
    assert marks(rows) == ["one"]


def test_a_reader_with_an_old_snapshot_stamps_nothing_above_rows_it_cannot_see(
    feed, monkeypatch
):
    """More rows wait than one reader stamps at once, the oldest of a long writer."""
    start = feed.read("now")["cursor"]
    monkeypatch.setattr(order_service_change, "STAMPED_AT_ONCE", 1)
    with feed.database.cursor() as late:
        with feed.database.environment() as env:
            feed.write(env, feed.order_ids[0], "low id, committed late")
            with feed.database.environment() as other:
                feed.write(other, feed.order_ids[1], "high id, committed first")
            late.execute("SELECT count(*) FROM order_service_change")  # the snapshot
        early = feed.read(start)
        assert marks(early["changes"]) == ["low id, committed late"]
        reader = odoo.api.Environment(late, feed.user, {})
        page = reader["sale.order"].service_changes(start)
        late.commit()
    rows, _cursor = feed.read_all(page["cursor"])
    assert marks(page["changes"] + rows) == [
        "low id, committed late",
        "high id, committed first",
    ]


def test_a_cursor_beyond_the_end_or_of_a_copy_is_expired(feed):
    cursor = feed.read("now")["cursor"]
    name, _colon, position = cursor.partition(":")
    for wrong in (f"{name}:{int(position) + 10_000}", f"{'0' * 32}:{position}"):
        with pytest.raises(Exception, match="^cursor_expired:"):
            feed.read(wrong)
