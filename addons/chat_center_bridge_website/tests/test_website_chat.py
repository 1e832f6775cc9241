from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.chat_center_bridge.tests.common import ChatBuilders, SiteRequests


@tagged("post_install", "-at_install")
class TestWebsiteChat(ChatBuilders, SiteRequests, HttpCase):
    """The chat of website pages meets the same queue as every other (E1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.env["chat.gateway"].search([]).is_on_portal = False
        cls.site = cls._site()
        cls.window = cls.site.livechat_channel_id
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.channel_id = cls.window
        cls.operator = cls._operator("chat_olga")
        cls.customer = new_test_user(
            cls.env, "chat_anna", groups="base.group_portal", name="Anna Petrova"
        )

    def _visitor(self, **values):
        """Whom the website knows as the browser's visitor."""
        visitors = self.env["website.visitor"]
        values = {"access_token": "f" * 32, "website_id": self.website.id, **values}
        return visitors.create(values)

    def _write_as(self, visitor):
        """A conversation in which a known visitor has just written."""
        visitors = type(self.env["website.visitor"])
        with patch.object(
            visitors, "_get_visitor_from_request", lambda *_a, **_k: visitor
        ):
            return self._write_on_site(self.site)

    def test_website_pages_show_the_window(self):
        page = self.url_open("/").text
        self.assertEqual(page.count("livechatData"), 1)
        self.assertIn("can_load_livechat: true", page)

    def test_a_visitors_words_wait_in_the_queue_and_say_whose_they_are(self):
        visitor = self._visitor()
        channel = self._write_as(visitor)
        self.assertEqual(channel.chat_state, "queued")
        self.assertEqual(channel.livechat_visitor_id, visitor)
        self.assertFalse(channel.chat_identity_id.partner_id)

    def test_who_signs_in_is_no_member_of_what_the_guest_said(self):
        visitor = self._visitor()
        channel = self._write_as(visitor)
        target = self._visitor(access_token=self.customer.partner_id.id)
        visitor._merge_visitor(target)
        self.assertFalse(visitor.exists())
        self.assertEqual(channel.livechat_visitor_id, target)
        partner = self.customer.partner_id
        self.assertNotIn(partner, channel.channel_member_ids.partner_id)
        self.assertFalse(channel.with_user(self.customer).has_access("read"))

    def test_nobody_begins_a_conversation_past_the_queue(self):
        visitor = self._visitor()
        with self.assertRaisesRegex(UserError, "wait in the queue"):
            visitor.action_send_chat_request()
        self.assertFalse(self.window.user_ids)

    def test_a_website_with_a_chat_of_its_own_is_cores(self):
        self.website.channel_id = self.env["im_livechat.channel"].create(
            {"name": "Core's", "user_ids": self.operator.user_id.ids}
        )
        visitor = self._visitor()
        visitor.action_send_chat_request()
        self.assertTrue(visitor.livechat_operator_id)

    # -- the portal --------------------------------------------------------------------

    def test_portal_pages_have_one_window(self):
        """On the portal its own gateway answers, whatever the website has."""
        portal = self._site(name="Portal", is_on_portal=True)
        self.authenticate("chat_anna", "chat_anna")
        page = self.url_open("/my").text
        self.assertEqual(page.count("livechatData"), 1)
        self.assertIn(f'"channel_id": {portal.livechat_channel_id.id}', page)

    def test_a_portal_without_a_gateway_has_the_websites_window(self):
        self.authenticate("chat_anna", "chat_anna")
        page = self.url_open("/my").text
        self.assertEqual(page.count("livechatData"), 1)
        self.assertIn(f'"channel_id": {self.window.id}', page)
