import time

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from . import tokens
from .common import ChatBuilders, SiteRequests


@tagged("post_install", "-at_install")
class TestSiteApp(ChatBuilders, SiteRequests, HttpCase):
    """Who is signed in to the mobile app is known in the chat (E1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.site = cls._site(app_key=tokens.KEY, app_subject="ref")
        cls.customer = cls.env["res.partner"].create({"name": "Anna", "ref": "c-1"})

    def sign_in(self, gateway=None, authorization=None, **claims):
        gateway = gateway or self.site
        usual = {
            "iss": gateway.key,
            "sub": "c-1",
            "exp": time.time() + 200,
            "jti": f"{time.time_ns()}",
        }
        token = tokens.make({**usual, **claims})
        return self.url_open(
            f"/chat_center/app/{gateway.key}/session",
            data="",
            headers={"Authorization": authorization or f"Bearer {token}"},
            method="POST",
        )

    def identity(self, external_id="app:c-1", gateway=None):
        gateway = gateway or self.site
        return self.env["chat.identity"].search(
            [("gateway_id", "=", gateway.id), ("external_id", "=", external_id)]
        )

    def test_a_signed_token_makes_a_guest_of_the_partner(self):
        answer = self.sign_in()
        self.assertEqual(answer.status_code, 200)
        identity = self.identity()
        self.assertEqual(identity.partner_id, self.customer)
        self.assertEqual(identity.proof, "token")
        told = answer.json()
        self.assertEqual(told["channel_id"], self.site.livechat_channel_id.id)
        self.assertEqual(told["guest_token"], identity.guest_id._format_auth_cookie())
        self.assertEqual(answer.cookies["dgid"].strip('"'), told["guest_token"])

    def test_the_same_customer_is_the_same_guest(self):
        first, second = self.sign_in().json(), self.sign_in().json()
        self.assertEqual(first["guest_token"], second["guest_token"])
        self.assertEqual(len(self.identity()), 1)

    def test_the_guest_writes_through_cores_routes_for_other_origins(self):
        token = self.sign_in().json()["guest_token"]
        self.opener.cookies.clear()
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            "/im_livechat/cors/get_session",
            {
                "channel_id": self.site.livechat_channel_id.id,
                "guest_token": token,
                "persisted": True,
            },
        )
        channel = self.env["discuss.channel"].browse(answer["channel_id"])
        self.assertEqual(channel.chat_identity_id, self.identity())
        self.make_jsonrpc_request(
            "/im_livechat/cors/message/post",
            {
                "guest_token": token,
                "thread_model": "discuss.channel",
                "thread_id": channel.id,
                "post_data": {
                    "body": "Where is it?",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                "context": {},
            },
        )
        self.assertEqual(channel.chat_state, "queued")
        self.assertEqual(channel.message_ids.author_guest_id, self.identity().guest_id)

    def test_what_is_not_signed_for_us_is_refused(self):
        other = self._site(name="Other site", app_key="y" * 40)
        for code, claims in {
            "issuer": {"iss": other.key},
            "expired": {"exp": time.time() - 60},
            "too_long_a_life": {"exp": time.time() + 3600},
            "malformed": {"jti": ""},
        }.items():
            answer = self.sign_in(**claims)
            self.assertEqual(answer.status_code, 401)
            self.assertEqual(answer.json(), {"error": code})
        self.assertEqual(self.sign_in(other).json(), {"error": "signature"})
        self.assertFalse(self.identity())

    def test_without_a_bearer_there_is_nothing_to_believe(self):
        for header in ("Basic YTpi", "Bearer", "x"):
            answer = self.sign_in(authorization=header)
            self.assertEqual(answer.status_code, 401)

    @mute_logger("odoo.sql_db")
    def test_a_token_is_taken_once(self):
        self.assertEqual(self.sign_in(jti="once").status_code, 200)
        answer = self.sign_in(jti="once")
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(answer.json(), {"error": "used"})

    def test_expired_tokens_are_cleared_away(self):
        used = self.env["chat.app.token"]
        values = {"gateway_id": self.site.id}
        old = used.create(
            {**values, "token_id": "old", "expires_at": "2020-01-01 00:00:00"}
        )
        new = used.create(
            {**values, "token_id": "new", "expires_at": "2090-01-01 00:00:00"}
        )
        used._gc_expired()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_an_app_without_a_key_has_no_chat(self):
        answer = self.sign_in(self._site(name="No app"))
        self.assertEqual(answer.json(), {"error": "no_key"})

    def test_an_unknown_or_paused_address_is_none(self):
        self.assertEqual(self.url_open("/chat_center/app/x/session").status_code, 405)
        answer = self.url_open("/chat_center/app/x/session", data="", method="POST")
        self.assertEqual(answer.status_code, 404)
        self.site.action_pause()
        self.assertEqual(self.sign_in().status_code, 404)

    def test_the_key_of_a_messenger_is_no_key_of_an_app(self):
        self.assertEqual(self.sign_in(self.gateway).status_code, 404)

    def test_partners_are_named_by_reference_or_external_id(self):
        self.env["ir.model.data"].create(
            {
                "module": "site",
                "name": "c-7",
                "model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        self.site.app_subject = "xmlid"
        self.sign_in(sub="site.c-7")
        self.assertEqual(self.identity("app:site.c-7").partner_id, self.customer)
        self.sign_in(sub="base.group_portal")
        self.assertFalse(self.identity("app:base.group_portal").partner_id)

    def test_a_reference_of_two_partners_links_nobody(self):
        self.customer.copy({"ref": "c-1"})
        self.sign_in(name="Anna of the app")
        self.assertFalse(self.identity().partner_id)
        self.assertEqual(self.identity().name, "Anna of the app")

    def test_partners_of_another_company_are_not_linked(self):
        self.customer.company_id = self.env["res.company"].create({"name": "Other"})
        self.sign_in()
        self.assertFalse(self.identity().partner_id)

    def test_used_tokens_are_nobodys_to_write(self):
        manager = new_test_user(
            self.env, "chat_boss", groups="chat_center_bridge.group_manager"
        )
        tokens_seen = self.env["chat.app.token"]
        self.assertTrue(tokens_seen.with_user(manager).has_access("read"))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(tokens_seen.with_user(manager).has_access(operation))
        operator = self._operator("chat_olga").user_id
        self.assertFalse(tokens_seen.with_user(operator).has_access("read"))
