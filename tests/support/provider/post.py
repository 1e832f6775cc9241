"""How events reach our webhook: one after the other, again until they are taken."""

import logging
import queue
import threading
import time
from dataclasses import dataclass, field

import requests

from .faults import LATE, SHUFFLED, TWICE

_logger = logging.getLogger(__name__)

MOST_TRIES = 5
PAUSE_SECONDS = 1
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Letter:
    """One body on its way."""

    url: str
    body: bytes
    headers: dict = field(default_factory=dict)


class Post:
    """Delivers in a thread of its own, so that no answer of ours waits for it.

    :param Faults faults: what goes wrong with events
    """

    def __init__(self, faults):
        self.faults = faults
        # what our webhook did not take, and why
        self.lost = []
        self._held = []
        self._letters = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def send(self, letter):
        """Take a letter; it is delivered as the faults say."""
        fault = self.faults.next_event()
        if fault == SHUFFLED:
            self._hold(letter)
        elif fault == LATE:
            self._letters.put((self.faults.late_seconds, letter))
        else:
            for _copy in range(2 if fault == TWICE else 1):
                self._letters.put((0, letter))

    def _hold(self, letter):
        """Let those that are to be shuffled wait for the last one of them."""
        self._held.append(letter)
        if not self.faults.is_shuffling:
            while self._held:
                self._letters.put((0, self._held.pop()))

    def wait(self):
        """Return when all that was sent has been delivered, or has come to nothing."""
        self._letters.join()

    def _work(self):
        while True:
            seconds, letter = self._letters.get()
            if seconds:
                timer = threading.Timer(seconds, self._letters.put, [(0, letter)])
                timer.daemon = True
                timer.start()
            else:
                self._deliver(letter)
            self._letters.task_done()

    def _deliver(self, letter):
        """Bring a letter; who does not take it is asked again, as by the providers."""
        problem = None
        for attempt in range(MOST_TRIES):
            if attempt:
                time.sleep(PAUSE_SECONDS)
            problem = _bring(letter)
            if not problem:
                return
        _logger.warning("An event was not taken: %s", problem)
        self.lost.append(problem)


def _bring(letter):
    """What speaks against a letter being taken, or None."""
    headers = {"Content-Type": "application/json", **letter.headers}
    try:
        answer = requests.post(
            letter.url, data=letter.body, headers=headers, timeout=ANSWER_SECONDS
        )
    except requests.RequestException as error:
        # its text would show the address, which holds the gateway's key
        return type(error).__name__
    return None if answer.ok else f"HTTP {answer.status_code}"
