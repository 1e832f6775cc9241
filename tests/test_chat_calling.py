"""Calls that cannot be made: nothing was sent, and nobody is told the secret (E10)."""

import socket
import traceback
from threading import Thread

import pytest

from odoo.addons.chat_center_bridge.rules import calling
from odoo.addons.chat_center_bridge.rules.adapter import Request

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
ADDRESSES = (
    "http://127.0.0.1:1",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:abc",
    "http://a..b",
    "http://.x",
    "http://[bad",
    "http://%zz",
    "http://host with space",
    "http://user:password@127.0.0.1:1",
    "http://" + "a" * 300 + ".com",
    "http:///x",
    "http://\x00",
    "ftp://127.0.0.1:1",
    "127.0.0.1:1",
    "//127.0.0.1",
    "",
)


class Bad(Thread):
    """A provider that reads a request and answers with bytes that are no answer."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.start()

    def run(self):
        try:
            connection, _peer = self.listener.accept()
        except OSError:
            return  # it was closed, and nobody had called
        with connection:
            connection.recv(65536)
            connection.sendall(self.answer)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.listener.close()


def failed(error, **request):
    """What a call raises, as a log would show it."""
    request = {"method": "POST", "json": {"text": "Hello"}, **request}
    with pytest.raises(error) as caught:
        calling.call(Request(name="sendMessage", **request))
    return "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_wrong_address_is_one_that_is_not_reached(address):
    told = failed(calling.NotReached, url=f"{address}/bot{TOKEN}/sendMessage")
    assert TOKEN not in told


@pytest.mark.parametrize("sign", ["я", "\u2028", "\n", "\r\nHost: x"])
def test_a_token_that_no_header_can_hold_is_not_told(sign):
    headers = {"Authorization": f"Bearer {TOKEN}{sign}"}
    with Bad(b"") as provider:
        told = failed(
            (calling.NotReached, calling.NoAnswer), url=provider.url, headers=headers
        )
    assert TOKEN not in told


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_what_was_sent_is_never_said_not_to_be(answer):
    """Else it would be sent again, and the customer have it twice (E10)."""
    with Bad(answer) as provider:
        told = failed(calling.NoAnswer, url=f"{provider.url}/bot{TOKEN}/sendMessage")
    assert TOKEN not in told


@pytest.mark.parametrize("place", [b"http://[", b"\xff\xfe", b"//a..b", b"ftp://x"])
def test_where_a_redirect_leads_is_not_looked_at(place):
    answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place
    with Bad(answer + b"\r\n\r\n") as provider:
        reply = calling.call(Request(name="sendMessage", url=provider.url, json={}))
    assert reply.status == 302
