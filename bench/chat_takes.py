"""Sixteen who take conversations at once: no slot too many, no ghost, no error."""

from world import seconds

from odoo.addons.chat_center_bridge.tests.takers import Takers

from support.chat_center import StandingBuilders

TAKERS, TAKES = 16, 10_000
OPERATORS, CONVERSATIONS = 20, 60


class TakesWorld(StandingBuilders):
    """Operators and conversations that wait, committed."""

    def __init__(self, env):
        self.set_up_chats(env)
        self.env = env
        self.operators = [
            self._operator(f"chat_bench_{number}").id for number in range(OPERATORS)
        ]
        self.conversations = [
            self._conversation(chat=number, number=number).id
            for number in range(1, CONVERSATIONS + 1)
        ]
        env.cr.postcommit.clear()
        env.cr.commit()


def measure(world, report):
    takers = Takers(world.env.registry, world.operators, world.conversations, TAKES)
    took, _takers = seconds(lambda: takers.run(TAKERS))
    assert not takers.problems, takers.problems
    report.add(
        f"chat: takes by {TAKERS} at once, each looked at and given back",
        takers.taken / took,
        "1/s",
        takes=takers.taken,
        refused=takers.refused,
        begun_again=takers.repeated,
        over_assigned=0,
    )
