"""The last place of a slot, and many who want it: one gets it, nobody else an error."""

import functools
import threading

import pytest

import odoo.api
import odoo.service.model
from odoo.service.model import retrying
from odoo.tools import mute_logger

from odoo.addons.order_service.rules.intake import Received
from odoo.addons.order_service.tests.common import OrderServiceBuilders

from support import own_database

CONNECTIONS, ROUNDS = 16, 200
WAIT_SECONDS = 120
MINUTES = 15
FREE = """UPDATE order_service_slot_place SET order_id = NULL, source_id = NULL,
                 external_ref = NULL, expires_at = NULL
           WHERE source_id IS NOT NULL"""


class World(OrderServiceBuilders):
    """A store with one slot of one place a day, committed in an own database."""

    def __init__(self, database):
        self.database = database

    def set_up(self):
        with self.database.environment() as env:
            self.set_up_world(env)
            env["order.service.slot.pattern"].create(
                [
                    {
                        "store_id": self.store.id,
                        "weekday": str(day),
                        "start_hour": 10,
                        "end_hour": 12,
                        "places": 1,
                    }
                    for day in range(7)
                ]
            )
            self.slot_id = env["order.service.slot"].search([])[-1].id
            self.user_id, self.source_id = self.integrator.id, self.source.id

    def reserve(self, env, number):
        """What ``service_reserve_slot`` does once it knows who asks for which slot.

        Finding that out reads what nobody changes here, and took half of the time.
        """
        entry = Received({"external_ref": number}, [])
        slot = env["order.service.slot"].sudo().browse(self.slot_id)
        source = env["order.service.source"].sudo().browse(self.source_id)
        env["sale.order"]._service_reserve(entry, source, slot, MINUTES)
        return [problem.code for problem in entry.problems] or [entry.result]


@pytest.fixture(scope="module")
def world():
    with own_database() as database:
        world = World(database)
        world.set_up()
        yield world


def free_the_place(world):
    with world.database.cursor() as cr:
        cr.execute(FREE)
        cr.commit()


def call_in_each_round(world, index, told, start):
    """Want the place once a round, on one connection for all rounds."""
    with world.database.cursor() as cr:
        # what is on disk matters to a server that crashes, not to who gets the place
        cr.execute("SET synchronous_commit TO off")
        cr.commit()
        env = odoo.api.Environment(cr, world.user_id, {})
        for number, answers in enumerate(told):
            start.wait(WAIT_SECONDS)
            act = functools.partial(world.reserve, env, f"R-{number}-{index}")
            try:
                answers[index] = retrying(act, env)
            except Exception as error:  # noqa: BLE001 - told by the assertion
                answers[index] = [repr(error)]
                cr.rollback()


@mute_logger("odoo.sql_db")  # each 40001 is told with its stack
def test_sixteen_want_the_last_place_two_hundred_times(world, monkeypatch):
    """S17: own connections, real commits; 40001 is retried as for any request.

    Only the second that core waits before it tries again is left out.
    """
    monkeypatch.setattr(odoo.service.model.time, "sleep", lambda _seconds: None)
    # the last one to come frees the place, and all start at once
    start = threading.Barrier(CONNECTIONS, lambda: free_the_place(world))
    told = [[None] * CONNECTIONS for _round in range(ROUNDS)]
    threads = [
        threading.Thread(target=call_in_each_round, args=(world, index, told, start))
        for index in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, answers in enumerate(told):
        flat = [code for codes in answers for code in codes]
        assert flat.count("reserved") == 1, (number, flat)
        assert flat.count("slot_full") == CONNECTIONS - 1, (number, flat)
