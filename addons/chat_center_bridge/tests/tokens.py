"""Tokens as an app's server makes them, and as it should not."""

import base64
import json

from ..rules import token

KEY = "a-key-of-the-app-of-32-signs-or-more"


def encoded(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def make(claims, key=KEY, header=None):
    """A token signed with a key.

    :param dict claims: its body
    """
    text = f"{encoded(header or {'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{text}.{encoded(token.sign(text, key))}"
