"""Requests that nobody should make, at all doors of the chat that face the internet."""

import gzip
import random
import zlib
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

import requests

from odoo.addons.chat_center_bridge.tests import fuzz, payloads, tokens

ANSWER_SECONDS = 60
TOO_BIG_BYTES = 4 * 1024 * 1024
BOMB_BYTES = 64 * 1024 * 1024
METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
CONTENT_TYPES = (
    "",
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "text/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "\xff/\xfe",
)
ENCODINGS = ("gzip", "x-gzip", "deflate", "br", "identity", "gzip, gzip", "\xff")
STRANGE_WORDS = (
    "",
    "\x00",
    "a\x00b",
    "../../etc/passwd",
    "' OR 1=1 --",
    "%s",
    "я" * 300,
)


# a server's own words for what it did not expect
LOUD = ("Traceback", " ERROR ", " CRITICAL ")


def loud_lines(log):
    """Lines of a server's log that tell of a failure.

    :param Path log: the file
    """
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if any(word in line for word in LOUD)]


@dataclass(frozen=True)
class Strange:
    """One request.

    :param bool is_signed: whether its sender proves to be the provider
    """

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)
    headers: dict = field(default_factory=dict)
    is_signed: bool = False


class Fuzzer:
    """Makes strange requests from a seed, and sees what is answered.

    :param str url: of the server
    :param dict keys: gateway type -> key of its address
    :param int seed: the same seed makes the same requests
    """

    def __init__(self, url, keys, seed):
        self.url = url
        self.keys = keys
        self.random = random.Random(seed)
        self.session = requests.Session()
        self.answered = Counter()

    def run(self, count):
        """Make so many requests.

        :return: list of (Strange, status) of those that the server failed at
        """
        failed = []
        for _number in range(count):
            strange = self._next()
            status = self._send(strange)
            self.answered[strange.method == "POST", strange.is_signed, status] += 1
            if status >= 500:
                failed.append((strange, status))
        return failed

    def _send(self, strange):
        headers = {name: value.encode() for name, value in strange.headers.items()}
        with self.session.request(
            strange.method,
            self.url + strange.path,
            data=strange.body,
            headers=headers,
            timeout=ANSWER_SECONDS,
            allow_redirects=False,
        ) as response:
            return response.status_code

    # -- what is asked -----------------------------------------------------------------

    def _next(self):
        make = self.random.choice([self._webhook] * 16 + [self._app, self._elsewhere])
        return make()

    def _webhook(self):
        """To the address of a messenger: a body that is damaged in some way."""
        kind = self.random.choice(("telegram", "whatsapp"))
        body = self.random.choice([self._damaged] * 12 + [self._deep, self._huge])(kind)
        headers = {"Content-Type": self.random.choice(CONTENT_TYPES)}
        if self.random.random() < 0.25:
            body, headers["Content-Encoding"] = self._packed(body)
        is_signed = self.random.random() < 0.7
        if is_signed:
            headers |= payloads.headers_of(kind, body)
        elif self.random.random() < 0.5:
            headers |= self._forged(kind)
        is_post = self.random.random() < 0.9
        method = "POST" if is_post else self.random.choice(METHODS)
        path = f"/chat_center/{kind}/{self.keys[kind]}{self._query()}"
        return Strange(method, path, body, headers, is_signed)

    def _damaged(self, kind):
        return fuzz.body(self.random, kind)

    def _deep(self, _kind):
        opened = self.random.choice((b"[", b'{"message":', b'{"entry":[{"changes":['))
        return opened * self.random.randrange(1, 20_000)

    def _huge(self, _kind):
        sign = self.random.choice((b" ", b"\x00", b"9", b"["))
        return sign * self.random.choice((TOO_BIG_BYTES, TOO_BIG_BYTES // 4))

    def _packed(self, body):
        """(body, its header): packed, a bomb, or not packed at all."""
        encoding = self.random.choice(ENCODINGS)
        how = self.random.choice((gzip.compress, zlib.compress, bytes, self._bomb))
        return how(body), encoding

    def _bomb(self, _body):
        packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        return packer.compress(bytes(BOMB_BYTES)) + packer.flush()

    def _forged(self, kind):
        """Proofs that are none."""
        right = payloads.headers_of(kind, b"something else")
        word = self.random.choice(("wrong", "sha256=", "sha256=zz", "\xff", "a" * 4000))
        return dict.fromkeys(right, word)

    def _query(self):
        """Parameters of an address, now and then such as WhatsApp's question has."""
        if self.random.random() < 0.8:
            return ""
        names = ("hub.mode", "hub.challenge", "hub.verify_token", "gateway_type", "key")
        words = (*STRANGE_WORDS, "subscribe", "1158201444")
        some = self.random.sample(names, 2)
        return "?" + "&".join(
            f"{name}={quote(self.random.choice(words))}" for name in some
        )

    def _app(self):
        """To the app's door: a token that proves nothing."""
        claims = {"iss": self.keys["site"], "sub": self._word(), "exp": self._word()}
        claims["jti"] = self.random.choice(fuzz.STRANGE)
        try:
            token = tokens.make(claims)
        except (UnicodeError, ValueError):
            token = "a.b.c"
        if self.random.random() < 0.5:
            at = self.random.randrange(len(token))
            token = token[:at] + self.random.choice((".", "", "=", "я", "A" * 9000))
        headers = {"Authorization": f"Bearer {token}"}
        return Strange(
            self.random.choice(("POST", "POST", "GET")),
            f"/chat_center/app/{self.keys['site']}/session",
            self.random.choice((b"", b"{}", b"\x00" * 20_000)),
            headers,
        )

    def _elsewhere(self):
        """To addresses that lead nowhere.

        No NUL stands where no door of ours is: at such an address Odoo itself fails.
        """
        word = quote(self._word() or "x", safe="")
        path = self.random.choice(
            (
                f"/chat_center/telegram/{word}",
                f"/chat_center/viber/{self.keys['telegram']}",
                f"/chat_center/site/{self.keys['site']}",
                f"/chat_center/app/{word}/session",
                f"/chat_center/link/{word}",
                f"/chat_center/link/{word}/confirm",
            )
        )
        method = self.random.choice(("GET", "POST"))
        body = fuzz.body(self.random, "telegram") if method == "POST" else b""
        headers = {"Content-Type": self.random.choice(CONTENT_TYPES)}
        return Strange(method, path, body, headers)

    def _word(self):
        return self.random.choice(STRANGE_WORDS)
