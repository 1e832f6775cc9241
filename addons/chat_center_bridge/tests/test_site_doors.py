from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChatBuilders, SiteRequests


@tagged("post_install", "-at_install")
class TestSiteDoors(ChatBuilders, SiteRequests, HttpCase):
    """What visitors, customers and colleagues can do at the doors of the site chat."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.env["chat.gateway"].search([]).is_on_portal = False
        cls.site = cls._site(is_on_portal=True)
        cls.operator = cls._operator("chat_olga")
        cls.customer = new_test_user(cls.env, "chat_anna", groups="base.group_portal")
        cls.outsider = new_test_user(cls.env, "chat_oleg", groups="base.group_portal")

    def _page(self, address="/my"):
        return self.url_open(address).text

    def _has_window(self, page):
        return "livechatData" in page

    # -- the portal --------------------------------------------------------------------

    def test_portal_pages_show_the_window_of_the_company(self):
        self.authenticate("chat_anna", "chat_anna")
        page = self._page()
        self.assertTrue(self._has_window(page))
        self.assertIn("can_load_livechat: true", page)

    def test_only_where_the_gateway_says_so(self):
        self.site.is_on_portal = False
        self.authenticate("chat_anna", "chat_anna")
        self.assertFalse(self._has_window(self._page()))

    def test_a_paused_gateway_shows_nothing(self):
        self.site.action_pause()
        self.authenticate("chat_anna", "chat_anna")
        self.assertFalse(self._has_window(self._page()))

    def test_colleagues_have_discuss_instead(self):
        self.authenticate("chat_olga", "chat_olga")
        self.assertFalse(self._has_window(self._page()))

    def test_customers_of_another_company_see_their_own_window_or_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.outsider.write(
            {"company_ids": [(6, 0, other.ids)], "company_id": other.id}
        )
        self.authenticate("chat_oleg", "chat_oleg")
        self.assertFalse(self._has_window(self._page()))

    def test_pages_that_are_not_the_portal_are_left_alone(self):
        self.assertFalse(self._has_window(self._page("/web/login")))

    # -- other people's conversations --------------------------------------------------

    def test_a_conversation_is_the_visitors_own(self):
        channel = self._write_on_site(self.site)
        self.opener.cookies.clear()
        for login in (None, "chat_oleg"):
            self.authenticate(login, login)
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self._say(channel.id, "Me too")
        self.assertEqual(len(channel.message_ids), 1)

    def test_customers_read_their_own_and_no_other(self):
        self.authenticate("chat_anna", "chat_anna")
        channel = self._write_on_site(self.site)
        mine = channel.with_user(self.customer)
        self.assertEqual(mine.message_ids.author_id, self.customer.partner_id)
        with self.assertRaises(AccessError):
            channel.with_user(self.outsider).read(["name"])

    def test_customers_read_nothing_of_the_chat_center(self):
        self.authenticate("chat_anna", "chat_anna")
        channel = self._write_on_site(self.site)
        for model in (
            "chat.gateway",
            "chat.identity",
            "chat.identity.link",
            "chat.proof.link",
            "chat.app.token",
        ):
            for user in (self.customer, self.env.ref("base.public_user")):
                records = self.env[model].with_user(user)
                self.assertFalse(records.has_access("read"), model)
        with self.assertRaises(AccessError):
            channel.with_user(self.customer).chat_panel()
        identity = channel.chat_identity_id.with_user(self.customer)
        for door in ("chat_suggestions", "chat_undo_link"):
            with self.assertRaises(AccessError):
                getattr(identity, door)()

    def test_an_answer_to_a_visitor_holds_no_secret_of_the_center(self):
        answer = self.make_jsonrpc_request(
            "/im_livechat/get_session", {"channel_id": self.site.livechat_channel_id.id}
        )
        conversation = answer["store_data"]["discuss.channel"][0]
        self.assertFalse([name for name in conversation if name.startswith("chat_")])
        self.assertNotIn(self.site.key, str(answer))
