import logging
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .after_commit import after_commit
from .once import INTERFERENCE

_logger = logging.getLogger(__name__)

LANES_PARAMETER = "chat_center_bridge.lanes"
CHANNEL = "root.chat_in_%s"
BATCH = 20
LONGEST_DRAIN_SECONDS = 20
LOCK_WAIT_SECONDS = 0.1
OVERDUE_SECONDS = 30
# first of the two numbers of an advisory lock: the lanes' own space
LOCK_SPACE = 1_667_785_076


class ChatInboxLane(models.AbstractModel):
    """Wakes and runs the jobs that work the inbox off, one job a lane.

    A job for each chat would lose messages: a webhook that sees its job waiting adds
    none, the job ends, the webhook commits. So a job is looked for and made only after
    the commit of the rows, in a transaction of its own: a job that is still waiting
    then begins after that commit, and sees the rows.
    """

    _name = "chat.inbox.lane"
    _description = "Lanes of the chat inbox"

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
        """Make a job for each lane that has none about to begin."""
        lanes = set(lanes)
        for lane in sorted(lanes - self._waiting(lanes)):
            self._enqueue(lane)

    @api.model
    def _waiting(self, lanes):
        """Lanes with a job that has not begun, and may begin now; a set."""
        channels = {self._channel(lane): lane for lane in lanes}
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT channel FROM queue_job
                    WHERE channel = ANY(%s) AND state IN ('pending', 'enqueued')
                      AND (eta IS NULL OR eta <= %s)""",
                list(channels),
                fields.Datetime.now(),
            )
        )
        return {channels[channel] for (channel,) in rows}

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
        leaves a job behind.

        :param int lane: number of the lane
        """
        deadline = time.monotonic() + LONGEST_DRAIN_SECONDS
        while self._drain_batch(lane):
            if time.monotonic() > deadline:
                self._enqueue(lane)
                return

    @api.model
    def _drain_batch(self, lane):
        """Work off some rows of a lane in one transaction.

        :return: whether there may be more
        """
        try:
            if not self._lock(lane):
                self.env.cr.rollback()
                time.sleep(LOCK_WAIT_SECONDS)
                return True
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
    def _lock(self, lane):
        """Whether no other job works on the lane; until the end of the transaction.

        Channels of capacity one see to it; where the server's configuration misses them
        two jobs would swap the order of a chat's messages.
        """
        return self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, lane)
        )[0][0]
