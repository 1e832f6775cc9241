"""Strange requests at a real server: no failure, no word in its log (issue 5, E)."""

from contextlib import ExitStack

import pytest

from odoo.addons.chat_center_bridge.tests.tokens import KEY

from support import own_database, running_server
from support.chat_center import ChatCenter
from support.fuzzing import Fuzzer, loud_lines
from support.provider import Provider

REQUESTS, SEED = 200, 19


@pytest.fixture(scope="module")
def world():
    """(ChatCenter, key of each gateway's address)"""
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        provider = stack.enter_context(Provider().served())
        center = ChatCenter(database, provider, stack)
        with center.environment() as env:
            gateways = env["chat.gateway"].browse(center.gateways.values())
            gateways |= center._site(app_key=KEY)
            keys = {gateway.gateway_type: gateway.key for gateway in gateways}
        yield center, keys


def test_no_request_makes_the_server_fail(world):
    """X6: 2 000 in the bench."""
    center, keys = world
    with running_server(center.database.name) as server:
        fuzzer = Fuzzer(server.url, keys, SEED)
        failed = fuzzer.run(REQUESTS)
        loud = loud_lines(server.log)
    assert not failed
    assert not loud, loud
    # signed ones were taken, others were not
    assert fuzzer.answered[True, True, 200]
    assert fuzzer.answered[True, False, 401]
    assert not fuzzer.answered[True, False, 200]


def test_what_was_taken_of_it_is_done_or_dead_with_a_reason(world):
    """No event holds up those behind it, and none breaks what works it off."""
    center, _keys = world
    with center.environment() as env:
        rows = env["chat.inbox"].search([], order="id")
        assert len(rows) > REQUESTS / 4
        for _time in range(3):
            rows.filtered(lambda row: row.state == "new")._work_off()
        assert not rows.filtered(lambda row: row.state == "new")
        crashed = [
            row for row in rows if (row.problem or {}).get("reason") == "crashed"
        ]
        assert not crashed, [(row.part, row.error) for row in crashed]
        assert all(row.error for row in rows if row.state == "dead")
