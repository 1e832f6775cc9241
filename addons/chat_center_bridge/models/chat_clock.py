import logging
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

CHANNEL = "root.chat_clock"
JOB_KEY = "chat_clock"
TICK_SECONDS = 5
BATCH = 200
# what failed is looked at again after so long, so that others are not kept waiting
PAUSE_SECONDS = 60


class ChatClock(models.AbstractModel):
    """Does what is due with conversations, some seconds after it is at the latest.

    A cron comes once a minute, which is too seldom for an operator who has half a
    minute to accept. So a job on a channel of its own leaves another one behind; the
    cron only begins the chain again if it is broken. Two clocks at once do nothing
    twice: each conversation is locked, or left to the other, and looked at again.
    """

    _name = "chat.clock"
    _description = "Clock of conversations"

    @api.model
    def _run(self):
        """Job: one tick; it leaves the next one behind."""
        moment = fields.Datetime.now()
        for conversation in self._due(moment):
            self._look(conversation, moment)
        operators = self.env["chat.operator"]
        for watch in (operators._stop_who_may_not, operators._watch_presence):
            self._alone(watch, moment)
        self._wind(timedelta(seconds=TICK_SECONDS))

    @api.model
    def _due(self, moment):
        """The conversations to look at, the longest overdue first."""
        due = self.env["discuss.channel"].search(
            [("chat_deadline_at", "<=", moment)], order="chat_deadline_at", limit=BATCH
        )
        # each one is looked at as it is then, not as it was now
        self._keep()
        return due

    @api.model
    def _look(self, conversation, moment):
        """Look at one conversation, in a transaction of its own."""
        if not self._alone(conversation._chat_look, moment):
            conversation.chat_deadline_at = moment + timedelta(seconds=PAUSE_SECONDS)
            self._keep()

    @api.model
    def _alone(self, work, moment):
        """Do some work in a transaction of its own.

        Who was quicker has changed what was due: the next tick looks again.

        :return: whether nothing went wrong
        """
        try:
            work(moment)
            self._keep()
        except SerializationFailure:
            self._undo()
        except Exception:
            # one conversation that nobody can move must not stop the clock for others
            _logger.exception("The clock of conversations could not do its work")
            self._undo()
            return False
        return True

    def _keep(self):
        # queue_job lets this job: what one conversation did does not hang on the others
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _undo(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    # -- the chain of jobs -------------------------------------------------------------

    @api.model
    def _wind(self, eta=None):
        """Make the next job, unless there is one that has not begun.

        :param timedelta eta: how long it waits
        """
        self.with_delay(
            channel=CHANNEL,
            identity_key=JOB_KEY,
            eta=eta,
            description=self.env._("Clock of conversations"),
        )._run()

    @api.model
    def _cron_wind(self):
        """Begin the chain again, and wake queues whose job was lost with a server."""
        self._wind()
        waiting = self.env["discuss.channel"]._read_group(
            [("chat_state", "=", "queued")], ["chat_direction_id"]
        )
        for (direction,) in waiting:
            direction._wake()
