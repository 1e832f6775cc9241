"""Secrets of gateways, sealed with the keys of the installation; no database.

Fernet (https://github.com/fernet/spec): AES-128-CBC with HMAC-SHA256. The newest key
seals, all of them open, so that a key is replaced while everything goes on.
"""

import json
from secrets import token_urlsafe

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SHOWN_SIGNS = 4
MADE_BYTES = 24


class NoKey(Exception):
    """The installation has no key, or one that is none."""


class WrongKey(Exception):
    """None of the keys opens what was sealed."""


class Vault:
    """Seals and opens the secrets of one gateway.

    :param str keys: Fernet keys separated by commas, the newest first
    :raises NoKey: there is no key, or one of them is no Fernet key
    """

    def __init__(self, keys):
        names = [key.strip() for key in (keys or "").split(",") if key.strip()]
        if not names:
            raise NoKey
        try:
            self._fernet = MultiFernet([Fernet(name) for name in names])
        except ValueError as error:
            raise NoKey from error

    def seal(self, secrets):
        """Text that only the keys open.

        :param dict secrets: name -> text
        """
        return self._fernet.encrypt(json.dumps(secrets).encode()).decode()

    def open(self, sealed):
        """The secrets in a text; none in an empty one.

        :raises WrongKey: another key sealed it, or it was changed
        """
        if not sealed:
            return {}
        try:
            return json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken as error:
            raise WrongKey from error

    def seal_again(self, sealed):
        """The same secrets sealed with the newest key.

        :raises WrongKey: as of ``open``
        """
        try:
            return self._fernet.rotate(sealed.encode()).decode()
        except InvalidToken as error:
            raise WrongKey from error


def made():
    """A secret nobody can guess, of signs that every provider takes."""
    return token_urlsafe(MADE_BYTES)


def shown(secret):
    """What a screen shows of a secret: its last signs, of a short one nothing."""
    return f"…{secret[-SHOWN_SIGNS:]}" if len(secret) >= 4 * SHOWN_SIGNS else "…"
