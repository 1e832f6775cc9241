"""What every provider's adapter takes and gives; no database and no network.

In: ``prove`` and ``split`` at the door, ``parse`` in the lane. Out: ``render`` gives
the requests of a message, somebody else makes the calls, ``read_answer`` says what came
of them. Moments are naive UTC, sizes bytes, texts plain.
"""

import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from . import reading
from .reading import LONGEST_WORD, Malformed, fingerprint
from .splitting import units

MEGABYTE = 1024 * 1024
# seconds; a provider that asks for more is asked again before
LONGEST_PAUSE = 24 * 3600
# seconds, where a provider says "later" without saying when
USUAL_PAUSE = 30
# signs of a provider's own words kept for the screen
LONGEST_DETAIL = 300


class Kind(StrEnum):
    """What an event is."""

    MESSAGE = "message"
    EDIT = "edit"  # also the withdrawal of a message
    STATUS = "status"
    CALLBACK = "callback"
    REACTION = "reaction"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    IDENTITY = "identity"  # the customer's identifiers changed
    IGNORED = "ignored"  # understood, and nothing for a chat centre
    UNKNOWN = "unknown"  # signed, but not understood


class FileKind(StrEnum):
    """How a messenger shows a file."""

    IMAGE = "image"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    AUDIO = "audio"
    VOICE = "voice"
    STICKER = "sticker"
    DOCUMENT = "document"


class Status(StrEnum):
    """What a provider says of a message of ours."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Result(StrEnum):
    """What came of a request."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


# -- set-up ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """What the set-up form asks for.

    :param str pattern: regular expression the whole value has to match
    :param bool is_made: the system makes the value up, people need not
    :param bool is_proof: without it no event of the gateway is proven
    """

    name: str
    label: str
    is_secret: bool = False
    is_required: bool = True
    help: str = ""
    pattern: str = ""
    is_made: bool = False
    is_proof: bool = False


# -- in --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One event of a body, not yet understood.

    :param str event_id: the same at every repetition, unique in its gateway
    :param str chat_key: whose events stay in order; empty where none is told
    :param str kind: the provider's own word, for the screen
    :param datetime provider_at: when it happened; None where it is not told
    :param dict payload: all ``parse`` needs, fit for jsonb
    """

    event_id: str
    chat_key: str
    kind: str
    provider_at: datetime | None
    payload: dict


@dataclass(frozen=True)
class File:
    """A file of a customer, still at the provider.

    :param str id: to fetch it by
    :param str name: made up where the customer gave none
    :param str mimetype: as the provider says; the content decides later
    :param int size: bytes, 0 where it is not told
    """

    id: str
    kind: str
    name: str
    mimetype: str
    size: int = 0


@dataclass(frozen=True)
class Location:
    """A place on the earth, in degrees."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Contact:
    """A visiting card.

    :param bool is_own: the provider vouches that it is the sender's own
    """

    name: str
    phones: tuple = ()
    is_own: bool = False


@dataclass(frozen=True)
class Sender:
    """The customer as the provider knows him.

    :param str external_id: his identity at the gateway; a phone only where the
        provider gives nothing else
    :param str phone: digits only
    :param str lang: language code of his messenger, as it is told
    """

    external_id: str = ""
    phone: str = ""
    bsuid: str = ""
    username: str = ""
    name: str = ""
    lang: str = ""

    @property
    def aliases(self):
        """kind -> value of the identifiers that are known."""
        named = {name: getattr(self, name) for name in ("phone", "bsuid", "username")}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Problem:
    """What a provider says went wrong.

    :param str code: names a sentence of ``rules.sentences.PROBLEMS``
    :param str provider_code: the provider's own, for its support
    :param str text: the provider's own words
    """

    code: str
    provider_code: str = ""
    text: str = ""


@dataclass(frozen=True)
class Event:
    """What happened at the provider.

    :param str provider_message_id: the message itself; of an edit, a status or a
        reaction the message it concerns; unique in the gateway
    :param datetime at: when the message was written; of an edit None where only the
        edit's moment is told
    :param datetime edited_at: of an edit
    :param int sequence: puts events of one second in order; 0 where nothing tells
    :param str album: what the items of one album share
    :param str reply_to: the message that is answered
    :param str address: which of our numbers it came to; empty where there is but one
    :param bool is_revoked: the customer withdrew the message
    :param str status: Status, of our message
    :param str key: of our message, as in ``Out``; empty where the provider does not
        give it back
    :param int number: which of the messages of that ``Out``, see ``Request``
    :param str data: what a pressed button stands for
    :param str callback_id: to answer the press by
    :param tuple reactions: emoji that stay; empty where all were taken back
    :param str start: the word of a link that opened the chat
    :param datetime window_until: till when free texts may be sent; None: no limit
    :param Sender previous: of an identity, the identifiers up to now
    :param str reason: of unknown and ignored, names a sentence of ``rules.sentences``
    :param dict values: fill the sentence
    """

    kind: str
    chat_key: str = ""
    sender: Sender = Sender()
    at: datetime | None = None
    provider_message_id: str = ""
    text: str = ""
    files: tuple = ()
    album: str = ""
    location: Location | None = None
    contacts: tuple = ()
    reply_to: str = ""
    address: str = ""
    edited_at: datetime | None = None
    is_revoked: bool = False
    sequence: int = 0
    status: str = ""
    problem: Problem | None = None
    key: str = ""
    number: int = 0
    data: str = ""
    callback_id: str = ""
    reactions: tuple = ()
    start: str = ""
    window_until: datetime | None = None
    previous: Sender | None = None
    reason: str = ""
    values: dict = field(default_factory=dict)


# -- out -------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutFile:
    """A file of ours.

    :param key: by which who makes the call finds the content
    :param int size: bytes
    :param str kind: how it should be shown; else its type decides
    """

    key: object
    name: str
    mimetype: str
    size: int
    kind: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Button:
    """A button below a text; ``data`` comes back when it is pressed."""

    title: str
    data: str


@dataclass(frozen=True)
class Template:
    """A text the provider approved; ``values`` fill its places in order."""

    name: str
    lang: str
    values: tuple = ()


@dataclass(frozen=True)
class Out:
    """A message of ours.

    :param str key: of the outbox row, the same at every attempt
    :param Sender to: the customer
    :param str reply_to: provider's id of the message that is answered
    :param datetime window_until: till when free texts may be sent
    """

    key: str
    to: Sender
    text: str = ""
    files: tuple = ()
    buttons: tuple = ()
    reply_to: str = ""
    template: Template | None = None
    window_until: datetime | None = None


@dataclass(frozen=True)
class Request:
    """A call to be made. Where it goes and what it says is not for logs.

    :param str name: what it does, for logs
    :param dict json: body; with files it is None and ``form`` stands beside them
    :param dict files: name of the part -> OutFile
    :param int number: which message of its ``Out`` it sends, from 1 on; an upload has
        the number of the message it is for; 0 where nothing is sent
    :param bool is_repeatable: may be made again when nobody knows what came of it
    :param str upload_at: the id that the request before it gave goes in there, see
        ``with_upload``
    """

    name: str
    url: str = field(repr=False)
    method: str = "POST"
    headers: dict = field(default_factory=dict, repr=False)
    json: dict | None = field(default=None, repr=False)
    form: dict = field(default_factory=dict, repr=False)
    files: dict = field(default_factory=dict)
    number: int = 0
    is_repeatable: bool = False
    upload_at: str = ""

    def with_upload(self, provider_id):
        """The request with the uploaded file named.

        :param str provider_id: of the Answer to the upload
        """
        media = {**self.json[self.upload_at], "id": provider_id}
        return replace(self, json={**self.json, self.upload_at: media}, upload_at="")


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    :param str result: Result
    :param str provider_id: of the message, the upload or the account
    :param int retry_after: seconds
    """

    result: str
    provider_id: str = ""
    retry_after: int = 0
    problem: Problem | None = None


class Refused(ValueError):
    """Nothing is sent, since the provider would refuse it.

    :param str code: names a sentence of ``rules.sentences.REFUSALS``
    :param values: fill it; sizes of files in megabytes
    """

    def __init__(self, code, **values):
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class FileLimit:
    """What a provider takes of one kind of file.

    :param mimetypes: set; None takes any
    :param int most_bytes: largest file
    :param bool has_caption: whether a text may stand below
    """

    kind: str
    most_bytes: int
    mimetypes: frozenset | None = None
    has_caption: bool = True

    def takes(self, file):
        """Whether the kind and the type of an OutFile fit."""
        if file.kind and file.kind != self.kind and self.mimetypes is not None:
            return False
        # parameters such as codecs do not count
        mimetype = file.mimetype.partition(";")[0].strip().lower()
        return self.mimetypes is None or mimetype in self.mimetypes


@dataclass(frozen=True)
class Limits:
    """What a provider takes; lengths in UTF-16 code units.

    :param tuple files: FileLimit, the preferred kind first
    :param int button_data: bytes
    :param int fetch_bytes: largest file of a customer that can be fetched
    :param float per_second: messages of a gateway
    :param float per_chat_second: messages to one customer
    :param int window_hours: after the customer's last message; 0: no window
    """

    text: int
    caption: int
    files: tuple
    buttons: int
    button_title: int
    button_data: int
    fetch_bytes: int
    per_second: float
    per_chat_second: float
    window_hours: int = 0


class Adapter:
    """One provider. Subclasses say how; what is common stands here."""

    TYPE = ""
    NAME = ""
    FIELDS = ()
    LIMITS = None
    # kinds of a sender's aliases that are addresses, so that whoever writes from one is
    # its owner; a user name or a shown phone may be somebody else's tomorrow
    ADDRESSES = ()
    # how the provider proves that an event is its own, as people read it
    PROOF = ""
    # whether a repeated request with the same key is sent but once
    DEDUPLICATES = False

    # -- set-up

    def missing(self, secrets):
        """Names of the required fields without a value."""
        return [
            one.name
            for one in self.FIELDS
            if one.is_required and not secrets.get(one.name)
        ]

    def is_proof_set_up(self, secrets):
        """Whether events can be proven at all; if not, the gateway does not go live."""
        return not self.missing_proof(secrets)

    def missing_proof(self, secrets):
        """Names of the fields without a value that events are proven by."""
        return [
            one.name
            for one in self.FIELDS
            if one.is_proof and not secrets.get(one.name)
        ]

    def webhook(self, url, secrets):
        """Request that tells the provider where to send events."""
        raise NotImplementedError

    def remove_webhook(self, secrets):
        """Request that stops the provider from sending events."""
        raise NotImplementedError

    def check(self, secrets):
        """Request that shows whether the access token works; sends nothing."""
        raise NotImplementedError

    def account_name(self, body):
        """How the provider names us, from the answer to ``check``; empty if not told.

        :param bytes body: of the answer
        """
        return detail(self._account_name(_readable(body)))

    # -- in

    def challenge(self, method, query, secrets):
        """What to answer to a provider that asks whether the address is ours.

        :param str method: of the HTTP request
        :param query: its parameters
        :return: plain text, or None where it is no such question or a wrong one
        """
        return None

    def prove(self, headers, body, secrets):
        """Whether the provider sent the body; never where no proof is set up.

        :param headers: of the request, whatever the case of their names
        :param bytes body: as received, before anything read it
        """
        return self.is_proof_set_up(secrets) and self._prove(headers, body, secrets)

    def split(self, body):
        """The events of a body.

        :param bytes body: proven
        :return: list of Part, one at least
        :raises Malformed: it is no body of this provider
        """
        raise NotImplementedError

    def parse(self, part):
        """What happened.

        :param part: Part, or its payload as jsonb gave it back
        :return: Event
        :raises Malformed: a known kind of event without what it needs
        """
        payload = part.payload if isinstance(part, Part) else part
        if not isinstance(payload, dict):
            raise Malformed("not_an_object")
        return self._parse(payload)

    # -- files of customers

    def locate(self, file, secrets):
        """Request whose answer says where a file is, see ``download``.

        :param File file: of an Event
        :raises Refused: too_big_to_fetch
        """
        self._check_fetch(file.name, file.size)
        return self._locate(file, secrets)

    def download(self, file, body, secrets):
        """Request whose answer is the content, and nothing for ``read_answer``.

        :param File file: of an Event
        :param bytes body: of the successful answer to ``locate``
        :raises Refused: file_gone, strange_address, too_big_to_fetch
        """
        place = _readable(body)
        self._check_fetch(file.name, self._told_size(place))
        return self._download(place, secrets)

    def _check_fetch(self, name, size):
        """:raises Refused: too_big_to_fetch"""
        most = self.LIMITS.fetch_bytes
        if size > most:
            told = {"size": size / MEGABYTE, "limit": most / MEGABYTE}
            raise Refused("too_big_to_fetch", name=name, **told)

    # -- out

    def render(self, out, secrets, now):
        """The requests of a message, to be made in order.

        Each but an upload makes one message at the provider, with an id of its own.

        :param Out out: what to send
        :param datetime now: naive UTC
        :return: list of Request, one at least
        :raises Refused: the provider would not take it
        """
        requests = self._render(out, secrets, now)
        if not requests:
            raise Refused("nothing_to_send")
        return self._numbered(out, requests)

    def _numbered(self, out, requests):
        """The requests with the number of the message each is for."""
        numbered, number = [], 1
        for request in requests:
            numbered.append(replace(request, number=number))
            # an upload stands before the message it is for
            number += not request.is_repeatable
        return numbered

    def acknowledge(self, event, secrets):
        """Request that ends the waiting of who pressed a button, or None."""
        return None

    def read_answer(self, status, headers, body, is_repeatable=False, attempt=1):
        """What came of a request.

        A failure of the provider after the body left tells nothing, so it is unknown;
        where a repetition does no harm, it is retried.

        :param int status: of the HTTP answer; None where none came
        :param int attempt: of the request, from 1 on
        :return: Answer
        """
        if status is None:
            return _in_doubt(Problem("no_answer"), is_repeatable)
        payload = _readable(body)
        if 200 <= status < 300 and (provider_id := self._provider_id(payload)):
            return Answer(Result.SENT, provider_id)
        if 200 <= status < 300 and not self._is_error(payload):
            return _in_doubt(Problem("unreadable"), is_repeatable)
        problem = self._problem(status, payload)
        if pause := self._pause(status, headers, payload, attempt):
            return Answer(
                Result.RETRY, retry_after=min(pause, LONGEST_PAUSE), problem=problem
            )
        if status == 408 or status >= 500:
            return _in_doubt(problem, is_repeatable)
        return Answer(Result.FAILED, problem=problem)

    # -- what a provider has to say

    def _prove(self, headers, body, secrets):
        raise NotImplementedError

    def _parse(self, payload):
        raise NotImplementedError

    def _locate(self, file, secrets):
        raise NotImplementedError

    def _told_size(self, place):
        """Bytes of a file, as the answer to ``locate`` tells; 0 where it does not."""
        raise NotImplementedError

    def _download(self, place, secrets):
        raise NotImplementedError

    def _render(self, out, secrets, now):
        """As ``render``; no request at all where there is nothing to send."""
        raise NotImplementedError

    def _provider_id(self, payload):
        """The id in the answer to a request that went well, else empty."""
        raise NotImplementedError

    def _account_name(self, payload):
        raise NotImplementedError

    def _is_error(self, payload):
        """Whether a payload reports an error, whatever the HTTP status."""
        raise NotImplementedError

    def _problem(self, status, payload):
        """Problem of an answer that is no success."""
        raise NotImplementedError

    def _pause(self, status, headers, payload, attempt):
        """Seconds to wait before the same again; 0 where waiting does not help."""
        raise NotImplementedError


def header(headers, name):
    """The value of a header, empty without one; the case of names does not matter."""
    wanted = name.lower()
    for key, value in headers.items():
        if key.lower() == wanted:
            return value
    return ""


def is_equal(given, expected):
    """Whether two texts are the same, in a time that does not tell how much of it."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"),
        expected.encode("utf-8", "surrogatepass"),
    )


def event_key(word, payload):
    """An event's id: the provider's, or the fingerprint where it gives none."""
    return word if word and len(word) <= LONGEST_WORD else fingerprint(payload)


def unknown(reason, **values):
    """An event that nothing can be made of."""
    return Event(Kind.UNKNOWN, reason=reason, values=values)


def ignored(reason, **values):
    """An event that is understood and concerns no chat centre."""
    return Event(Kind.IGNORED, reason=reason, values=values)


def location_of(place, name, address):
    """A Location, or None where the degrees are none of the earth."""
    latitude = reading.real(place, "latitude")
    longitude = reading.real(place, "longitude")
    if latitude is None or longitude is None:
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Location(latitude, longitude, name, address)


def choose_limit(file, limits):
    """How a file is sent.

    :param OutFile file: with its size
    :param Limits limits: of the provider
    :return: FileLimit
    :raises Refused: file_empty, type_not_accepted, file_too_big
    """
    if not file.size:
        raise Refused("file_empty", name=file.name)
    possible = [limit for limit in limits.files if limit.takes(file)]
    if not possible:
        raise Refused("type_not_accepted", name=file.name, mimetype=file.mimetype)
    for limit in possible:
        if file.size <= limit.most_bytes:
            return limit
    most = max(limit.most_bytes for limit in possible)
    raise Refused(
        "file_too_big",
        name=file.name,
        size=file.size / MEGABYTE,
        limit=most / MEGABYTE,
    )


def check_caption(caption, file_limit, limits):
    """:raises Refused: caption_not_accepted, caption_too_long"""
    if caption and not file_limit.has_caption:
        raise Refused("caption_not_accepted", kind=str(file_limit.kind))
    if (length := units(caption)) > limits.caption:
        raise Refused("caption_too_long", size=length, limit=limits.caption)


def check_buttons(buttons, limits, title_limit=None):
    """:raises Refused: too_many_buttons, button_too_long, button_data_too_long"""
    if len(buttons) > limits.buttons:
        raise Refused("too_many_buttons", size=len(buttons), limit=limits.buttons)
    title_limit = title_limit or limits.button_title
    for button in buttons:
        if units(button.title) > title_limit:
            raise Refused("button_too_long", name=button.title, limit=title_limit)
        if len(button.data.encode()) > limits.button_data:
            raise Refused(
                "button_data_too_long", name=button.title, limit=limits.button_data
            )


def with_text_as_caption(out, limits):
    """A message whose text stands below its file, where the provider can do that."""
    if len(out.files) != 1 or not out.text.strip() or out.buttons:
        return out
    [file] = out.files
    fits = units(out.text) <= limits.caption
    if file.caption or not fits or not choose_limit(file, limits).has_caption:
        return out
    return replace(out, text="", files=(replace(file, caption=out.text),))


def is_of_host(url, hosts):
    """Whether a file's address is a provider's own: no token goes elsewhere.

    :param hosts: names of hosts; with a dot before, all below
    """
    try:
        split = urlsplit(url)
        name = split.hostname or ""
    except ValueError:
        return False
    if split.scheme != "https" or split.username or split.password:
        return False
    return any(
        name.endswith(host) if host.startswith(".") else name == host for host in hosts
    )


def retry_after(headers):
    """Seconds that a Retry-After header asks for; 0 without one."""
    return max(reading.whole({"": header(headers, "Retry-After")}, "") or 0, 0)


def _in_doubt(problem, is_repeatable):
    """Answer where nobody knows whether the provider did what it was asked."""
    if is_repeatable:
        return Answer(Result.RETRY, retry_after=USUAL_PAUSE, problem=problem)
    return Answer(Result.UNKNOWN, problem=problem)


def _readable(body):
    """The object of an answer, an empty one where it is none."""
    try:
        return reading.read_object(body or b"")
    except Malformed:
        return {}


def detail(words):
    """A provider's own words, short enough for a screen."""
    return words[:LONGEST_DETAIL]


def as_form(values):
    """Values as parts of a form: what is no text goes as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
