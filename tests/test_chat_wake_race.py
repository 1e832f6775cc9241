"""No message waits for a job that nobody made (chat-design 2, "loses messages")."""

from unittest.mock import patch

import pytest

from support import own_database
from support.interleaving import CHANNEL, LANE, WakeWorld, interleave

INTERLEAVINGS = 150


@pytest.fixture(scope="module")
def world():
    with own_database() as database, WakeWorld.stack:
        yield WakeWorld(database)


def test_a_message_that_is_committed_as_the_job_ends_is_worked_off(world):
    """The webhook stores; the job that waits runs and ends; the webhook commits."""
    with world.database.cursor() as first:
        world.take(first)
        first.commit()
    uuid = world.pending()
    assert uuid
    with world.database.cursor() as late:
        world.take(late)
        world.begin(uuid)
        world.perform(uuid)
        assert world.pending() is None
        late.commit()
    assert world.waiting_rows() == 1
    world.run_all()
    assert world.waiting_rows() == 0


def test_the_same_loses_the_message_if_the_job_is_looked_for_before_the_commit(world):
    """That the test above can see a loss: this is the way that loses."""
    with world.database.cursor() as first:
        world.take(first)
        first.commit()
    uuid = world.pending()
    with world.database.cursor() as late:
        world.take(late)
        late.postcommit.clear()
        world.environment(late)["chat.inbox.lane"]._wake([LANE])
        world.begin(uuid)
        world.perform(uuid)
        late.commit()
    assert world.pending() is None
    assert world.waiting_rows() == 1
    wake_overdue(world)
    world.run_all()
    assert world.waiting_rows() == 0


def wake_overdue(world):
    """What the cron does for rows that have waited: the net below the ropes."""
    with world.database.environment() as env:
        env.cr.execute("UPDATE chat_inbox SET create_date = '2020-01-01'")
        env["chat.inbox.lane"]._cron_wake_overdue()


def test_a_message_for_a_job_at_work_needs_no_other_job(world):
    """A busy lane does not make a job a message: the one that is awake looks again."""
    with world.database.cursor() as first:
        world.take(first)
        first.commit()
    uuid = world.pending()
    world.begin(uuid)
    at_work = world.perform_in_steps(uuid)
    next(at_work)
    with world.database.cursor() as late:
        world.take(late)
        late.commit()
    assert world.pending() is None
    for _stop in at_work:
        pass
    assert world.waiting_rows() == 0


def test_a_job_that_ends_without_a_last_look_would_lose_a_message(world):
    """That the interleavings below can see a loss: this is another way that loses."""
    lanes = world.database.registry["chat.inbox.lane"]
    with patch.object(lanes, "_has_more", lambda _self, _lane: False):
        assert any(interleave(world, seed) for seed in range(INTERLEAVINGS))
    wake_overdue(world)
    world.run_all()
    assert world.waiting_rows() == 0


def test_a_job_that_is_put_off_swallows_no_wake_up(world):
    with world.database.cursor() as cr:
        world.environment(cr)["chat.inbox.lane"].with_delay(
            channel=CHANNEL, eta=3600
        )._drain(LANE)
        cr.commit()
        world.take(cr)
        cr.commit()
        cr.execute("SELECT count(*) FROM queue_job WHERE state = 'pending'")
        assert cr.fetchone()[0] == 2
        cr.execute("DELETE FROM queue_job WHERE eta IS NOT NULL")
        cr.commit()
    world.run_all()
    assert world.waiting_rows() == 0


@pytest.mark.parametrize("part", range(3))
def test_no_interleaving_loses_a_message(world, part):
    """E1: seeded at random; 2 000 in the bench."""
    for seed in range(part * INTERLEAVINGS // 3, (part + 1) * INTERLEAVINGS // 3):
        assert interleave(world, seed) == 0, f"seed {seed}"
