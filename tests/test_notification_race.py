"""Notifications when two act at once, or one is killed: own connections, real commits.

Two at once are shown one after the other: the second one's transaction has begun (its
snapshot is taken) before the first one commits, which is when they get into each
other's way, and so each run is the same.
"""

from contextlib import contextmanager
from unittest.mock import patch

import psycopg2.errors
import pytest

import odoo.api
import odoo.service.model
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.partner_notifications.models import partner_notification_pipeline
from odoo.addons.partner_notifications.tests.common import NotificationBuilders

from support import own_database

COMPANIES, BATCH = 7, 2
STEPS = 5  # the start, three full batches and the last one
CRON = "partner_notifications.ir_cron_pipeline"


class World:
    """Companies with persons in the portal, committed in a database of their own."""

    def __init__(self, database):
        self.database = database
        with database.environment() as env:
            builders = type("Builders", (NotificationBuilders,), {})
            builders.set_up_notifications(env)
            partners = [builders._partner(f"P{number}") for number in range(COMPANIES)]
            self.partner_ids = [partner.id for partner in partners]
            self.person_ids = builders._persons(partners[0]).ids
            self.person_ids += builders._person(partners[0], "colleague").ids
            self.company_id, self.topic_id = builders.company.id, builders.topic.id

    def builders(self, env):
        """The builders of the tests on the connection of ``env``."""
        values = {
            "env": env,
            "company": env["res.company"].browse(self.company_id),
            "topic": env["partner.notification.topic"].browse(self.topic_id),
            "pipeline": env["partner.notification.pipeline"],
        }
        return type("Builders", (NotificationBuilders,), values)

    def queue_wave(self, **topic):
        """The id of a committed wave to all companies.

        :param topic: changes of its topic
        """
        with self.database.environment() as env:
            builders = self.builders(env)
            builders.topic.write({"cap": 0, "action": "none"} | topic)
            return builders._wave(env["res.partner"].browse(self.partner_ids)).id

    def carry_on(self):
        """Run the scheduled action's method to its end."""
        with self.database.environment() as env:
            env["partner.notification.pipeline"]._cron_run()

    def outcomes(self, wave_id):
        """(state, outcomes, number of receipts, candidates left) of a wave."""
        with self.database.environment() as env:
            wave = env["partner.notification.broadcast"].browse(wave_id)
            told = wave.notification_ids
            outcomes = sorted(told.mapped("outcome"))
            return wave.state, outcomes, len(told.receipt_ids), wave.left_count

    def forget(self):
        """Back to no notification at all."""
        with self.database.environment() as env:
            env["partner.notification"].search([]).unlink()
            env["partner.notification.broadcast"].search([]).unlink()

    @contextmanager
    def session(self, user=odoo.api.SUPERUSER_ID):
        """An ``env`` whose transaction has begun and commits only when told to."""
        with self.database.cursor() as cr:
            env = odoo.api.Environment(cr, user, {})
            cr.execute("SELECT")
            # nobody may wait for another here: who does fails
            cr.execute("SET LOCAL lock_timeout = '2s'")
            yield env


@pytest.fixture(scope="module")
def world():
    with own_database() as database:
        yield World(database)


@pytest.fixture(autouse=True)
def small_batches(world, monkeypatch):
    # the second that core waits before it tries again
    monkeypatch.setattr(odoo.service.model.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(partner_notification_pipeline, "BATCH_SIZE", BATCH)
    yield
    world.forget()


SENT = ["sent"] * COMPANIES
RECEIPTS = COMPANIES + 1  # the first company has two persons


# -- the pipeline ----------------------------------------------------------------------


@pytest.mark.parametrize("killed_at", range(STEPS))
def test_a_run_killed_at_any_batch_goes_on_where_it_was(world, killed_at):
    """K9: nothing is lost and nothing doubled, whichever transaction was the last."""
    wave_id = world.queue_wave()
    commit, steps = IrCron._commit_progress, iter(range(STEPS))

    def killed(cron, *args, **options):
        if next(steps) == killed_at:
            raise KeyboardInterrupt
        return commit(cron, *args, **options)

    with (
        patch.object(IrCron, "_commit_progress", killed),
        pytest.raises(KeyboardInterrupt),
        world.session() as env,
    ):
        env["partner.notification.pipeline"]._cron_run()
    state, told, _receipts, left = world.outcomes(wave_id)
    assert len(told) == BATCH * max(killed_at - 1, 0)
    assert (state == "queued") == (killed_at == 0)
    if killed_at:
        assert left == COMPANIES - len(told)
    world.carry_on()
    assert world.outcomes(wave_id) == ("done", SENT, RECEIPTS, 0)


@mute_logger("odoo.sql_db")
@pytest.mark.parametrize("topic", [{}, {"active": False}], ids=["sent", "dropped"])
def test_two_runs_at_once_tell_nobody_twice(world, topic):
    """What is dropped has no unique key; that its candidate is gone shows it."""
    wave_id = world.queue_wave(**topic)
    with world.session() as first:
        first["partner.notification.pipeline"]._step(_wave(first, wave_id))
        first.cr.commit()
    with world.session() as first, world.session() as second:
        first["partner.notification.pipeline"]._step(_wave(first, wave_id))
        first.cr.commit()
        with pytest.raises(psycopg2.errors.SerializationFailure):
            second["partner.notification.pipeline"]._step(_wave(second, wave_id))
            second.cr.commit()
    world.carry_on()
    state, told, receipts, left = world.outcomes(wave_id)
    with world.database.environment() as env:
        env["partner.notification.topic"].browse(world.topic_id).active = True
    assert (state, len(told), left) == ("done", COMPANIES, 0)
    assert receipts == (0 if topic else RECEIPTS)


def test_two_waves_of_one_run_keep_the_cap(world):
    """K12: the second wave counts what the first one has stored."""
    waves = [world.queue_wave(cap=1), world.queue_wave(cap=1)]
    world.carry_on()
    assert [world.outcomes(wave_id)[1] for wave_id in waves] == [
        SENT,
        ["capped"] * COMPANIES,
    ]


def test_the_scheduled_action_runs_once_at_a_time(world):
    with world.session() as first, world.session() as second:
        job_id = first.ref(CRON).id
        assert IrCron._acquire_one_job(first.cr, job_id, include_not_ready=True)
        with pytest.raises(UserError, match="already executing"):
            second.ref(CRON).method_direct_trigger()


def _wave(env, wave_id):
    return env["partner.notification.broadcast"].browse(wave_id)


# -- a person's marks ------------------------------------------------------------------


def _told(world, **topic):
    world.queue_wave(**topic)
    world.carry_on()


def _mark_all(env):
    receipts = env["partner.notification.receipt"]
    return receipts._mark_all_read(receipts._current())


@mute_logger("odoo.sql_db")
def test_two_tabs_that_mark_all_at_once_keep_the_first_moment(world):
    _told(world)
    with world.session(world.person_ids[0]) as one, world.session(one.uid) as other:
        assert _mark_all(one) == 1
        receipt = one["partner.notification.receipt"].search([])
        moment = receipt.read_at
        one.cr.commit()
        assert retrying(lambda: _mark_all(other), other) == 0
        receipt = other["partner.notification.receipt"].search([])
        assert receipt.read_at == moment


def test_what_arrives_while_all_is_marked_stays_unread(world):
    _told(world)
    with world.session(world.person_ids[0]) as person:
        _told(world)
        assert _mark_all(person) == 1
        person.cr.commit()
        assert person.user._notification_badge() == "1"


@mute_logger("odoo.sql_db")
def test_of_two_colleagues_who_ask_at_once_the_first_has_asked(world):
    _told(world, action="debt")
    one_id, other_id = world.person_ids
    with world.session(one_id) as one, world.session(other_id) as other:
        assert _ask(one)
        one.cr.commit()
        assert not retrying(lambda: _ask(other), other)
        receipt = other["partner.notification.receipt"].search([])
        assert receipt.acted_by == one.user.name


def _ask(env):
    return env["partner.notification.receipt"].search([])._ask("asked")


# -- marks of changes ------------------------------------------------------------------


@pytest.mark.parametrize("commits_first", ["who leaves it", "who looks"])
def test_a_mark_left_while_a_source_looks_is_looked_at_next(world, commits_first):
    """K6: no change is lost, and neither of the two waits for the other."""
    with world.session() as business, world.session() as source:
        marks = source["partner.notification.mark"]
        company = source["res.company"].browse(world.company_id)
        business["partner.notification.mark"]._leave("race", [(company.id, 7, "old")])
        if commits_first == "who leaves it":
            business.cr.commit()
        assert not source.execute_query(marks._oldest_sql("race", company))
        marks._take_away("race", company)
        source.cr.commit()
        business.cr.commit()
        [(_id, res_id, before)] = source.execute_query(
            marks._oldest_sql("race", company)
        )
        assert (res_id, before) == (7, "old")
        marks._take_away("race", company)
        source.cr.commit()


# -- into the draft order --------------------------------------------------------------


def _goods_are_here(world, number):
    """Ids of told entries of the first company, each for goods of its own."""
    with world.database.environment() as env:
        builders = world.builders(env)
        builders._warehouse(f"{number} race")
        builders.set_up_waitlist()
        partner = env["res.partner"].browse(world.partner_ids[0])
        entries = env["partner.waitlist"]
        for place in range(number):
            goods = builders._product(f"Goods {place}")
            entries |= builders._entry(partner, product_id=goods.id)
            builders._arrive(1, product=goods)
        builders._tick()
        assert set(entries.mapped("state")) == {"told"}
        builders.rule.active = False
        return entries.ids


def _order(env, entry_id):
    """What the portal's door does after it has found the entry by its rule."""
    entry = env["partner.waitlist"].search([("id", "=", entry_id)]).sudo()
    entry._order_for(env.user)
    return entry


@mute_logger("odoo.sql_db")
def test_of_two_colleagues_who_order_at_once_one_has_ordered(world):
    """K11: the goods stand in the order once, and the second is told by whom."""
    [entry_id] = _goods_are_here(world, 1)
    one_id, other_id = world.person_ids
    with world.session(one_id) as one, world.session(other_id) as other:
        order = _order(one, entry_id).order_id
        one.cr.commit()
        with pytest.raises(UserError, match="In an order"):
            retrying(lambda: _order(other, entry_id), other)
        other.cr.rollback()
        receipt = other["partner.notification.receipt"].search([])
        assert receipt.acted_by == one.user.name
        lines = other["partner.waitlist"].browse(entry_id).sudo().order_id.order_line
        assert (lines.order_id, len(lines)) == (order.with_env(lines.env), 1)


@mute_logger("odoo.sql_db")
def test_two_goods_ordered_at_once_share_the_draft(world):
    first_id, second_id = _goods_are_here(world, 2)
    one_id, other_id = world.person_ids
    with world.session(one_id) as one, world.session(other_id) as other:
        order = _order(one, first_id).order_id
        one.cr.commit()
        shared = retrying(lambda: _order(other, second_id).order_id, other)
        assert shared.id == order.id
        assert len(shared.order_line) >= 2
