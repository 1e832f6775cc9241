import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.lanes import patience
from .after_commit import after_commit
from .once import INTERFERENCE
from .session_lock import session_lock

_logger = logging.getLogger(__name__)

LANES_PARAMETER = "chat_center_bridge.lanes"
CHANNEL = "root.chat_in_%s"
BATCH = 20
LONGEST_DRAIN_SECONDS = 20
LOCK_WAIT_SECONDS = 0.1
LOOK_SECONDS = 0.05
OVERDUE_SECONDS = 30


class ChatInboxLane(models.AbstractModel):
    """Wakes and runs the jobs that work the inbox off, one job a lane.

    A job for each chat would lose messages: a webhook that sees its job waiting adds
    none, the job ends, the webhook commits. So a job is looked for and made only after
    the commit of the rows, in a transaction of its own: a job that is still waiting
    then begins after that commit, and sees the rows. So does one that is at work, for
    it looks once more after it has let everybody know that it ends: a busy lane needs
    no job a message.
    """

    _name = "chat.inbox.lane"
    _description = "Lanes of the chat inbox"

    # first of the two numbers of an advisory lock: the lanes' own space
    _lock_space = 1_667_785_076

    @api.model
    def _count(self):
        """How many lanes there are: chats of one lane are worked off in turn."""
        return max(
            int(self.env["ir.config_parameter"].sudo().get_param(LANES_PARAMETER, 4)), 1
        )

    # -- waking ------------------------------------------------------------------------

    @api.model
    def _wake_after_commit(self, lanes):
        """Make sure that a job works off what this transaction stores.

        :param set lanes: numbers of lanes
        """
        if lanes:
            after_commit(self.env.cr, lambda: self.sudo()._wake(lanes))

    @api.model
    def _wake(self, lanes):
        """Make a job for each lane that nobody works on or is about to."""
        for lane in self._asleep(lanes):
            self._enqueue(lane)

    @api.model
    def _asleep(self, lanes):
        """Lanes whose rows nobody will look at unless a job is made; sorted.

        Awake is a lane whose lock is held: its job looks once more after it gives the
        lock back. So is one with a job that has not begun, and may begin now. The lock
        is tried and given back at once, for who drains must not find it taken.
        """
        lanes = sorted(set(lanes))
        rows = self.env.execute_query(
            SQL(
                """SELECT lane FROM unnest(%(lanes)s::int[], %(channels)s::text[])
                          one (lane, channel)
                    WHERE NOT EXISTS (
                          SELECT 1 FROM queue_job WHERE channel = one.channel
                             AND state IN ('pending', 'enqueued')
                             AND (eta IS NULL OR eta <= %(now)s))
                      AND CASE WHEN pg_try_advisory_lock_shared(%(space)s, lane)
                          THEN pg_advisory_unlock_shared(%(space)s, lane) END
                    ORDER BY lane""",
                lanes=lanes,
                channels=[self._channel(lane) for lane in lanes],
                now=fields.Datetime.now(),
                space=self._lock_space,
            )
        )
        return [lane for (lane,) in rows]

    @api.model
    def _enqueue(self, lane, eta=None):
        """Make a job for a lane, whatever other jobs it has.

        :param datetime eta: naive UTC, before which it does not begin
        """
        self.with_delay(
            channel=self._channel(lane), description=self._title(lane), eta=eta
        )._drain(lane)

    @api.model
    def _channel(self, lane):
        """The channel of queue_job that a lane's jobs run in."""
        return CHANNEL % lane

    @api.model
    def _title(self, lane):
        """How a lane's jobs are called on screen."""
        return self.env._("Chat inbox, lane %s", lane)

    @api.model
    def _cron_wake_overdue(self):
        """Wake lanes whose rows have been waiting: their job was lost."""
        self.env["chat.inbox"]._end_waiting()
        moment = fields.Datetime.now() - timedelta(seconds=OVERDUE_SECONDS)
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT lane FROM chat_inbox
                    WHERE state = 'new' AND create_date < %s""",
                moment,
            )
        )
        self._wake(lane for (lane,) in rows)

    # -- working off -------------------------------------------------------------------

    @api.model
    def _drain(self, lane):
        """Job: work the rows of a lane off, oldest first, and commit as it goes.

        It ends when there are none, or after some seconds for others' sake: then it
        leaves a job behind. Whoever found its lock held has made no job, so it looks
        once more after giving it back; after an error that is left to the cron.

        :param int lane: number of the lane
        """
        deadline = time.monotonic() + LONGEST_DRAIN_SECONDS
        while True:
            with session_lock(self.env.cr, self._lock_space, lane) as is_ours:
                was_useful = is_ours and self._stay_awake(lane, deadline)
            if not self._has_more(lane):
                self._come_back(lane)
                return
            if time.monotonic() > deadline:
                self._enqueue(lane)
                return
            if not was_useful:
                # another job is at work, or somebody holds the row for a moment
                time.sleep(LOCK_WAIT_SECONDS)

    @api.model
    def _stay_awake(self, lane, deadline):
        """Work the rows of a lane off, and wait a while for others.

        :param float deadline: of ``time.monotonic``
        :return: whether there were any
        """
        began = busy_until = time.monotonic()
        while (now := time.monotonic()) < deadline:
            if self._drain_batch(lane):
                busy_until = time.monotonic()
            elif now - busy_until >= patience(busy_until - began):
                break
            else:
                time.sleep(LOOK_SECONDS)
        return busy_until > began

    @api.model
    def _come_back(self, lane):
        """Leave a job for what is to be done later; in the inbox that is nothing."""

    @api.model
    def _drain_batch(self, lane):
        """Work off some rows of a lane in one transaction.

        :return: whether there may be more
        """
        try:
            rows = self.env["chat.inbox"]._next(lane, BATCH)
            rows._work_off()
            self.env.cr.commit()  # pylint: disable=invalid-commit
        except INTERFERENCE:
            # somebody changed what this transaction saw: the same again on what is now
            _logger.info("Lane %s of the chat inbox begins its batch again", lane)
            self.env.cr.rollback()
            self.env.invalidate_all()
            return True
        return bool(rows)

    @api.model
    def _has_more(self, lane):
        """Whether a row of a lane may be worked off now; it is left to who does it."""
        new = [("lane", "=", lane), ("state", "=", "new")]
        return bool(self.env["chat.inbox"].sudo().search_count(new, limit=1))
