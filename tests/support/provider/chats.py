"""What was written between a customer and us, and what both messengers share."""

import itertools
import threading
import time
from dataclasses import dataclass, field

SENT, DELIVERED, READ, FAILED = "sent", "delivered", "read", "failed"
HOUR = 3600


class Problem(Exception):
    """An API refuses what it was asked.

    :param int code: the provider's own
    :param str words: in its language
    """

    def __init__(self, status, code, words):
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words


@dataclass(frozen=True)
class StoredFile:
    """A file somebody sent."""

    id: str
    name: str
    mimetype: str
    content: bytes = field(repr=False)


@dataclass
class Line:
    """One message.

    :param str id: the provider's
    :param bool is_ours: the chat center wrote it, not the customer
    :param float at: seconds since 1970
    :param str state: of ours, how far it has come
    :param buttons: of ours, tuple of (title, data)
    :param str key: of ours, what its sender wants back with its states
    """

    id: str
    is_ours: bool
    text: str = ""
    file: StoredFile | None = None
    at: float = field(default_factory=time.time)
    state: str = SENT
    is_edited: bool = False
    is_withdrawn: bool = False
    buttons: tuple = ()
    key: str = ""


@dataclass
class Chat:
    """All that one customer and we wrote to each other in a messenger.

    :param person: of ``People``
    """

    person: object
    lines: list = field(default_factory=list)
    is_blocked: bool = False

    def line(self, line_id):
        """:raises KeyError: there is no such message"""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)

    @property
    def is_window_open(self):
        """Whether the customer wrote within the last 24 hours.

        What he wrote before the simulator began nobody knows: he is written to.
        """
        moments = [line.at for line in self.lines if not line.is_ours]
        return not moments or max(moments) > time.time() - 24 * HOUR


class Messenger:
    """Chats and files of one messenger; the subclasses speak its language.

    :param Faults faults: what goes wrong with answers
    :param Post post: brings events to our webhook
    """

    NAME = ""

    def __init__(self, people, faults, post):
        self.people = people
        self.faults = faults
        self.post = post
        self.lock = threading.RLock()
        self.numbers = itertools.count(1)
        self.files = {}
        self._chats = {}

    def chat(self, person):
        """The Chat with a customer, empty at first."""
        with self.lock:
            return self._chats.setdefault(person.number, Chat(person))

    def received(self, person):
        """Texts of ours that reached a customer, in order."""
        return [line.text for line in self.chat(person).lines if line.is_ours]

    def keep(self, name, mimetype, content):
        """Store a file; its id is new.

        :return: StoredFile
        """
        with self.lock:
            number = f"{self.NAME}-file-{next(self.numbers)}"
            self.files[number] = StoredFile(number, name, mimetype, content)
            return self.files[number]

    def add(self, person, line):
        """Put a message below the others of a customer."""
        with self.lock:
            self.chat(person).lines.append(line)
        return line

    # -- what a customer does; each reaches our webhook --------------------------------

    def write(self, person, text):
        """He writes.

        :return: Line
        """
        return self._say(person, self._new(person, text=text))

    def send(self, person, name, mimetype, content, text=""):
        """He sends a file, a text below it.

        :param bytes content: of the file
        :return: Line
        """
        file = self.keep(name, mimetype, content)
        return self._say(person, self._new(person, text=text, file=file))

    def _say(self, person, line):
        self.add(person, line)
        self._tell_message(person, line)
        return line

    def _new(self, person, **values):
        """A Line of a customer with the provider's next id."""
        raise NotImplementedError

    def edit(self, person, line_id, text):
        """He changes what he wrote."""
        line = self.chat(person).line(line_id)
        line.text, line.is_edited = text, True
        self._tell_edit(person, line)

    def read(self, person):
        """He opens the chat: all of ours is read."""
        for line in self.chat(person).lines:
            if line.is_ours and line.state in (SENT, DELIVERED):
                self._come_to(person, line, READ)

    def _come_to(self, person, line, state):
        line.state = state
        self._tell_state(person, line)

    def let_a_day_pass(self, person):
        """All that was written becomes a day older, which closes WhatsApp's window."""
        for line in self.chat(person).lines:
            line.at -= 24 * HOUR

    # -- what reaches our webhook ------------------------------------------------------

    def _tell_message(self, person, line):
        raise NotImplementedError

    def _tell_edit(self, person, line):
        raise NotImplementedError

    def _tell_state(self, person, line):
        """A messenger that tells nothing of states need not say so."""
