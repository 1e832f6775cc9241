from dataclasses import replace
from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..rules.adapter import (
    MEGABYTE,
    Answer,
    Button,
    Contact,
    File,
    Location,
    Out,
    OutFile,
    Problem,
    Refused,
    Sender,
    Template,
)
from ..rules.adapters import adapter_of
from ..rules.reading import Malformed
from . import payloads
from .payloads import CHAT, TELEGRAM, TELEGRAM_SECRETS

AT = datetime(2026, 3, 2, 8)
KEY = str(CHAT)
SENDER = Sender(KEY, username="anna_b", name="Анна Белова", lang="ru")
NOW = datetime(2026, 3, 2, 9)
TO = Sender(KEY)
# kind of update -> fields of its event that differ from a message's
EXPECTED = {
    "text": {"text": "Где мой заказ?"},
    "start": {"text": "/start link-42", "start": "link-42"},
    "reply": {"text": "Да", "reply_to": f"{CHAT}:9"},
    "edit": {
        "kind": "edit",
        "text": "Где мой заказ 17?",
        "edited_at": datetime(2026, 3, 2, 8, 0, 30),
    },
    "photo": {
        "text": "Чек",
        "files": (File("photo-l", "image", "photo_10.jpg", "image/jpeg", 180_000),),
    },
    "album": {
        "album": f"{CHAT}:13579",
        "files": (File("photo-l", "image", "photo_10.jpg", "image/jpeg", 180_000),),
    },
    "document": {
        "files": (File("document-1", "document", "Счёт.pdf", "application/pdf", 4096),)
    },
    "voice": {"files": (File("voice-1", "voice", "voice_10.ogg", "audio/ogg", 4096),)},
    "audio": {"files": (File("audio-1", "audio", "audio_10.mp3", "audio/mpeg", 4096),)},
    "video": {"files": (File("video-1", "video", "video_10.mp4", "video/mp4", 4096),)},
    "video_note": {
        "files": (
            File("video_note-1", "video_note", "video_note_10.mp4", "video/mp4", 4096),
        )
    },
    "sticker": {
        "files": (File("sticker-1", "sticker", "sticker_10.webp", "image/webp", 4096),)
    },
    "animation": {"files": (File("gif-1", "video", "animation_10.mp4", "video/mp4"),)},
    "location": {"location": Location(55.751244, 37.618423)},
    "venue": {
        "location": Location(55.751244, 37.618423, "Склад", "Красная пл., 1"),
    },
    "contact": {
        "contacts": (Contact("Анна", ("+7 912 000-00-01",), is_own=True),),
        "sender": replace(SENDER, phone="79120000001"),
    },
    "callback": {
        "kind": "callback",
        "at": None,
        "provider_message_id": "callback:4611",
        "callback_id": "4611",
        "data": "rate:5",
        "text": "5",
        "reply_to": f"{CHAT}:9",
    },
    "reaction": {"kind": "reaction", "reactions": ("👍", "🔥")},
    "blocked": {"kind": "blocked", "provider_message_id": ""},
    "unblocked": {"kind": "unblocked", "provider_message_id": ""},
    "poll": {"kind": "unknown", "reason": "unsupported", "values": {"word": "poll"}},
}
# kind of update -> (kind, reason) of an event that tells nothing more
NOTHING = {
    "group": ("ignored", "group_chat"),
    "own": ("ignored", "own_message"),
    "service": ("ignored", "service_message"),
    "channel": ("ignored", "not_ours"),
    "unknown": ("unknown", "unknown_event"),
}
USUAL = {
    "kind": "message",
    "chat_key": KEY,
    "sender": SENDER,
    "at": AT,
    "provider_message_id": f"{CHAT}:10",
    "text": "",
    "files": (),
    "album": "",
    "location": None,
    "contacts": (),
    "reply_to": "",
    "edited_at": None,
    "is_revoked": False,
    "data": "",
    "callback_id": "",
    "reactions": (),
    "start": "",
    "window_until": None,
    "reason": "",
    "values": {},
}


IMAGE = File("f1", "image", "a.jpg", "image/jpeg", 10)


def file(name="a.bin", mimetype="application/zip", size=100, **more):
    return OutFile(1, name, mimetype, size, **more)


class TelegramCase(BaseCase):
    def setUp(self):
        super().setUp()
        self.adapter = adapter_of("telegram")

    def event(self, update):
        [part] = self.adapter.split(payloads.raw(update))
        return self.adapter.parse(part)

    def render(self, **values):
        return self.adapter.render(Out("key", TO, **values), TELEGRAM_SECRETS, NOW)

    def assertRefused(self, code, **values):
        with self.assertRaises(Refused) as caught:
            self.render(**values)
        self.assertEqual(caught.exception.code, code)
        return caught.exception.values


@tagged("post_install", "-at_install")
class TestTelegramIn(TelegramCase):
    """Telegram's updates become events."""

    def test_every_kind_of_update(self):
        self.assertEqual(EXPECTED.keys() | NOTHING.keys(), TELEGRAM.keys())
        for kind, differing in EXPECTED.items():
            event = self.event(TELEGRAM[kind])
            for name, value in {**USUAL, **differing}.items():
                with self.subTest(kind, field=name):
                    self.assertEqual(getattr(event, name), value)

    def test_updates_that_say_nothing(self):
        for kind, (expected, reason) in NOTHING.items():
            with self.subTest(kind):
                event = self.event(TELEGRAM[kind])
                self.assertEqual((event.kind, event.reason), (expected, reason))

    def test_a_part_has_the_number_of_the_update_and_the_chat(self):
        for kind, update in TELEGRAM.items():
            with self.subTest(kind):
                [part] = self.adapter.split(payloads.raw(update))
                self.assertEqual(part.event_id, str(update["update_id"]))
                if kind not in ("group", "channel"):
                    self.assertEqual(part.chat_key, KEY)

    def test_the_moment_of_a_part(self):
        [part] = self.adapter.split(payloads.raw(TELEGRAM["edit"]))
        self.assertEqual(part.provider_at, datetime(2026, 3, 2, 8, 0, 30))
        self.assertEqual(part.kind, "edited_message")

    def test_an_update_without_a_number_is_known_by_its_content(self):
        update = {"message": payloads.telegram_message(text="hi")}
        [part] = self.adapter.split(payloads.raw(update))
        self.assertEqual(len(part.event_id), 64)
        [again] = self.adapter.split(payloads.raw(update))
        self.assertEqual(part.event_id, again.event_id)

    def test_what_a_message_cannot_do_without(self):
        whole = payloads.telegram_message(text="hi")
        for name in ("chat", "message_id"):
            message = {key: item for key, item in whole.items() if key != name}
            if name == "chat":
                del message["from"]
            with self.subTest(name), self.assertRaises(Malformed) as caught:
                self.event(payloads.telegram_update(message=message))
            self.assertEqual(caught.exception.reason, "missing")

    def test_a_card_of_somebody_else_is_no_phone_of_the_sender(self):
        card = {"phone_number": "+79120000009", "first_name": "Пётр", "user_id": 5}
        update = payloads.telegram_update(
            message=payloads.telegram_message(contact=card)
        )
        event = self.event(update)
        self.assertEqual(event.sender.aliases, {"username": "anna_b"})
        self.assertFalse(event.contacts[0].is_own)

    def test_moving_stickers(self):
        for flag, mimetype in (
            ("is_animated", "application/x-tgsticker"),
            ("is_video", "video/webm"),
        ):
            event = self.event(payloads.telegram_file("sticker", **{flag: True}))
            self.assertEqual(event.files[0].mimetype, mimetype)

    def test_a_place_beyond_the_earth_is_none(self):
        place = {"latitude": 95.0, "longitude": 37.6}
        update = payloads.telegram_update(
            message=payloads.telegram_message(location=place)
        )
        self.assertEqual(self.event(update).kind, "unknown")

    def test_no_reaction_is_left(self):
        self.assertEqual(self.event(payloads.telegram_reaction()).reactions, ())


@tagged("post_install", "-at_install")
class TestTelegramOut(TelegramCase):
    """Messages become calls of the Bot API."""

    def test_text(self):
        [request] = self.render(text="Ваш заказ готов")
        self.assertEqual(request.name, "sendMessage")
        self.assertTrue(request.url.endswith("/sendMessage"))
        self.assertEqual(request.json, {"chat_id": KEY, "text": "Ваш заказ готов"})
        self.assertFalse(request.is_repeatable)

    def test_the_token_is_not_shown(self):
        [request] = self.render(text="Ваш заказ готов")
        self.assertNotIn(TELEGRAM_SECRETS["token"], repr(request))
        self.assertNotIn("заказ", repr(request))

    def test_an_address_of_ones_own(self):
        secrets = TELEGRAM_SECRETS | {"api_url": "http://127.0.0.1:8081/"}
        request = self.adapter.check(secrets)
        self.assertEqual(
            request.url, f"http://127.0.0.1:8081/bot{secrets['token']}/getMe"
        )

    def test_long_text(self):
        text = "слово " * 2000
        requests = self.render(text=text)
        self.assertEqual("".join(one.json["text"] for one in requests), text)

    def test_answer_and_buttons(self):
        requests = self.render(
            text="слово " * 1000,
            reply_to=f"{CHAT}:10",
            buttons=(Button("Да", "yes"), Button("Нет", "no")),
        )
        first, last = requests
        self.assertEqual(first.json["reply_parameters"]["message_id"], 10)
        self.assertNotIn("reply_markup", first.json)
        rows = last.json["reply_markup"]["inline_keyboard"]
        self.assertEqual(rows[0], [{"text": "Да", "callback_data": "yes"}])

    def test_the_kind_of_a_file(self):
        for mimetype, size, method in (
            ("image/jpeg", 5 * MEGABYTE, "sendPhoto"),
            ("image/jpeg", 11 * MEGABYTE, "sendDocument"),
            ("video/mp4", 11 * MEGABYTE, "sendVideo"),
            ("audio/mpeg", 11 * MEGABYTE, "sendAudio"),
            ("audio/ogg; codecs=opus", 11 * MEGABYTE, "sendVoice"),
            ("image/svg+xml", 10, "sendDocument"),
            ("", 10, "sendDocument"),
        ):
            with self.subTest(mimetype):
                [request] = self.render(files=(file("a", mimetype, size),))
                self.assertEqual(request.name, method)

    def test_a_picture_as_document(self):
        picture = file("a.png", "image/png", kind="document")
        [request] = self.render(files=(picture,))
        self.assertEqual(request.name, "sendDocument")

    def test_a_short_text_stands_below_its_file(self):
        [request] = self.render(text="Чек", files=(file(),), reply_to="1:10")
        self.assertEqual(request.form["caption"], "Чек")
        self.assertIn('"message_id": 10', request.form["reply_parameters"])
        self.assertEqual(list(request.files), ["document"])

    def test_a_long_text_stands_before_its_files(self):
        requests = self.render(text="я" * 1025, files=(file(), file()))
        self.assertEqual(
            [one.name for one in requests],
            ["sendMessage", "sendDocument", "sendDocument"],
        )

    def test_what_is_refused(self):
        self.assertRefused("nothing_to_send")
        self.assertRefused("nothing_to_send", text=" \n ")
        self.assertRefused("no_templates", template=Template("a", "ru"))
        self.assertRefused("file_empty", files=(file(size=0),))
        values = self.assertRefused("file_too_big", files=(file(size=60 * MEGABYTE),))
        self.assertEqual((values["size"], values["limit"]), (60, 50))
        long = file(caption="я" * 1025)
        self.assertRefused("caption_too_long", files=(long,))
        self.assertRefused("buttons_need_text", buttons=(Button("a", "b"),))
        long = Button("a", "я" * 33)
        self.assertRefused("button_data_too_long", text="a", buttons=(long,))

    def test_webhook(self):
        request = self.adapter.webhook("https://shop.example/x", TELEGRAM_SECRETS)
        self.assertEqual(
            request.json["secret_token"], TELEGRAM_SECRETS["webhook_secret"]
        )
        self.assertIn("message_reaction", request.json["allowed_updates"])
        request = self.adapter.remove_webhook(TELEGRAM_SECRETS)
        self.assertEqual(request.name, "deleteWebhook")

    def test_a_press_is_acknowledged(self):
        event = self.event(TELEGRAM["callback"])
        request = self.adapter.acknowledge(event, TELEGRAM_SECRETS)
        self.assertEqual(request.json, {"callback_query_id": "4611"})
        event = self.event(TELEGRAM["text"])
        self.assertIsNone(self.adapter.acknowledge(event, TELEGRAM_SECRETS))

    def test_a_file_of_the_customer(self):
        request = self.adapter.locate(IMAGE, TELEGRAM_SECRETS)
        self.assertEqual(request.json, {"file_id": "f1"})
        place = payloads.raw({"ok": True, "result": {"file_path": "photos/a b.jpg"}})
        request = self.adapter.download(IMAGE, place, TELEGRAM_SECRETS)
        self.assertTrue(
            request.url.endswith(
                f"/file/bot{TELEGRAM_SECRETS['token']}/photos/a%20b.jpg"
            )
        )

    def test_a_file_that_cannot_be_fetched(self):
        big = File("f1", "video", "a.mp4", "video/mp4", 21 * MEGABYTE)
        with self.assertRaises(Refused) as caught:
            self.adapter.locate(big, TELEGRAM_SECRETS)
        self.assertEqual(caught.exception.code, "too_big_to_fetch")
        for path, code in (
            ("", "file_gone"),
            ("/etc/passwd", "strange_address"),
            ("a/../../b", "strange_address"),
            ("https://evil.example/", "strange_address"),
        ):
            place = payloads.raw({"ok": True, "result": {"file_path": path}})
            with self.subTest(path), self.assertRaises(Refused) as caught:
                self.adapter.download(IMAGE, place, TELEGRAM_SECRETS)
            self.assertEqual(caught.exception.code, code)


@tagged("post_install", "-at_install")
class TestTelegramAnswers(TelegramCase):
    """What came of a call of the Bot API."""

    def answer(self, status, payload, **more):
        body = payload if isinstance(payload, bytes) else payloads.raw(payload)
        return self.adapter.read_answer(status, {}, body, **more)

    def refusal(self, code, words, **parameters):
        return {"ok": False, "error_code": code, "description": words} | parameters

    def test_sent(self):
        message = {"message_id": 77, "chat": {"id": CHAT}}
        self.assertEqual(
            self.answer(200, {"ok": True, "result": message}),
            Answer("sent", f"{CHAT}:77"),
        )

    def test_other_calls_that_went_well(self):
        self.assertEqual(
            self.answer(
                200, {"ok": True, "result": {"id": 99, "username": "shop_bot"}}
            ),
            Answer("sent", "99"),
        )
        self.assertEqual(
            self.answer(200, {"ok": True, "result": True}), Answer("sent", "ok")
        )

    def test_the_name_of_the_bot(self):
        body = payloads.raw({"ok": True, "result": {"id": 99, "username": "shop_bot"}})
        self.assertEqual(self.adapter.account_name(body), "@shop_bot")
        self.assertEqual(self.adapter.account_name(b"<html>"), "")

    def test_too_many(self):
        answer = self.answer(
            429,
            self.refusal(429, "Too Many Requests", parameters={"retry_after": 17}),
        )
        self.assertEqual((answer.result, answer.retry_after), ("retry", 17))
        self.assertEqual(self.answer(429, b"").retry_after, 30)

    def test_why_it_failed(self):
        for code, words, expected in (
            (403, "Forbidden: bot was blocked by the user", "blocked"),
            (403, "Forbidden: user is deactivated", "gone"),
            (400, "Bad Request: chat not found", "no_chat"),
            (400, "Bad Request: message is too long", "text_too_long"),
            (401, "Unauthorized", "bad_token"),
            (413, "Request Entity Too Large", "file_too_big"),
            (400, "Bad Request: something new", "refused"),
        ):
            with self.subTest(words):
                answer = self.answer(code, self.refusal(code, words))
                self.assertEqual(
                    (answer.result, answer.problem),
                    ("failed", Problem(expected, str(code), words)),
                )

    def test_nobody_knows(self):
        for status, body in (
            (None, b""),
            (200, b""),
            (200, b"<html>"),
            (408, b""),
            (500, b"{}"),
            (502, b"<html>Bad Gateway</html>"),
        ):
            with self.subTest(status, body=body):
                self.assertEqual(self.answer(status, body).result, "unknown")
                again = self.answer(status, body, is_repeatable=True)
                self.assertEqual(again.result, "retry")
                self.assertTrue(again.retry_after)
