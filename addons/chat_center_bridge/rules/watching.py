"""Whether something is wrong with a gateway: no database."""

from dataclasses import dataclass

LAG, SILENT = "lag", "silent"


@dataclass(frozen=True, slots=True)
class Health:
    """How a gateway is.

    :param lag_seconds: since when the oldest event waits to be worked off; 0: none does
    :param is_open: whether customers are expected to write now
    :param silent_seconds: working time since the last event; None: there was none yet
    """

    lag_seconds: float
    is_open: bool
    silent_seconds: float | None


def trouble(health, lag_limit_seconds, silent_limit_seconds):
    """What is wrong with a gateway: ``lag``, ``silent`` or None.

    A lag goes before a silence: who lags still hears something. A limit of 0 asks for
    nothing. Silence outside working hours is none.
    """
    if lag_limit_seconds and health.lag_seconds > lag_limit_seconds:
        return LAG
    if not silent_limit_seconds or not health.is_open or health.silent_seconds is None:
        return None
    return SILENT if health.silent_seconds >= silent_limit_seconds else None
