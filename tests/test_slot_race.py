"""The last place of a slot, and many who want it: one gets it, nobody else an error."""

import threading

import pytest

import odoo.api
import odoo.service.model
from odoo.service.model import retrying

from odoo.addons.order_service.tests.common import OrderServiceBuilders

from support import own_database

CONNECTIONS, ROUNDS = 16, 200
WAIT_SECONDS = 120


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
            self.user_id, self.code = self.integrator.id, self.source.code

    def reserve(self, env, number):
        """One call of the API, as the site makes it."""
        answer = env["sale.order"].service_reserve_slot(
            {"source": self.code, "external_ref": number}, self.slot_id
        )
        return [error["code"] for error in answer["errors"]] or [answer["result"]]

    def free(self):
        with self.database.environment() as env:
            env.cr.execute(
                """UPDATE order_service_slot_place SET order_id = NULL,
                          source_id = NULL, external_ref = NULL, expires_at = NULL"""
            )


@pytest.fixture(scope="module")
def world():
    with own_database() as database:
        world = World(database)
        world.set_up()
        yield world


def test_sixteen_want_the_last_place_two_hundred_times(world, monkeypatch):
    """S17: own connections, real commits; 40001 is retried as for any request.

    Only the second that core waits before it tries again is left out.
    """
    monkeypatch.setattr(odoo.service.model.time, "sleep", lambda _seconds: None)
    start, end = (threading.Barrier(CONNECTIONS + 1) for _index in range(2))
    told = [[None] * CONNECTIONS for _round in range(ROUNDS)]

    def caller(index):
        for number in range(ROUNDS):
            start.wait(WAIT_SECONDS)
            with world.database.registry.cursor() as cr:
                env = odoo.api.Environment(cr, world.user_id, {})
                act = lambda: world.reserve(env, f"R-{number}-{index}")  # noqa: B023, E731
                try:
                    told[number][index] = retrying(act, env)
                except Exception as error:  # noqa: BLE001 - told by the assertion
                    told[number][index] = [repr(error)]
            end.wait(WAIT_SECONDS)

    threads = [
        threading.Thread(target=caller, args=(index,)) for index in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for _round in range(ROUNDS):
        world.free()
        start.wait(WAIT_SECONDS)
        end.wait(WAIT_SECONDS)
    for thread in threads:
        thread.join(WAIT_SECONDS)
    for number, answers in enumerate(told):
        flat = [code for codes in answers for code in codes]
        assert flat.count("reserved") == 1, (number, flat)
        assert flat.count("slot_full") == CONNECTIONS - 1, (number, flat)
