"""Two thousand strange requests at a real server: no failure, no word in its log."""

import atexit
import os
from contextlib import ExitStack

from world import seconds

from odoo.addons.chat_center_bridge.tests.tokens import KEY

from support.chat_center import ChatCenter
from support.databases import Database
from support.fuzzing import Fuzzer, loud_lines
from support.provider import Provider
from support.servers import running_server

REQUESTS, SEED = 2_000, 7


class DoorsWorld:
    """A gateway of each kind, committed."""

    def __init__(self, env):
        env.cr.commit()
        self.database = Database(os.environ["BENCH_DATABASE"], env.registry)
        stack = ExitStack()
        atexit.register(stack.close)
        provider = stack.enter_context(Provider().served())
        center = ChatCenter(self.database, provider, stack)
        with center.environment() as env:
            gateways = env["chat.gateway"].browse(center.gateways.values())
            gateways |= center._site(app_key=KEY)
            self.keys = {gateway.gateway_type: gateway.key for gateway in gateways}


def measure(world, report):
    with running_server(world.database.name) as server:
        fuzzer = Fuzzer(server.url, world.keys, SEED)
        took, failed = seconds(lambda: fuzzer.run(REQUESTS))
        loud = loud_lines(server.log)
    assert not failed, failed[:3]
    assert not loud, loud[:3]
    report.add(
        "chat: strange requests over HTTP, none a failure",
        REQUESTS / took,
        "1/s",
        answered={str(key): count for key, count in sorted(fuzzer.answered.items())},
    )
