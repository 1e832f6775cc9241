"""The simulator of messengers speaks what the adapters speak, and fails as ordered."""

import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Thread

import pytest
import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from odoo.addons.chat_center_bridge.rules import calling, fetching
from odoo.addons.chat_center_bridge.rules.adapter import (
    Button,
    Event,
    Kind,
    Out,
    OutFile,
    Result,
    Sender,
)
from odoo.addons.chat_center_bridge.rules.adapters import ADAPTERS
from odoo.addons.chat_center_bridge.tests.payloads import SECRETS

from support.provider import Provider
from support.provider.faults import Faults

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
TYPES = ("telegram", "whatsapp")


class Shop:
    """Our side of a messenger: the adapter, the calls, and what the webhook got.

    :param str gateway_type: of the messenger
    """

    def __init__(self, provider, gateway_type):
        self.adapter = ADAPTERS[gateway_type]
        self.secrets = {
            **SECRETS[gateway_type],
            "api_url": provider.api_urls[gateway_type],
        }
        self.provider = provider
        self.messenger = provider.messengers[gateway_type]
        self.anna, self.boris, *_others = provider.people
        self.bodies = []

    def __call__(self, environ, start_response):
        """The webhook: WSGI."""
        request = Request(environ)
        if request.method == "GET":
            words = self.adapter.challenge("GET", request.args, self.secrets)
            return Response(words, 200 if words else 401)(environ, start_response)
        body = request.get_data()
        assert self.adapter.prove(request.headers, body, self.secrets)
        self.bodies.append(body)
        return Response("ok")(environ, start_response)

    @contextmanager
    def listening(self):
        server = make_server("127.0.0.1", 0, self, threaded=True)
        Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/hook"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def connect(self):
        return self.ask(self.adapter.webhook(self.url, self.secrets))

    def ask(self, request, contents=None):
        """Make a call and read the answer, as the outbox does."""
        try:
            reply = calling.call(request, contents)
        except calling.NoAnswer:
            reply = calling.Reply(None, {}, b"")
        return self.adapter.read_answer(
            reply.status, reply.headers, reply.body, request.is_repeatable
        )

    def to(self, person):
        if self.messenger.NAME == "telegram":
            return Sender(external_id=str(person.chat))
        return Sender(external_id=person.bsuid, phone=person.phone)

    def send(self, person, text="В пути", files=(), contents=None, **values):
        """Send a message; give the answer to its last request."""
        now = datetime.now()
        until = now + timedelta(hours=1)
        out = Out("key-1", self.to(person), text, files, window_until=until, **values)
        answer = None
        for request in self.adapter.render(out, self.secrets, now):
            if request.upload_at:
                request = request.with_upload(answer.provider_id)
            answer = self.ask(request, contents)
        return answer

    def events(self):
        """What the webhook got, in order, as the adapter understands it."""
        self.provider.post.wait()
        parts = [part for body in self.bodies for part in self.adapter.split(body)]
        return [self.adapter.parse(part) for part in parts]


@pytest.fixture(params=TYPES)
def shop(request):
    faults = Faults(late_seconds=0.2, silent_seconds=0.5)
    with Provider(faults=faults).served() as provider:
        with Shop(provider, request.param).listening() as shop:
            assert shop.connect().result == Result.SENT
            yield shop


@pytest.fixture
def telegram():
    with Provider().served() as provider:
        with Shop(provider, "telegram").listening() as shop:
            shop.connect()
            yield shop


@pytest.fixture
def whatsapp():
    with Provider().served() as provider:
        with Shop(provider, "whatsapp").listening() as shop:
            shop.connect()
            yield shop


def kinds(shop):
    return [event.kind for event in shop.events()]


def test_account_is_checked(shop):
    request = shop.adapter.check(shop.secrets)
    assert shop.ask(request).result == Result.SENT
    assert shop.adapter.account_name(calling.call(request).body)


def test_customer_writes_and_is_answered_once(shop):
    shop.messenger.write(shop.anna, "Где мой заказ?")
    [event] = shop.events()
    assert (event.kind, event.text) == (Kind.MESSAGE, "Где мой заказ?")
    assert event.sender.name == "Анна Белова"
    assert event.sender.external_id == shop.to(shop.anna).external_id
    assert shop.send(shop.anna).result == Result.SENT
    assert shop.messenger.received(shop.anna) == ["В пути"]
    assert shop.messenger.received(shop.boris) == []


@pytest.mark.parametrize(
    ("name", "mimetype"),
    [("чек.jpg", "image/jpeg"), ("счёт.pdf", "application/pdf")],
)
def test_file_of_a_customer_is_fetched_as_it_was_sent(shop, name, mimetype):
    shop.messenger.send(shop.anna, name, mimetype, GIF * 50, "Вот")
    [event] = shop.events()
    [file] = event.files
    assert event.text == "Вот"
    assert fetching.fetch(shop.adapter, file, shop.secrets) == GIF * 50


@pytest.mark.parametrize("mimetype", ["image/png", "application/pdf", "audio/ogg"])
def test_file_of_ours_reaches_the_customer(shop, mimetype):
    shop.messenger.write(shop.anna, "Пришлите счёт")
    file = OutFile("k", "Счёт", mimetype, len(GIF))
    answer = shop.send(shop.anna, "", (file,), {"k": GIF})
    assert answer.result == Result.SENT
    [line] = [one for one in shop.messenger.chat(shop.anna).lines if one.is_ours]
    assert (line.file.content, line.file.mimetype) == (GIF, mimetype)


def test_buttons_are_shown_and_pressed(shop):
    shop.messenger.write(shop.anna, "Спасибо")
    shop.send(shop.anna, "Оцените", buttons=(Button("Отлично", "rate:5"),))
    line = shop.messenger.chat(shop.anna).lines[-1]
    assert line.buttons == (("Отлично", "rate:5"),)
    shop.messenger.press(shop.anna, "rate:5", "Отлично")
    assert shop.events()[-1].data == "rate:5"


def test_edit_names_the_message_and_the_place_is_a_place(shop):
    line = shop.messenger.write(shop.anna, "Где заказ?")
    shop.messenger.edit(shop.anna, line.id, "Где заказ 17?")
    shop.messenger.place(shop.anna)
    written, edited, place = shop.events()
    assert edited.kind == Kind.EDIT
    assert edited.provider_message_id == written.provider_message_id
    assert edited.text == "Где заказ 17?"
    assert place.location


def test_one_who_blocks_is_sent_nothing_until_he_lets_in_again(telegram):
    telegram.messenger.block(telegram.anna)
    refused = telegram.send(telegram.anna)
    assert (refused.result, refused.problem.code) == (Result.FAILED, "blocked")
    telegram.messenger.unblock(telegram.anna)
    assert telegram.send(telegram.anna).result == Result.SENT
    assert kinds(telegram) == [Kind.BLOCKED, Kind.UNBLOCKED]


def test_states_come_with_our_key_one_after_the_other(whatsapp):
    whatsapp.messenger.write(whatsapp.anna, "Здравствуйте")
    answer = whatsapp.send(whatsapp.anna)
    whatsapp.messenger.read(whatsapp.anna)
    states = [one for one in whatsapp.events() if one.kind == Kind.STATUS]
    assert [one.status for one in states] == ["sent", "delivered", "read"]
    assert {one.provider_message_id for one in states} == {answer.provider_id}
    assert {(one.key, one.number) for one in states} == {("key-1", 1)}


def test_window_of_a_day_is_closed_to_free_texts(whatsapp):
    whatsapp.messenger.write(whatsapp.anna, "Здравствуйте")
    whatsapp.messenger.let_a_day_pass(whatsapp.anna)
    whatsapp.send(whatsapp.anna)
    [failed] = [one for one in whatsapp.events() if one.kind == Kind.STATUS]
    assert (failed.status, failed.problem.code) == ("failed", "window_closed")


def test_withdrawn_message_is_named(whatsapp):
    line = whatsapp.messenger.write(whatsapp.anna, "Ошиблась")
    whatsapp.messenger.withdraw(whatsapp.anna, line.id)
    written, withdrawn = whatsapp.events()
    assert withdrawn.is_revoked
    assert withdrawn.provider_message_id == written.provider_message_id


def test_address_that_does_not_know_the_token_is_not_taken(whatsapp):
    whatsapp.secrets = {**whatsapp.secrets, "verify_token": "another-token-0123"}
    wrong = whatsapp.adapter.webhook(
        whatsapp.url, {**whatsapp.secrets, "verify_token": "not-our-token-0123"}
    )
    assert whatsapp.ask(wrong).result == Result.FAILED


def test_nothing_comes_once_the_webhook_is_removed(shop):
    shop.ask(shop.adapter.remove_webhook(shop.secrets))
    shop.messenger.write(shop.anna, "Слышите?")
    assert shop.events() == []


@pytest.mark.parametrize(
    ("fault", "result", "received"),
    [
        ("rate", Result.RETRY, 0),
        ("broken", Result.UNKNOWN, 0),
        ("silent", Result.UNKNOWN, 0),
        # the customer has it, and nobody told us
        ("cut", Result.UNKNOWN, 1),
    ],
)
def test_answer_goes_wrong_as_often_as_ordered(telegram, fault, result, received):
    telegram.provider.faults.silent_seconds = 0.5
    telegram.provider.faults.order(fault, 2)
    assert telegram.send(telegram.anna).result == result
    assert telegram.send(telegram.anna).result == result
    assert len(telegram.messenger.received(telegram.anna)) == 2 * received
    assert telegram.send(telegram.anna).result == Result.SENT


def test_rate_says_when_to_come_back(telegram):
    telegram.provider.faults.order("rate")
    answer = telegram.send(telegram.anna)
    assert answer.retry_after == telegram.provider.faults.retry_after


def test_event_comes_twice_with_one_id(shop):
    shop.provider.faults.order("twice")
    shop.messenger.write(shop.anna, "Один раз")
    shop.messenger.write(shop.anna, "Дальше")
    first, again, other = shop.events()
    assert first == again != other
    ids = [shop.adapter.split(body)[0].event_id for body in shop.bodies]
    assert ids[0] == ids[1] != ids[2]


def test_events_come_the_last_one_first(shop):
    shop.provider.faults.order("shuffled", 3)
    for text in ("раз", "два", "три", "четыре"):
        shop.messenger.write(shop.anna, text)
    texts = [event.text for event in shop.events()]
    assert texts == ["три", "два", "раз", "четыре"]


def test_late_event_is_overtaken(shop):
    shop.provider.faults.order("late")
    shop.messenger.write(shop.anna, "раньше")
    shop.messenger.write(shop.anna, "позже")
    assert [event.text for event in shop.events()] == ["позже"]
    deadline = time.monotonic() + 10
    while len(shop.bodies) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [event.text for event in shop.events()] == ["позже", "раньше"]


def test_page_and_its_doors(telegram):
    """What the page shows is what happened."""
    url = telegram.provider.url
    assert "Симулятор мессенджеров" in requests.get(url, timeout=10).text
    anna = {"messenger": "telegram", "person": "1"}

    def door(door_name, status=200, **values):
        answer = requests.post(
            f"{url}/page/{door_name}", data={**anna, **values}, timeout=10
        )
        assert answer.status_code == status
        return answer.json()

    state = door("write", text="Где заказ?")
    assert [line["text"] for line in state["lines"]] == ["Где заказ?"]
    telegram.send(telegram.anna)
    first, *_others, last = door("add", name="Ия")["people"]
    assert first["unread"] == {"telegram": 1, "whatsapp": 0}
    assert last["name"] == "Ия"
    assert door("look")["lines"][-1]["state"] == "read"
    assert door("fault", kind="rate", count="3")["faults"]["rate"] == 3
    assert door("fault", kind="none")["faults"]["rate"] == 0
    assert door("block")["is_blocked"]
    assert door("write", 400, text=" ")["error"]
    assert door("fault", 400, kind="flood")["error"]
    assert isinstance(telegram.events()[0], Event)
