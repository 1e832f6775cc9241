"""Many who take conversations at the same time: for the race test and the bench."""

import random
import threading
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

import odoo.api

# slots with no conversation of their holder, conversations with no slot of theirs,
# and operators above their number; in one snapshot
FAULTS = """
    SELECT 'slot', slot.id FROM chat_slot slot
      JOIN discuss_channel channel ON channel.id = slot.conversation_id
     WHERE channel.chat_state <> 'active'
        OR channel.chat_operator_id IS DISTINCT FROM slot.operator_id
     UNION ALL
    SELECT 'conversation', channel.id FROM discuss_channel channel
     WHERE channel.chat_state = 'active'
       AND NOT EXISTS (SELECT 1 FROM chat_slot slot
                        WHERE slot.conversation_id = channel.id)
     UNION ALL
    SELECT 'operator', operator.id FROM chat_operator operator
     WHERE (SELECT count(*) FROM chat_slot slot
             WHERE slot.operator_id = operator.id
               AND slot.conversation_id IS NOT NULL)
           > operator.base_slots + operator.extra_slots
     UNION ALL
    SELECT 'segment', conversation_id FROM chat_segment
     WHERE closed_at IS NULL GROUP BY conversation_id HAVING count(*) > 1"""


class Takers:
    """Threads that take waiting conversations and give them back, each committed.

    What Discuss is told of a change is left out: it takes nine tenths of the time, and
    nobody can race for it.

    :param registry: of a database of its own, with operators and conversations
    :param int wanted: conversations to be taken altogether
    """

    def __init__(self, registry, operators, conversations, wanted):
        self.registry = registry
        self.operators = operators
        self.conversations = conversations
        self.wanted = wanted
        self.taken = self.refused = self.repeated = 0
        self.problems = []
        self._lock = threading.Lock()

    def run(self, count):
        """Take with so many threads until enough are taken.

        :return: self; ``problems`` tells what must not be
        """
        threads = [
            threading.Thread(target=self._work, args=(number,))
            for number in range(count)
        ]
        with self.quiet(self.registry):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return self

    @staticmethod
    def quiet(registry):
        """Nothing is told to Discuss as long as the block lasts."""
        nothing = dict.fromkeys(
            ["_add_members", "_action_unfollow", "_bus_send"], lambda *_a, **_k: None
        )
        return patch.multiple(registry["discuss.channel"], **nothing)

    def _work(self, number):
        chance = random.Random(number)
        with self.registry.cursor() as cr:
            # what is on disk matters to a server that crashes, not to who gets a slot
            cr.execute("SET synchronous_commit TO off")
            cr.commit()  # pylint: disable=invalid-commit
            env = odoo.api.Environment(
                cr, odoo.SUPERUSER_ID, {"tracking_disable": True}
            )
            try:
                while self.taken < self.wanted and not self.problems:
                    self._take_one(env, chance)
            except Exception as error:  # noqa: BLE001 - told by whoever runs this
                self.problems.append(repr(error))
                cr.rollback()

    def _take_one(self, env, chance):
        """Take, look for faults, and give back what is held, or be refused."""
        channel = env["discuss.channel"].browse(chance.choice(self.conversations))
        operator = env["chat.operator"].browse(chance.choice(self.operators))
        kind = chance.choice(["base", "extra"])
        is_taken = self._commit(env, lambda: channel._chat_take(operator, kind))
        with self._lock:
            self.taken += bool(is_taken)
            self.refused += not is_taken
        if is_taken:
            self._look_for_faults(env)
            now = env.cr.now()
            self._commit(env, lambda: channel._chat_take_back(now, "silent"))

    def _commit(self, env, act):
        """What ``act`` says, in a transaction that is repeated as callers do."""
        while True:
            try:
                result = act()
                env.cr.postcommit.clear()
                env.cr.commit()  # pylint: disable=invalid-commit
            except SerializationFailure:
                env.cr.rollback()
                env.invalidate_all()
                with self._lock:
                    self.repeated += 1
            else:
                return result

    def _look_for_faults(self, env):
        env.cr.execute(FAULTS)
        self.problems += env.cr.fetchall()
        env.cr.rollback()
