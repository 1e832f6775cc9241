import logging
import random
import time
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..rules import choice
from .after_commit import after_commit
from .once import INTERFERENCE

_logger = logging.getLogger(__name__)

CHANNEL = "root.chat_routing"
MOST_TRIES = 20
LONGEST_PAUSE_SECONDS = 0.1


class ChatDirection(models.Model):
    """Who takes which waiting conversation: one job a direction, in the fair order."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    def _is_repeat(self, previous, moment):
        """Whether the customer's last conversation is so near that he comes back.

        :param previous: discuss.channel, may be empty
        :param moment: naive UTC datetime of the new message
        """
        self.ensure_one()
        if previous.chat_state in ("active", "hold"):
            return True  # he is with an operator in another channel
        ended = previous.livechat_end_dt or None
        return choice.is_repeat(ended, moment, self._policy())

    def _policy(self):
        """How the direction hands out its conversations, as plain data."""
        self.ensure_one()
        return choice.Policy(
            max_wait_seconds=self.max_wait_seconds,
            sticky_seconds=timedelta(hours=self.sticky_hours).total_seconds(),
            balance=self.choice,
            skill_wait_seconds=self.skill_wait_seconds or None,
        )

    # -- waking ------------------------------------------------------------------------

    def _wake_after_commit(self):
        """See to it that conversations and slots find each other after this commit."""
        woken = self.env.cr.postcommit.data.setdefault(CHANNEL, set())
        for direction in self.filtered(lambda one: one.id not in woken):
            woken.add(direction.id)
            after_commit(self.env.cr, direction.sudo()._wake)

    def _wake(self):
        """Make a job unless one is about to begin: it will see what there is now."""
        waiting = self.env.execute_query(
            SQL(
                """SELECT 1 FROM queue_job
                    WHERE identity_key = %s AND state IN ('pending', 'enqueued')
                      AND (eta IS NULL OR eta <= %s) LIMIT 1""",
                self._job_key(),
                fields.Datetime.now(),
            )
        )
        if not waiting:
            self.with_delay(channel=CHANNEL, identity_key=self._job_key())._route()

    def _job_key(self):
        return f"chat_route_{self.id}"

    # -- choosing ----------------------------------------------------------------------

    def _route(self):
        """Job: give waiting conversations to operators who are free, and commit each.

        What somebody else takes meanwhile is left to him. One that cannot be handed
        over keeps nobody's slot: those behind it are handed out without it.
        """
        self.ensure_one()
        broken = set()
        while found := self._hand_out(broken):
            broken |= found

    def _hand_out(self, broken):
        """Give who waits to who is free, once.

        With nobody free the queue, which is long then, is not even read.

        :param set broken: ids of conversations to leave out
        :return: ids of those that turned out to belong to them, a set
        """
        operators = self._free_operators()
        if not any(one.base_free or one.extra_free for one in operators):
            return set()
        waiting = [one for one in self._waiting() if one.id not in broken]
        policies, now = {self.id: self._policy()}, fields.Datetime.now()
        made = choice.assign(waiting, operators, policies, now)
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return {one.conversation for one in made if not self._take_safely(one)}

    def _take_safely(self, assignment):
        """One assignment in its own transaction, again as long as others interfere.

        :return: whether nothing else went wrong
        """
        channel = self.env["discuss.channel"].browse(assignment.conversation)
        operator = self.env["chat.operator"].browse(assignment.operator)
        for _try in range(MOST_TRIES):
            try:
                channel._chat_take(operator, assignment.kind)
                self.env.cr.commit()  # pylint: disable=invalid-commit
            except INTERFERENCE:
                self._undo()
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))
            except Exception:
                _logger.exception("Conversation %s cannot be handed over", channel.id)
                self._undo()
                return False
            else:
                return True
        _logger.warning("Conversation %s finds no quiet moment", channel.id)
        return True

    def _undo(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _waiting(self):
        """The direction's waiting conversations, as plain data."""
        channels = self.env["discuss.channel"].search(
            [("chat_direction_id", "in", self.ids), ("chat_state", "=", "queued")]
        )
        return [channel._chat_as_waiting() for channel in channels]

    def _free_operators(self):
        """The available operators of the direction with their slots, as plain data."""
        lines = self.env["chat.operator.skill"].search(
            [
                ("direction_id", "in", self.ids),
                ("operator_id.state", "=", "available"),
                ("operator_id.active", "=", True),
            ]
        )
        free = self.env["chat.slot"]._count_free(lines.operator_id)
        return [
            operator._as_choice(lines & operator.line_ids, free[operator])
            for operator in lines.operator_id
        ]
