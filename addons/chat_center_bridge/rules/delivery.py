"""How far a message of ours has come, and when it is tried again; no database."""

from datetime import timedelta
from enum import StrEnum

# a reply that comes a day late answers nothing
EXPIRES_AFTER = timedelta(hours=24)
FIRST_PAUSE_SECONDS = 15
LONGEST_PAUSE_SECONDS = 600


class State(StrEnum):
    """Of a message; a part of one is not expired and not unknown."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


# the customer may not have it, and somebody has to decide
UNDELIVERED = (State.FAILED, State.EXPIRED, State.UNKNOWN)
# Providers repeat and swap their statuses. What was delivered did not fail, whatever
# else is said, so the order of all of them is one.
RANKS = {
    State.QUEUED: 0,
    State.SENT: 1,
    State.FAILED: 2,
    State.DELIVERED: 3,
    State.READ: 4,
}


def forward(current, told):
    """The further one of two states of a part."""
    return max(current, told, key=RANKS.__getitem__)


def overall(parts):
    """State of a message that is sent whole.

    :param parts: states of its parts, one at least
    :return: failed if one is, else the one that is least far
    """
    states = list(parts)
    if State.FAILED in states:
        return State.FAILED
    return min(states, key=RANKS.__getitem__)


def pause_after(attempt):
    """Seconds till the next attempt where the provider was not reached.

    15, 30, 60 and so on, ten minutes at most.

    :param int attempt: how many there were, from 1 on
    """
    # beyond the tenth the longest pause is reached
    doubled = FIRST_PAUSE_SECONDS * 2 ** min(max(attempt - 1, 0), 10)
    return min(doubled, LONGEST_PAUSE_SECONDS)


def rest_of_share(per_second, lanes, elapsed):
    """Seconds a lane waits after a call, so that all lanes keep the provider's rate.

    :param float per_second: calls that the provider takes of one gateway
    :param int lanes: that share it
    :param float elapsed: seconds since the call began
    """
    return max(lanes / per_second - elapsed, 0.0)
