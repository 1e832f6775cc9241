"""A conversation's life: why a stretch ends, and what the clock does next and when.

No database and no clock of its own: the next step follows from the state and the
moments alone, so that it can be worked out again whenever somebody doubts it. Moments
are naive UTC datetimes; a pace of 0 means never.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .figures import CUSTOMER_CLOSED, SILENCE

# why a stretch ends and the next one begins
NEW = "new"
ASSIGNED, TAKEN, TRANSFERRED = "assigned", "taken", "transferred"
NOT_ACCEPTED, OPERATOR_SILENT, GONE = "not_accepted", "silent", "gone"
LEFT, RETURNED = "left", "returned"
HOLD, RESUMED, HOLD_OVER, WROTE_ON_HOLD = "hold", "resumed", "hold_over", "wrote"
CLOSED, SPAM, ERASED = "operator", "spam", "erased"
BY_SUPERVISOR = "supervisor"
# those that customers are told of
FAREWELLS = frozenset((CLOSED, SILENCE))
# those without time for notes
AT_ONCE = frozenset((SPAM, CUSTOMER_CLOSED, SILENCE, ERASED, BY_SUPERVISOR))
# the operator let it go: others are asked first
LAPSED = frozenset((NOT_ACCEPTED, OPERATOR_SILENT, GONE, LEFT, RETURNED))

# the steps of the clock that are no reason of a stretch
ASK_WIDER, WARN, WRAPPED_UP = "ask_wider", "warn", "wrapped_up"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a direction waits for what.

    :param accept_seconds: for an operator to accept
    :param silence_seconds: for an operator's reply, while the customer waits
    :param quiet_seconds: for the customer's, before he is asked whether he is there
    :param quiet_close_seconds: after that, before the conversation is closed
    :param wrap_up_seconds: for the operator's notes, after closing
    :param skill_wait_seconds: for an operator with the skills
    """

    accept_seconds: float = 0
    silence_seconds: float = 0
    quiet_seconds: float = 0
    quiet_close_seconds: float = 0
    wrap_up_seconds: float = 0
    skill_wait_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Life:
    """Where a conversation stands.

    :param queued_at: since when the customer waits for a human
    :param offered_at, accepted_at: of the operator's stretch that is going on
    :param asked_at: since when a burst of the customer is without a reply
    :param replied_at: the last reply of a human
    :param warned_at: when the customer was asked whether he is there
    """

    state: str
    queued_at: datetime | None = None
    wants_skills: bool = False
    offered_at: datetime | None = None
    accepted_at: datetime | None = None
    asked_at: datetime | None = None
    replied_at: datetime | None = None
    warned_at: datetime | None = None
    hold_until: datetime | None = None
    ended_at: datetime | None = None


def next_step(life, pace):
    """What the clock does next, if nothing happens before.

    :return: (moment, step), or None where nothing is due ever
    """
    step = _STEPS.get(life.state)
    return step and step(life, pace)


def _after(moment, seconds, step):
    return (moment + timedelta(seconds=seconds), step) if seconds else None


def _queued(life, pace):
    if life.wants_skills:
        return _after(life.queued_at, pace.skill_wait_seconds, ASK_WIDER)
    return None


def _active(life, pace):
    if not life.accepted_at:
        return _after(life.offered_at, pace.accept_seconds, NOT_ACCEPTED)
    if life.asked_at:
        # who takes over has the whole time for the reply, whatever passed before
        since = max(life.asked_at, life.accepted_at)
        return _after(since, pace.silence_seconds, OPERATOR_SILENT)
    if life.warned_at:
        return _after(life.warned_at, pace.quiet_close_seconds, SILENCE)
    since = max(life.replied_at or life.accepted_at, life.accepted_at)
    return _after(since, pace.quiet_seconds, WARN)


def _hold(life, _pace):
    return life.hold_until, HOLD_OVER


def _wrap_up(life, pace):
    # notes without time for them are over at once
    return life.ended_at + timedelta(seconds=pace.wrap_up_seconds), WRAPPED_UP


_STEPS = {"queued": _queued, "active": _active, "hold": _hold, "wrap_up": _wrap_up}
