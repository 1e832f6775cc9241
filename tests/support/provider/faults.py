"""What goes wrong next, with answers to us and with events on their way to us."""

import threading
from collections import deque

# answers to the next messages of ours
RATE = "rate"  # 429, nothing is sent
BROKEN = "broken"  # 500, nothing is sent
SILENT = "silent"  # no answer at all, nothing is sent
CUT = "cut"  # the message is sent, but the connection ends without an answer
ANSWERS = (RATE, BROKEN, SILENT, CUT)
# the next events
TWICE = "twice"  # each comes twice
SHUFFLED = "shuffled"  # they wait for each other and come the last one first
LATE = "late"  # each comes some seconds later
EVENTS = (TWICE, SHUFFLED, LATE)

RETRY_AFTER_SECONDS = 3
LATE_SECONDS = 5
# longer than whoever calls us waits for an answer
SILENT_SECONDS = 40


class Faults:
    """Ordered faults, each used once.

    :param float late_seconds, silent_seconds: how long
    """

    def __init__(self, late_seconds=LATE_SECONDS, silent_seconds=SILENT_SECONDS):
        self.retry_after = RETRY_AFTER_SECONDS
        self.late_seconds = late_seconds
        self.silent_seconds = silent_seconds
        self._lock = threading.Lock()
        self._answers = deque()
        self._events = deque()

    def order(self, kind, count=1):
        """Let the next answers or events go wrong.

        :param str kind: of ANSWERS or EVENTS
        :param int count: how many
        :raises ValueError: nothing goes wrong like that
        """
        if kind not in ANSWERS + EVENTS:
            raise ValueError(f"Сбоя «{kind}» нет.")
        with self._lock:
            queue = self._answers if kind in ANSWERS else self._events
            queue.extend([kind] * count)

    def clear(self):
        """Let all go well again."""
        with self._lock:
            self._answers.clear()
            self._events.clear()

    def next_answer(self):
        """The fault of the answer that is due, or None."""
        with self._lock:
            return self._answers.popleft() if self._answers else None

    def next_event(self):
        """The fault of the event that is due, or None."""
        with self._lock:
            return self._events.popleft() if self._events else None

    @property
    def is_shuffling(self):
        """Whether the event that comes next still belongs to those being shuffled."""
        with self._lock:
            return bool(self._events) and self._events[0] == SHUFFLED

    def waiting(self):
        """dict kind -> how many are ordered and not used yet."""
        with self._lock:
            ordered = [*self._answers, *self._events]
        return {kind: ordered.count(kind) for kind in ANSWERS + EVENTS}
