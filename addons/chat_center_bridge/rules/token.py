"""Who is signed in to the app, as the app's own server says; no database.

JSON Web Tokens (RFC 7519) with HS256 (RFC 7518, 3.2) and nothing else, checked as
RFC 8725 asks: the algorithm is ours and not the token's, issuer, life and use are
bounded.
"""

import base64
import binascii
import hashlib
import hmac
import json
import math
from dataclasses import dataclass

ALGORITHM = "HS256"
# RFC 7518, 3.2: a key as long as the hash at least
SHORTEST_KEY = 32
LONGEST_TOKEN = 4096
LONGEST_WORD = 255
# seconds
LONGEST_LIFE = 300
CLOCK_SKEW = 30


class BadToken(Exception):
    """The token proves nothing; ``code`` says why to whoever writes the app."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token proves.

    :param str subject: the customer, by the app's own word
    :param str token_id: the token itself; it is taken but once
    :param float expires_at: seconds since 1970, UTC
    :param str name: how the customer is called; may be empty
    """

    subject: str
    token_id: str
    expires_at: float
    name: str = ""


def read(token, key, issuer, now):
    """Who is signed in.

    :param str token: three parts with dots between
    :param str key: that the app's server signs with
    :param str issuer: whom ``iss`` has to name
    :param float now: seconds since 1970, UTC
    :return: Claims
    :raises BadToken: no_key, malformed, algorithm, signature, issuer, expired,
        too_long_a_life, not_yet
    """
    if len(key or "") < SHORTEST_KEY:
        raise BadToken("no_key")
    header, body, signature = _parts(token)
    _check_algorithm(_mapping(header))
    proof = sign(f"{header}.{body}", key)
    if not hmac.compare_digest(proof, _decoded(signature)):
        raise BadToken("signature")
    return _claims(_mapping(body), issuer, now)


def sign(text, key):
    """The signature of ``header.body``: HMAC with SHA-256.

    :return: bytes
    """
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def _parts(token):
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3 or not token.isascii():
        raise BadToken("malformed")
    return parts


def _decoded(part):
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise BadToken("malformed") from error


def _mapping(part):
    try:
        found = json.loads(_decoded(part))
    except (ValueError, RecursionError) as error:
        raise BadToken("malformed") from error
    if not isinstance(found, dict):
        raise BadToken("malformed")
    return found


def _check_algorithm(header):
    """Neither ``none`` nor another one; of extensions that must be known, none is."""
    if header.get("alg") != ALGORITHM or "crit" in header:
        raise BadToken("algorithm")


def _claims(body, issuer, now):
    if body.get("iss") != issuer:
        raise BadToken("issuer")
    expires_at = _moment(body, "exp")
    if expires_at is None:
        raise BadToken("malformed")
    _check_life(expires_at, _moment(body, "nbf"), _moment(body, "iat"), now=now)
    return Claims(
        subject=_word(body, "sub"),
        token_id=_word(body, "jti"),
        expires_at=expires_at,
        name=_word(body, "name", is_required=False),
    )


def _check_life(expires_at, *begins, now):
    if expires_at <= now - CLOCK_SKEW:
        raise BadToken("expired")
    if expires_at > now + LONGEST_LIFE + CLOCK_SKEW:
        raise BadToken("too_long_a_life")
    if any(begin is not None and begin > now + CLOCK_SKEW for begin in begins):
        raise BadToken("not_yet")


def _moment(body, name):
    """Seconds since 1970; None where it is not told."""
    value = body.get(name)
    if value is None:
        return None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or abs(value) > 1e12 or math.isnan(value):
        raise BadToken("malformed")
    return value


def _word(body, name, is_required=True):
    """A text without signs that no database keeps."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_WORD:
        raise BadToken("malformed")
    if not value.isprintable() or (is_required and not value.strip()):
        raise BadToken("malformed")
    return value
