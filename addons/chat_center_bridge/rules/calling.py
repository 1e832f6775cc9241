"""One call of a provider; no database. What it says of a failure holds no secret."""

import logging
from dataclasses import dataclass, field
from functools import cache

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

CONNECT_SECONDS = 5
READ_SECONDS = 30
LARGEST_ANSWER_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024
# what is raised before anything of a request is sent
BEFORE_SENDING = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    urllib3.exceptions.LocationValueError,
    # a header with signs that no header can hold
    UnicodeEncodeError,
)
# the same, wrapped into a ConnectionError
UNCONNECTED = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
# requests lets some of what it is built on pass, with the header or address in its text
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)

# its debug lines show addresses, and Telegram's hold the token
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class NotReached(Exception):
    """Nothing of the request was sent: it can be made again."""


class NoAnswer(Exception):
    """The request was sent, or some of it, and nobody knows what came of it."""


class TooBig(Exception):
    """The answer is larger than it may be."""


@dataclass(frozen=True)
class Reply:
    """The answer to a call."""

    status: int
    headers: dict = field(repr=False)
    body: bytes = field(repr=False)


def call(request, contents=None, most_bytes=LARGEST_ANSWER_BYTES):
    """Make a call.

    A redirect is not followed: the next host would get the token.

    :param request: rules.adapter.Request
    :param dict contents: key of an OutFile -> bytes
    :param int most_bytes: largest answer
    :return: Reply
    :raises NotReached, NoAnswer, TooBig:
    """
    try:
        with _session().request(
            request.method,
            request.url,
            headers=request.headers,
            json=request.json,
            data=request.form or None,
            files=_parts(request.files, contents or {}) or None,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = _read(response, most_bytes)
            return Reply(response.status_code, dict(response.headers), body)
    except FAILURES as error:
        # its text holds the address, so it is not passed on
        raise (NotReached if _is_before_sending(error) else NoAnswer) from None


@cache
def _session():
    """Keeps connections open between calls of one process."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Patience())
    return session


class _Patience(HTTPAdapter):
    """No call waits for ever, for a connection or for the next bytes."""

    def send(self, request, **options):
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        response = super().send(request, **{**options, "timeout": timeout})
        # where a redirect leads is not even looked at: it may be no address
        response.headers.pop("Location", None)
        return response


def _parts(files, contents):
    return {
        name: (file.name, contents[file.key], file.mimetype)
        for name, file in files.items()
    }


def _read(response, most_bytes):
    """:raises TooBig: before more than that is in memory"""
    body = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        body += chunk
        if len(body) > most_bytes:
            raise TooBig
    return bytes(body)


def _is_before_sending(error):
    """Whether one of ``FAILURES`` means that nothing was sent."""
    if isinstance(error, BEFORE_SENDING):
        return True
    wrapped = error.args[0] if error.args else None
    return isinstance(getattr(wrapped, "reason", None), UNCONNECTED)
