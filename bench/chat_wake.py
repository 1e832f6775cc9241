"""Two thousand ways in which webhooks and jobs come between each other: none loses."""

import os

from world import seconds

from support.databases import Database
from support.interleaving import WakeWorld, interleave

INTERLEAVINGS = 2_000
PARAMETER = "chat_center_bridge.lanes"


class WakeBenchWorld(WakeWorld):
    """A gateway of one lane, committed; in the end the lanes are as before."""

    def __init__(self, env):
        env.cr.commit()
        self.lanes = env["ir.config_parameter"].get_param(PARAMETER)
        super().__init__(Database(os.environ["BENCH_DATABASE"], env.registry))


def measure(world, report):
    took, lost = seconds(
        lambda: [seed for seed in range(INTERLEAVINGS) if interleave(world, seed)]
    )
    assert not lost, f"seeds {lost}"
    report.add(
        "chat: ways in which webhooks and jobs come between each other",
        INTERLEAVINGS / took,
        "1/s",
        interleavings=INTERLEAVINGS,
        lost=0,
    )
    with world.database.environment() as env:
        env["ir.config_parameter"].set_param(PARAMETER, world.lanes)
