import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import delivery
from ..rules.adapter import Answer, Problem, Refused, Result
from ..rules.delivery import State
from .once import INTERFERENCE
from .session_lock import session_lock

_logger = logging.getLogger(__name__)

MOST_TRIES = 20
LONGEST_PAUSE_SECONDS = 0.1
# first of the two numbers of an advisory lock: messages that are being sent
LOCK_SPACE = 1_667_788_148


class ChatOutbox(models.Model):
    """The steps of sending, each committed before the next one begins.

    Taken (state, attempt), commit; the call, with no transaction open; what came of it,
    commit. A process that dies in between leaves a row ``sending``; whether anybody is
    still at it tells an advisory lock of the session, which dies with the process.
    """

    # one file a concern of the outbox
    _inherit = "chat.outbox"  # pylint: disable=consider-merging-classes-inherited

    def _send(self):
        """Send what is not sent of a locked message, in transactions of its own."""
        self.ensure_one()
        with session_lock(self.env.cr, LOCK_SPACE, self.id) as is_ours:
            if not is_ours:
                return
            self.write({"state": State.SENDING.value, "attempt": self.attempt + 1})
            self.env.cr.commit()  # pylint: disable=invalid-commit
            while self._send_next_part():
                pass

    def _send_next_part(self):
        """Send one part.

        :return: whether there is another one to send
        """
        self.env.invalidate_all()
        part = self._next_part()
        if not part:
            return self._commit(self._settle)
        try:
            request, contents = part._request()
        except Refused as refused:
            return self._commit(self._come_to, State.FAILED, self._refused(refused))
        except UserError as error:
            return self._commit(self._note_retry, self._without_account(error))
        return self._call(part, request, contents)

    def _without_account(self, error):
        """An answer in the provider's place: a key of the installation is missing."""
        _logger.warning("Message %s cannot be sent: %s", self.id, error)
        pause = delivery.pause_after(self.attempt)
        return Answer(Result.RETRY, retry_after=pause, problem=Problem("no_account"))

    def _call(self, part, request, contents):
        """Ask the provider, while no transaction is open, and keep what it says.

        :return: whether there is another part to send
        """
        gateway, attempt = self.gateway_id, self.attempt
        lanes = self.env["chat.outbox.lane"]._count()
        caller = gateway._caller()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        began = time.monotonic()
        answer = caller.ask(request, contents, attempt)
        goes_on = self._commit(self._note, part, answer)
        elapsed = time.monotonic() - began
        per_second = caller.adapter.LIMITS.per_second
        time.sleep(delivery.rest_of_share(per_second, lanes, elapsed))
        return goes_on

    # -- keeping what came of it -------------------------------------------------------

    def _commit(self, step, *arguments):
        """Do a step and commit it, again as long as others interfere.

        What came of a call is not lost to somebody who was quicker.

        :return: what the step says
        """
        for _try in range(MOST_TRIES):
            try:
                self.env.invalidate_all()
                result = step(*arguments)
                self.env.cr.commit()  # pylint: disable=invalid-commit
            except INTERFERENCE:
                self.env.cr.rollback()
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))
            else:
                return result
        _logger.warning("Message %s finds no quiet moment", self.id)
        return False

    def _note(self, part, answer):
        """Write down what came of a call.

        :return: whether the next part is to be sent
        """
        if answer.result != Result.SENT:
            return getattr(self, f"_note_{answer.result}")(answer)
        part._accepted(answer.provider_id)
        if self._next_part():
            return True
        return self._settle()

    def _note_retry(self, answer):
        pause = timedelta(seconds=answer.retry_after)
        self.next_at = fields.Datetime.now() + pause
        self._come_to(State.QUEUED, self._told(answer.problem))
        if answer.problem and answer.problem.code == "not_reached":
            self._hold_back(answer.retry_after)

    def _note_unknown(self, answer):
        self._come_to(State.UNKNOWN, self._told(answer.problem))

    def _note_failed(self, answer):
        if answer.problem.code == "blocked":
            self.identity_id.is_blocked = True
        self._come_to(State.FAILED, self._told(answer.problem))

    # -- after a process that died -----------------------------------------------------

    @api.model
    def _settle_interrupted(self, lane):
        """Decide what became of messages whose sender is gone.

        Nobody knows whether the provider got the request, so it is repeated only where
        that does no harm.
        """
        rows = self.sudo().search([("lane", "=", lane), ("state", "=", "sending")])
        for row in rows:
            if row._is_abandoned():
                row._interrupted()

    def _is_abandoned(self):
        """Whether nobody sends the row any more; then nobody begins before our end."""
        [[is_free]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, self.id)
        )
        return is_free

    def _interrupted(self):
        part = self._next_part()
        if not part:
            self._settle()
        elif part.is_repeatable:
            self._queue()
        else:
            self._come_to(State.UNKNOWN, self._told(Problem("no_answer")))
