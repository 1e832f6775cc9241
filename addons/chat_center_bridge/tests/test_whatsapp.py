from dataclasses import replace
from datetime import datetime, timedelta

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
from .payloads import (
    BSUID,
    NUMBER_ID,
    OUR_KEY,
    OUR_WAMID,
    PHONE,
    WAMID,
    WHATSAPP,
    WHATSAPP_SECRETS,
)

AT = datetime(2026, 3, 2, 8)
NOW = datetime(2026, 3, 2, 9)
UNTIL = AT + timedelta(hours=24)
SENDER = Sender(BSUID, PHONE, BSUID, "anna_b", "Анна Белова")
RECIPIENT = Sender(BSUID, PHONE, BSUID)
IMAGE = File("1", "image", "a.jpg", "image/jpeg")
STATUS = {
    "kind": "status",
    "sender": RECIPIENT,
    "at": AT + timedelta(seconds=5),
    "provider_message_id": OUR_WAMID,
    "key": OUR_KEY,
    "number": 1,
    "window_until": None,
}
USUAL = {
    "kind": "message",
    "chat_key": BSUID,
    "sender": SENDER,
    "at": AT,
    "provider_message_id": WAMID,
    "text": "",
    "files": (),
    "location": None,
    "contacts": (),
    "reply_to": "",
    "address": NUMBER_ID,
    "edited_at": None,
    "is_revoked": False,
    "status": "",
    "problem": None,
    "key": "",
    "data": "",
    "reactions": (),
    "window_until": UNTIL,
    "previous": None,
    "reason": "",
}
EDITED = {"kind": "edit", "at": None, "edited_at": AT, "window_until": None}
MOVED = {
    "kind": "identity",
    "window_until": None,
    "previous": RECIPIENT,
}
# kind of body -> fields of its event that differ from a message's
EXPECTED = {
    "text": {"text": "Где мой заказ?"},
    "reply": {"text": "Да", "reply_to": OUR_WAMID},
    "image": {
        "text": "Чек",
        "files": (File("image-1", "image", "image.jpg", "image/jpeg"),),
    },
    "document": {
        "files": (File("document-1", "document", "Счёт.pdf", "application/pdf"),)
    },
    "audio": {"files": (File("audio-1", "audio", "audio.mp3", "audio/mpeg"),)},
    "voice": {"files": (File("audio-1", "voice", "audio.ogg", "audio/ogg"),)},
    "video": {"files": (File("video-1", "video", "video.mp4", "video/mp4"),)},
    "sticker": {"files": (File("sticker-1", "sticker", "sticker.webp", "image/webp"),)},
    "location": {"location": Location(55.751244, 37.618423, "Склад", "Красная пл., 1")},
    "contacts": {"contacts": (Contact("Пётр", ("+7 1",)),)},
    "button_reply": {
        "kind": "callback",
        "text": "5",
        "data": "rate:5",
        "reply_to": OUR_WAMID,
    },
    "list_reply": {"kind": "callback", "text": "Доставка", "data": "topic:2"},
    "button": {"kind": "callback", "text": "Да", "data": "yes"},
    "reaction": {
        "kind": "reaction",
        "provider_message_id": OUR_WAMID,
        "reactions": ("👍",),
    },
    "reaction_removed": {"kind": "reaction", "provider_message_id": OUR_WAMID},
    "order": {"text": "К вечеру\nSKU-1 × 2 — 99.5 RUB"},
    "unsupported": {
        "kind": "unknown",
        "reason": "unsupported",
        "problem": Problem("bad_file", "131051", "Message type unknown"),
    },
    "edit": {**EDITED, "text": "Где мой заказ 17?"},
    "revoke": {**EDITED, "is_revoked": True},
    "no_phone": {
        "text": "Где мой заказ?",
        "sender": Sender(BSUID, "", BSUID, "anna_b", "Анна Белова"),
    },
    "no_bsuid": {
        "text": "Где мой заказ?",
        "chat_key": PHONE,
        "sender": Sender(PHONE, PHONE, name="Анна Белова"),
    },
    "sent": {**STATUS, "status": "sent"},
    "delivered": {**STATUS, "status": "delivered"},
    "read": {**STATUS, "status": "read"},
    "played": {**STATUS, "status": "read"},
    "failed": {
        **STATUS,
        "status": "failed",
        "problem": Problem(
            "window_closed", "131047", "More than 24 hours have passed."
        ),
    },
    "user_id_update": {
        **MOVED,
        "provider_message_id": "",
        "sender": Sender(
            "RU.24817305912873645029",
            PHONE,
            "RU.24817305912873645029",
            name="Анна Белова",
        ),
    },
    "new_number": {**MOVED, "sender": Sender("RU.2", "79990000002", "RU.2")},
    "new_bsuid": {
        **MOVED,
        "sender": Sender("RU.2", "", "RU.2"),
        "previous": Sender(BSUID, "", BSUID),
    },
}
# kind of body -> (kind, reason) of an event that tells nothing more
NOTHING = {
    "group": ("ignored", "group_chat"),
    "welcome": ("ignored", "service_message"),
    "account": ("ignored", "not_ours"),
    "new_field": ("unknown", "unknown_event"),
    "error": ("unknown", "provider_error"),
}


def file(name="a.pdf", mimetype="application/pdf", size=100, **more):
    return OutFile(1, name, mimetype, size, **more)


class WhatsAppCase(BaseCase):
    def setUp(self):
        super().setUp()
        self.adapter = adapter_of("whatsapp")

    def parts(self, body):
        return self.adapter.split(payloads.raw(body))

    def event(self, body):
        [part] = self.parts(body)
        return self.adapter.parse(part)

    def render(self, to=SENDER, window_until=UNTIL, **values):
        out = Out(OUR_KEY, to, window_until=window_until, **values)
        return self.adapter.render(out, WHATSAPP_SECRETS, NOW)

    def assertRefused(self, code, **values):
        with self.assertRaises(Refused) as caught:
            self.render(**values)
        self.assertEqual(caught.exception.code, code)
        return caught.exception.values


@tagged("post_install", "-at_install")
class TestWhatsAppIn(WhatsAppCase):
    """What Meta sends becomes events."""

    def test_every_kind_of_body(self):
        self.assertEqual(EXPECTED.keys() | NOTHING.keys(), WHATSAPP.keys())
        for kind, differing in EXPECTED.items():
            event = self.event(WHATSAPP[kind])
            for name, value in {**USUAL, **differing}.items():
                with self.subTest(kind, field=name):
                    self.assertEqual(getattr(event, name), value)

    def test_bodies_that_say_nothing(self):
        for kind, (expected, reason) in NOTHING.items():
            with self.subTest(kind):
                event = self.event(WHATSAPP[kind])
                self.assertEqual((event.kind, event.reason), (expected, reason))

    def test_a_batch_is_split(self):
        entry = payloads.whatsapp_body(
            payloads.whatsapp_change(
                payloads.whatsapp_text("1", "wamid.1"),
                payloads.whatsapp_text("2", "wamid.2"),
                statuses=[
                    payloads.whatsapp_status("sent"),
                    payloads.whatsapp_status("read"),
                ],
            ),
            payloads.whatsapp_change(payloads.whatsapp_text("3", "wamid.3")),
        )["entry"]
        parts = self.parts({"entry": entry + WHATSAPP["account"]["entry"]})
        self.assertEqual(
            [part.event_id for part in parts[:5]],
            [
                "wamid.1",
                "wamid.2",
                f"{OUR_WAMID}+sent",
                f"{OUR_WAMID}+read",
                "wamid.3",
            ],
        )
        self.assertEqual(len(parts[5].event_id), 64)
        self.assertEqual({part.chat_key for part in parts[:5]}, {BSUID})
        texts = [self.adapter.parse(part).text for part in parts]
        self.assertEqual(texts, ["1", "2", "", "", "3", ""])

    def test_a_batch_of_two_customers(self):
        people = [payloads.whatsapp_person(), payloads.whatsapp_person("7", "", "Пётр")]
        body = payloads.whatsapp(
            payloads.whatsapp_text("1", "wamid.1"),
            payloads.whatsapp_text("2", "wamid.2", phone="7", bsuid=""),
            contacts=people,
        )
        names = [self.adapter.parse(part).sender.name for part in self.parts(body)]
        self.assertEqual(names, ["Анна Белова", "Пётр"])

    def test_a_body_without_events(self):
        for body in ({}, {"entry": []}, {"entry": [{"changes": []}]}):
            with self.subTest(body), self.assertRaises(Malformed) as caught:
                self.parts(body)
            self.assertEqual(caught.exception.reason, "no_events")

    def test_what_events_cannot_do_without(self):
        for body, field in (
            (payloads.whatsapp(payloads.whatsapp_text(wamid=None)), "id"),
            (
                payloads.whatsapp(
                    payloads.whatsapp_text(phone="", bsuid=""), contacts=[]
                ),
                "from",
            ),
            (
                payloads.whatsapp(statuses=[payloads.whatsapp_status(wamid=None)]),
                "status.id",
            ),
            (
                payloads.whatsapp(payloads.whatsapp_message("reaction", reaction={})),
                "reaction.message_id",
            ),
            (payloads.whatsapp_user_id_update(current=""), "user_id.current"),
        ):
            with self.subTest(field), self.assertRaises(Malformed) as caught:
                self.event(body)
            self.assertEqual(caught.exception.values, {"field": field})

    def test_a_message_without_an_id_is_known_by_its_content(self):
        [part] = self.parts(payloads.whatsapp(payloads.whatsapp_text(wamid="")))
        self.assertEqual(len(part.event_id), 64)

    def test_an_endless_id_is_known_by_its_content(self):
        [part] = self.parts(payloads.whatsapp(payloads.whatsapp_text(wamid="a" * 5000)))
        self.assertEqual(len(part.event_id), 64)

    def test_challenge(self):
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": WHATSAPP_SECRETS["verify_token"],
            "hub.challenge": "1158201444",
        }
        ask = self.adapter.challenge
        self.assertEqual(ask("GET", query, WHATSAPP_SECRETS), "1158201444")
        self.assertIsNone(ask("POST", query, WHATSAPP_SECRETS))
        self.assertIsNone(ask("GET", query, {}))
        for name, value in (
            ("hub.mode", "unsubscribe"),
            ("hub.verify_token", "guess"),
            ("hub.verify_token", ""),
            ("hub.challenge", "<script>"),
            ("hub.challenge", ""),
        ):
            with self.subTest(name, value=value):
                wrong = query | {name: value}
                self.assertIsNone(ask("GET", wrong, WHATSAPP_SECRETS))


@tagged("post_install", "-at_install")
class TestWhatsAppOut(WhatsAppCase):
    """Messages become calls of the Cloud API."""

    def test_text(self):
        [request] = self.render(text="Ваш заказ готов", reply_to=WAMID)
        self.assertTrue(request.url.endswith(f"/{NUMBER_ID}/messages"))
        self.assertEqual(
            request.json,
            {
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": PHONE,
                "type": "text",
                "text": {"body": "Ваш заказ готов", "preview_url": False},
                "biz_opaque_callback_data": f"{OUR_KEY}#1",
                "context": {"message_id": WAMID},
            },
        )
        self.assertNotIn(WHATSAPP_SECRETS["access_token"], repr(request))

    def test_a_customer_without_a_phone(self):
        [request] = self.render(Sender(BSUID, "", BSUID), text="a")
        self.assertEqual(request.json["recipient"], BSUID)
        self.assertNotIn("to", request.json)
        self.assertRefused("no_address", to=Sender("x"), text="a")

    def test_a_closed_window_wants_a_template(self):
        for until in (None, NOW, NOW - timedelta(days=1)):
            self.assertRefused("window_closed", window_until=until, text="a")
        template = Template("order_ready", "ru", ("17", "18:00"))
        [request] = self.render(window_until=None, template=template)
        self.assertEqual(
            request.json["template"],
            {
                "name": "order_ready",
                "language": {"code": "ru"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "text": "17"},
                            {"type": "text", "text": "18:00"},
                        ],
                    }
                ],
            },
        )

    def test_long_text(self):
        text = "слово " * 2000
        requests = self.render(text=text)
        self.assertEqual("".join(one.json["text"]["body"] for one in requests), text)

    def test_a_file_is_uploaded_first(self):
        upload, message = self.render(text="Счёт", files=(file(),), reply_to=WAMID)
        self.assertTrue(upload.url.endswith(f"/{NUMBER_ID}/media"))
        self.assertTrue(upload.is_repeatable)
        self.assertEqual(upload.form["type"], "application/pdf")
        self.assertEqual(message.upload_at, "document")
        message = message.with_upload("media-7")
        self.assertEqual(
            message.json["document"],
            {"caption": "Счёт", "filename": "a.pdf", "id": "media-7"},
        )
        self.assertEqual(message.json["context"], {"message_id": WAMID})
        self.assertEqual((upload.number, message.number), (1, 1))
        self.assertFalse(message.upload_at)

    def test_a_voice_has_no_caption(self):
        requests = self.render(text="Слушайте", files=(file("a.ogg", "audio/ogg"),))
        self.assertEqual(
            [one.name for one in requests], ["message", "upload", "message"]
        )
        spoken = file("a.ogg", "audio/ogg", caption="a")
        self.assertRefused("caption_not_accepted", files=(spoken,))

    def test_what_is_refused(self):
        self.assertRefused("nothing_to_send")
        values = self.assertRefused(
            "file_too_big", files=(file("a.jpg", "image/jpeg", 6 * MEGABYTE),)
        )
        self.assertEqual((values["size"], values["limit"]), (6, 5))
        values = self.assertRefused(
            "type_not_accepted", files=(file("a.svg", "image/svg+xml"),)
        )
        self.assertEqual(values, {"name": "a.svg", "mimetype": "image/svg+xml"})

    def test_buttons(self):
        buttons = (Button("Да", "yes"), Button("Нет", "no"))
        above, below = self.render(text="слово " * 300, buttons=buttons)
        self.assertEqual(
            (above.json["type"], below.json["type"]), ("text", "interactive")
        )
        self.assertLessEqual(len(below.json["interactive"]["body"]["text"]), 1024)
        self.assertEqual(
            below.json["interactive"]["action"]["buttons"][0],
            {"type": "reply", "reply": {"id": "yes", "title": "Да"}},
        )

    def test_more_buttons_are_a_list(self):
        buttons = [Button(f"Вариант {number}", str(number)) for number in range(10)]
        [request] = self.render(text="Что?", buttons=buttons)
        interactive = request.json["interactive"]
        self.assertEqual(interactive["type"], "list")
        self.assertEqual(len(interactive["action"]["sections"][0]["rows"]), 10)
        self.assertRefused("too_many_buttons", text="Что?", buttons=buttons + buttons)
        long = (Button("Совершенно длинная кнопка", "1"),)
        self.assertRefused("button_too_long", text="Что?", buttons=long)

    def test_webhook(self):
        request = self.adapter.webhook("https://shop.example/x", WHATSAPP_SECRETS)
        self.assertEqual(
            request.json,
            {
                "override_callback_uri": "https://shop.example/x",
                "verify_token": WHATSAPP_SECRETS["verify_token"],
            },
        )
        request = self.adapter.remove_webhook(WHATSAPP_SECRETS)
        self.assertEqual(request.method, "DELETE")
        request = self.adapter.check(WHATSAPP_SECRETS)
        self.assertEqual(request.method, "GET")
        self.assertIn(
            WHATSAPP_SECRETS["access_token"], request.headers["Authorization"]
        )

    def test_a_file_of_the_customer(self):
        request = self.adapter.locate(
            File("1/2", "image", "a.jpg", "image/jpeg"), WHATSAPP_SECRETS
        )
        self.assertTrue(request.url.endswith("/1%2F2"))
        local = WHATSAPP_SECRETS | {"api_url": "http://127.0.0.1:8082/v1"}
        for url, secrets in (
            ("https://lookaside.fbsbx.com/x?mid=1", WHATSAPP_SECRETS),
            ("http://127.0.0.1:8082/file/1", local),
        ):
            request = self.adapter.download(IMAGE, payloads.raw({"url": url}), secrets)
            self.assertEqual((request.method, request.url), ("GET", url))

    def test_a_file_that_turns_out_too_big(self):
        place = payloads.raw({"url": "https://x", "file_size": 101 * MEGABYTE})
        with self.assertRaises(Refused) as caught:
            self.adapter.download(IMAGE, place, WHATSAPP_SECRETS)
        self.assertEqual(caught.exception.values["limit"], 100)

    def test_every_message_has_its_number(self):
        requests = self.render(text="слово " * 1000, files=(file(), file()))
        self.assertEqual([one.number for one in requests], [1, 2, 3, 3, 4, 4])
        keys = [one.json["biz_opaque_callback_data"] for one in requests if one.json]
        self.assertEqual(keys, [f"{OUR_KEY}#{number}" for number in range(1, 5)])

    def test_a_key_that_is_not_ours(self):
        status = payloads.whatsapp_status(biz_opaque_callback_data="x")
        event = self.event(payloads.whatsapp(statuses=[status]))
        self.assertEqual((event.key, event.number), ("", 0))

    def test_the_token_goes_to_nobody_else(self):
        for url, code in (
            ("", "file_gone"),
            ("https://evil.example/lookaside.fbsbx.com", "strange_address"),
            ("http://lookaside.fbsbx.com/x", "strange_address"),
            ("https://lookaside.fbsbx.com@evil.example/", "strange_address"),
            ("https://evilfbsbx.com/", "strange_address"),
            ("https://[", "strange_address"),
        ):
            with self.subTest(url), self.assertRaises(Refused) as caught:
                self.adapter.download(
                    IMAGE, payloads.raw({"url": url}), WHATSAPP_SECRETS
                )
            self.assertEqual(caught.exception.code, code)


@tagged("post_install", "-at_install")
class TestWhatsAppAnswers(WhatsAppCase):
    """What came of a call of the Cloud API."""

    def answer(self, status, payload, **more):
        return self.adapter.read_answer(status, {}, payloads.raw(payload), **more)

    def refusal(self, code, words="words"):
        return {"error": {"code": code, "message": words, "type": "OAuthException"}}

    def test_sent(self):
        self.assertEqual(
            self.answer(200, {"messages": [{"id": OUR_WAMID}]}),
            Answer("sent", OUR_WAMID),
        )
        self.assertEqual(self.answer(200, {"id": "media-7"}), Answer("sent", "media-7"))
        self.assertEqual(self.answer(200, {"success": True}), Answer("sent", "ok"))

    def test_the_name_of_the_number(self):
        body = {"id": "1", "display_phone_number": "+7 495", "verified_name": "Shop"}
        self.assertEqual(self.adapter.account_name(payloads.raw(body)), "Shop +7 495")

    def test_what_passes_by_itself(self):
        for code, attempt, seconds in (
            (130429, 1, 4),
            (130429, 3, 64),
            (131056, 1, 6),
            (131056, 2, 24),
            (80007, 1, 60),
            (131056, 100, 24 * 3600),
        ):
            with self.subTest(code, attempt=attempt):
                answer = self.answer(400, self.refusal(code), attempt=attempt)
                self.assertEqual(
                    (answer.result, answer.retry_after), ("retry", seconds)
                )

    def test_why_it_failed(self):
        for code, expected in (
            (131047, "window_closed"),
            (131026, "undeliverable"),
            (190, "bad_token"),
            (132001, "bad_template"),
            (131031, "account_blocked"),
            (999_999, "refused"),
        ):
            with self.subTest(code):
                answer = self.answer(400, self.refusal(code))
                self.assertEqual(
                    (answer.result, answer.problem),
                    ("failed", Problem(expected, str(code), "words")),
                )

    def test_nobody_knows(self):
        for status, payload in ((None, {}), (200, {}), (503, self.refusal(131016))):
            with self.subTest(status):
                self.assertEqual(self.answer(status, payload).result, "unknown")

    def test_a_status_of_the_same_kind_says_the_same(self):
        failed = self.event(WHATSAPP["failed"]).problem
        answer = self.answer(400, self.refusal(131047, failed.text))
        self.assertEqual(answer.problem, replace(failed))
