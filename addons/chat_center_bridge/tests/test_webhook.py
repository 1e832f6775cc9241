"""The address of a gateway over HTTP: taken, refused, never a failure (E1, X6)."""

import gzip
import hashlib
import hmac
import json
import random
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.chat_center_bridge.controllers import webhook
from odoo.addons.chat_center_bridge.models import (
    chat_gateway_refusal,
    chat_gateway_setting,
)

from .common import SECRET, ChatBuilders
from .payloads import SECRETS

PROOF = "X-Telegram-Bot-Api-Secret-Token"
APP_SECRET = SECRETS["whatsapp"]["app_secret"]
VERIFY_TOKEN = SECRETS["whatsapp"]["verify_token"]
FUZZED = 300


@tagged("post_install", "-at_install")
class TestWebhook(ChatBuilders, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.whatsapp = cls._gateway("whatsapp", name="Number")

    def _address(self, gateway=None):
        gateway = gateway or self.gateway
        return f"/chat_center/{gateway.gateway_type}/{gateway.key}"

    def _post(self, body, secret=SECRET, gateway=None, **headers):
        """The status a Telegram update is answered with."""
        if secret is not None:
            headers[PROOF] = secret
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("Content-Type", "application/json")
        answer = self.url_open(self._address(gateway), data=body, headers=headers)
        self.env.invalidate_all()
        return answer.status_code

    def _body(self, **update):
        return json.dumps(self._update(**update)).encode()

    def _rows(self):
        return self.env["chat.inbox"].search([("gateway_id", "=", self.gateway.id)])

    def _refused(self, gateway=None):
        gateway = gateway or self.gateway
        rows = self.env["chat.gateway.refusal"].search(
            [("gateway_id", "=", gateway.id)]
        )
        return rows.mapped("reason")

    # -- taken -------------------------------------------------------------------------

    def test_what_is_proven_is_stored_and_a_job_is_made_for_it(self):
        self.assertEqual(self._post(self._body()), 200)
        self.assertEqual(self._rows().state, "new")
        self.assertFalse(self._refused())

    def test_a_replay_is_answered_and_stored_once(self):
        for _time in range(3):
            self.assertEqual(self._post(self._body()), 200)
        self.assertEqual(len(self._rows()), 1)

    def test_what_nobody_understands_is_kept_and_answered(self):
        self.assertEqual(self._post(b"{not json"), 200)
        self.assertEqual(self._rows().state, "dead")
        self.assertEqual(self._rows().error, "This is not JSON.")

    def test_a_packed_body_is_unpacked(self):
        packed = gzip.compress(self._body())
        self.assertEqual(self._post(packed, Content_Encoding="gzip"), 200)
        self.assertEqual(self._rows().state, "new")

    def test_a_proof_is_of_the_bytes_as_they_came(self):
        body = json.dumps({"entry": []}).encode()
        packed = gzip.compress(body)
        for signed, status in [(packed, 200), (body, 401)]:
            with self.subTest(status=status):
                answer = self._post(
                    packed,
                    secret=None,
                    gateway=self.whatsapp,
                    Content_Encoding="gzip",
                    X_Hub_Signature_256=self._signature(signed),
                )
                self.assertEqual(answer, status)

    def _signature(self, body):
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return f"sha256={digest}"

    # -- refused -----------------------------------------------------------------------

    def test_without_the_right_secret_nothing_is_stored_and_it_is_counted(self):
        for secret in ("wrong", SECRET[:-1], SECRET + " x", "", None, "ключ".encode()):
            with self.subTest(secret):
                self.assertEqual(self._post(self._body(), secret=secret), 401)
        self.assertFalse(self._rows())
        self.assertEqual(self._refused(), ["proof"] * 6)
        self.assertEqual(self.gateway.refused_count, 6)

    def test_forgeries_without_end_are_counted_up_to_a_limit(self):
        with patch.object(chat_gateway_refusal, "MOST_AN_HOUR", 3):
            for _time in range(5):
                self.assertEqual(self._post(b"{}", secret="wrong"), 401)
        self.assertEqual(len(self._refused()), 3)

    def test_after_a_month_a_refusal_is_forgotten(self):
        for _time in range(2):
            self._post(b"{}", secret="wrong")
        refusals = self.env["chat.gateway.refusal"].search([])
        self._pass_time(refusals[0], minutes=31 * 24 * 60)
        self.assertEqual(refusals._gc_old(), (1, False))
        self.assertEqual(refusals.exists(), refusals[1])

    def test_a_right_message_passes_whatever_others_forged(self):
        with patch.object(chat_gateway_refusal, "MOST_AN_HOUR", 1):
            for _time in range(3):
                self._post(b"{}", secret="wrong")
            self.assertEqual(self._post(self._body()), 200)
        self.assertEqual(len(self._rows()), 1)

    def test_an_unknown_address_does_not_exist(self):
        for path in (
            "/chat_center/telegram/nobody",
            "/chat_center/telegram/%00",
            "/chat_center/telegram/" + "a" * 3000,
            f"/chat_center/whatsapp/{self.gateway.key}",
            f"/chat_center/viber/{self.gateway.key}",
        ):
            with self.subTest(path[:60]):
                answer = self.url_open(path, data=b"{}", headers={PROOF: SECRET})
                self.assertEqual(answer.status_code, 404)

    def test_unknown_addresses_take_no_room_in_the_cache(self):
        gateways = self.env["chat.gateway"]
        self.assertEqual(
            gateways._of_address("telegram", self.gateway.key).ensure_one(),
            self.gateway,
        )
        with self.assertQueryCount(0):
            for number in range(10):
                self.assertFalse(gateways._of_address("telegram", f"key-{number}"))

    def test_a_gateway_that_is_not_live_does_not_exist(self):
        self.gateway.action_pause()
        self.assertEqual(self._post(self._body()), 404)
        self.gateway.action_go_live()
        self.assertEqual(self._post(self._body()), 200)

    def test_a_body_that_is_too_big_is_refused(self):
        body = b" " * (webhook.LARGEST_BODY_BYTES + 1)
        with mute_logger("odoo.http"):
            self.assertEqual(self._post(body), 413)
        self.assertFalse(self._rows())

    def test_a_bomb_is_refused_and_counted(self):
        bomb = gzip.compress(bytes(100 * 1024 * 1024))
        self.assertLess(len(bomb), webhook.LARGEST_BODY_BYTES)
        self.assertEqual(self._post(bomb, Content_Encoding="gzip"), 413)
        self.assertEqual(self._refused(), ["size"])

    def test_keys_that_open_nothing_stop_one_gateway_and_tell_nobody_outside(self):
        keys = chat_gateway_setting.KEYS_VARIABLE
        new = Fernet.generate_key().decode()
        with patch.dict("os.environ", {keys: new}):
            self._fill_in(self.whatsapp, {})
            with mute_logger(
                "odoo.addons.chat_center_bridge.models.chat_gateway_trust"
            ):
                self.assertEqual(self._post(self._body()), 401)
            status = self._post(
                b"{}",
                secret=None,
                gateway=self.whatsapp,
                X_Hub_Signature_256=self._signature(b"{}"),
            )
            self.assertEqual(status, 200)
        self.assertEqual(self._refused(), ["keys"])
        self.assertEqual(self._post(self._body()), 200)

    # -- the provider's question -------------------------------------------------------

    def _ask(self, token, **parameters):
        parameters = {
            "hub.mode": "subscribe",
            "hub.challenge": "1158201444",
            "hub.verify_token": token,
            **parameters,
        }
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return self.url_open(f"{self._address(self.whatsapp)}?{query}")

    def test_the_question_is_answered_to_who_knows_the_word(self):
        answer = self._ask(VERIFY_TOKEN)
        self.assertEqual((answer.status_code, answer.text), (200, "1158201444"))
        self.assertFalse(self._refused(self.whatsapp))

    def test_a_wrong_word_is_refused_and_counted(self):
        for answer in (
            self._ask("wrong"),
            self._ask(VERIFY_TOKEN, **{"hub.mode": "else"}),
            self._ask(VERIFY_TOKEN, **{"hub.challenge": "<b>"}),
        ):
            self.assertEqual(answer.status_code, 401)
            self.assertNotIn("<b>", answer.text)
        self.assertEqual(self._refused(self.whatsapp), ["challenge"] * 3)

    def test_a_look_at_the_address_is_no_failure(self):
        answer = self.url_open(self._address(), method="HEAD")
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(answer.content)

    # -- whatever comes ----------------------------------------------------------------

    def test_no_body_makes_a_failure(self):
        """2 000 in the bench; what cannot be read is stored with the reason."""
        chance = random.Random(19)
        valid = self._body()
        with self.assertNoLogs("odoo.http", "ERROR"):
            for number in range(FUZZED):
                body, headers = self._fuzzed(chance, valid)
                status = self._post(body, **headers)
                self.assertIn(status, (200, 400, 413), (number, body, headers))

    def _fuzzed(self, chance, valid):
        body = chance.choice([self._cut, self._flipped, self._random, self._deep])(
            chance, valid
        )
        headers = {
            "Content_Type": chance.choice(
                [
                    "application/json",
                    "text/plain",
                    "",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                ]
            )
        }
        if chance.random() < 0.2:
            headers["Content_Encoding"] = chance.choice(["gzip", "deflate", "\\x"])
        return body, headers

    def _cut(self, chance, valid):
        return valid[: chance.randrange(len(valid))]

    def _flipped(self, chance, valid):
        body = bytearray(valid)
        for _time in range(chance.randrange(1, 9)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return bytes(body)

    def _random(self, chance, _valid):
        return chance.randbytes(chance.randrange(400))

    def _deep(self, chance, _valid):
        opened = chance.choice([b"[", b'{"message":', b'{"update_id":1e999,"a":'])
        return opened * chance.randrange(1, 3000)
