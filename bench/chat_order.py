"""Ten thousand events in any order and up to three times: the same conversations."""

from world import seconds

from odoo.addons.chat_center_bridge.tests import arrival, payloads

from support.chat_center import StandingBuilders

EVENTS, COPIES, CHATS = 10_000, 3, 200


class OrderWorld(StandingBuilders):
    """Two gateways of one messenger, committed."""

    def __init__(self, env):
        self.set_up_chats(env)
        self.env = env
        self.shuffled = self._gateway(name="Shuffled")
        env.cr.commit()

    def take(self, gateway, updates):
        """Take updates as webhooks do, and work them off as jobs do."""
        inbox, lanes = self.env["chat.inbox"], self.env["chat.inbox.lane"]
        for update in updates:
            inbox._take(gateway, payloads.raw(update))
        self.env.cr.postcommit.clear()
        self.env.cr.commit()
        for lane in range(lanes._count()):
            while lanes._drain_batch(lane):
                self.env.cr.postcommit.clear()
                self.env.invalidate_all()

    def forget_files(self):
        """There is no provider to fetch them from."""
        self.env["queue.job"].search([("channel", "=", "root.chat_files")]).unlink()
        self.env.cr.commit()


def measure(world, report):
    updates = arrival.day(EVENTS // COPIES + 1, CHATS)
    mixed = arrival.mixed(updates, COPIES)
    plain, _nothing = seconds(lambda: world.take(world.gateway, updates))
    took, _nothing = seconds(lambda: world.take(world.shuffled, mixed))
    ordered = arrival.conversations(world.gateway)
    assert ordered == arrival.conversations(world.shuffled)
    world.forget_files()
    report.add(
        f"chat: {len(mixed):,} shuffled events, each {COPIES} times, worked off",
        len(mixed) / took,
        "1/s",
        "the same once and in order",
        len(updates) / plain,
        events=len(updates),
        conversations=len(ordered),
        differences=0,
    )
