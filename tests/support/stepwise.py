"""Work that goes on only when it is told to, from one stop to the next."""

import threading
from contextlib import contextmanager
from unittest.mock import patch


class Stepwise:
    """Some work in a thread of its own; it and who steps it never run at once.

    :param work: function without arguments; inside it ``stop()`` waits for ``step()``
    """

    def __init__(self, work):
        self._work = work
        self._may_go_on = threading.Semaphore(0)
        self._has_stopped = threading.Semaphore(0)
        self._error = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        self._may_go_on.acquire()
        try:
            self._work()
        except BaseException as error:  # told by step(), in the thread that waits
            self._error = error
        self._is_over = True
        self._has_stopped.release()

    def stop(self):
        """Called by the work: others may come now."""
        self._has_stopped.release()
        self._may_go_on.acquire()

    def step(self):
        """Let the work go on to its next stop, or to its end.

        :return: whether it has stopped, and is not over
        :raises BaseException: what ended the work
        """
        if not self._thread.ident:
            self._is_over = False
            self._thread.start()
        self._may_go_on.release()
        self._has_stopped.acquire()
        if self._error:
            raise self._error
        return not self._is_over

    @contextmanager
    def stopping_at(self, owner, *names):
        """Meanwhile stop before and after each call of some methods of a class."""
        patches = [
            patch.object(owner, name, self._around(owner, name)) for name in names
        ]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in patches:
                one.stop()

    def _around(self, owner, name):
        act = getattr(owner, name)

        def stopped(*args, **kwargs):
            self.stop()
            answer = act(*args, **kwargs)
            self.stop()
            return answer

        return stopped
