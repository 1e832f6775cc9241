"""Webhooks and the runner of jobs, step by step, in any order one wants.

A step is what one transaction does at a time; between two of them others may come.
"""

import json
import random
from contextlib import ExitStack
from unittest.mock import patch

import odoo.api

from odoo.addons.chat_center_bridge.models import chat_inbox_lane
from odoo.addons.queue_job.job import Job

from .chat_center import StandingBuilders
from .stepwise import Stepwise

# of a job: taking rows, and looking whether it may end
STEPS = ("_drain_batch", "_has_more")
LANE, CHANNEL = 0, "root.chat_in_0"
WEBHOOKS = 3
NEW = "SELECT count(*) FROM chat_inbox WHERE state = 'new' AND gateway_id = %s"
OVER = object()
PENDING = """SELECT uuid FROM queue_job WHERE channel = %s AND state = 'pending'
              ORDER BY id LIMIT 1"""


class WakeWorld(StandingBuilders):
    """One gateway of one lane, and its jobs run by hand, step by step."""

    def __init__(self, database):
        self.database = database
        self.number = 0
        with database.environment() as env:
            env["ir.config_parameter"].set_param("chat_center_bridge.lanes", "1")
            self.set_up_chats(env)
            self.gateway_id = self.gateway.id
            env.cr.postcommit.clear()
        # a job waits for others in its steps, not by the clock
        self.enterClassContext(patch.object(chat_inbox_lane, "patience", lambda _s: 0))

    def environment(self, cr):
        return odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})

    def take(self, cr):
        """What a webhook does before its commit; of a kind that is quickly done."""
        self.number += 1
        update = self._update(chat=-5, number=self.number)
        update["message"]["chat"]["type"] = "group"
        env = self.environment(cr)
        gateway = env["chat.gateway"].browse(self.gateway_id)
        env["chat.inbox"]._take(gateway, json.dumps(update).encode())
        env.flush_all()

    def pending(self):
        """A job that the runner may begin, or None."""
        with self.database.cursor() as cr:
            cr.execute(PENDING, [CHANNEL])
            found = cr.fetchone()
            return found and found[0]

    def begin(self, uuid):
        """The runner's first transaction: from now on the job is none that waits."""
        with self.database.cursor() as cr:
            job = Job.load(self.environment(cr), uuid)
            job.set_started()
            job.store()
            cr.commit()

    def perform(self, uuid):
        """The job itself, to its end."""
        for _stop in self.perform_in_steps(uuid):
            pass

    def perform_in_steps(self, uuid):
        """The job itself, with a stop wherever it has looked or is about to."""
        job = Stepwise(lambda: self._perform(uuid))
        lanes = self.database.registry["chat.inbox.lane"]
        with job.stopping_at(lanes, *STEPS):
            while job.step():
                yield

    def _perform(self, uuid):
        with self.database.cursor() as cr:
            job = Job.load(self.environment(cr), uuid)
            job.perform()
            job.set_done()
            job.store()
            cr.commit()

    def run_all(self):
        """Whatever jobs there are, one after the other."""
        while uuid := self.pending():
            self.begin(uuid)
            self.perform(uuid)

    def waiting_rows(self):
        with self.database.cursor() as cr:
            cr.execute(NEW, [self.gateway_id])
            return cr.fetchone()[0]


def webhook(world, cursors):
    """A webhook in four steps, each of which others may come between."""
    late = cursors.enter_context(world.database.cursor())
    world.take(late)
    late.postcommit.clear()
    yield
    late.commit()
    yield
    # what follows the commit, ``_wake``, cut in two
    cr = cursors.enter_context(world.database.cursor())
    lane = world.environment(cr)["chat.inbox.lane"]
    asleep = lane._asleep([LANE])
    yield
    for number in asleep:
        lane._enqueue(number)
    cr.commit()


def runner(world):
    """The runner of jobs, with a pause after each step of a job.

    It tells whether it is in the middle of one.
    """
    while True:
        if uuid := world.pending():
            world.begin(uuid)
            yield True
            for _stop in world.perform_in_steps(uuid):
                yield True
        yield False


def interleave(world, seed):
    """Let some webhooks and the runner come between each other, then run what is left.

    :param int seed: decides who is next
    :return: how many events nobody works off
    """
    chance = random.Random(seed)
    with ExitStack() as cursors:
        steps = [webhook(world, cursors) for _number in range(WEBHOOKS)]
        running = runner(world)
        is_in_a_job = False
        while steps:
            chosen = chance.choice([*steps, running])
            told = next(chosen, OVER)
            if chosen is running:
                is_in_a_job = told
            elif told is OVER:
                steps.remove(chosen)
        while is_in_a_job:
            is_in_a_job = next(running)
    world.run_all()
    return world.waiting_rows()
