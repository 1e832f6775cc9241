"""Core's buttons and addresses in a conversation: through our doors, or refused."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import ChatBuilders, SiteRequests
from .test_access import AccessWorld


@tagged("post_install", "-at_install")
class TestButtons(AccessWorld, TransactionCase):
    """What the operator of a conversation finds in Discuss besides our own actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()
        cls.own = cls.taken.with_user(cls.holder)

    def test_the_holder_does_not_end_it_as_a_visitor(self):
        with self.assertRaisesRegex(AccessError, "Close the conversation"):
            self.own._close_livechat_session()
        self.assertEqual(self.taken.chat_state, "active")
        self.assertFalse(self.taken.livechat_end_dt)

    def test_nobody_is_an_erased_customer(self):
        self.taken.chat_identity_id = False
        with self.assertRaisesRegex(AccessError, "Only the customer"):
            self.own._close_livechat_session()

    def test_what_is_with_me_is_not_hidden(self):
        with self.assertRaisesRegex(UserError, "close or transfer it"):
            self.own.channel_pin(pinned=False)
        self.assertTrue(self.own.self_member_id.is_pinned)

    def test_what_is_over_may_be_hidden(self):
        member = self.own.self_member_id
        self.own.chat_close()
        self.taken._chat_wrapped_up(self.taken.livechat_end_dt)
        self.assertFalse(member.exists())
        self.assertTrue(self.own.sudo().channel_pin(pinned=False))

    def test_leaving_gives_it_back(self):
        self.own.action_unfollow()
        self.assertEqual(self.taken.chat_state, "queued")
        self.assertFalse(self.taken.chat_operator_id)
        self.assertTrue(self.taken.chat_is_head)

    def test_name_description_and_picture_are_not_changed(self):
        self.assertFalse(self.own.is_editable)
        for change in [
            lambda: self.own.channel_rename("Somebody"),
            lambda: self.own.channel_change_description("Rude"),
            lambda: self.own.write({"image_128": False}),
            lambda: self.own.write({"channel_type": "channel"}),
            lambda: self.own.write({"group_public_id": False}),
            lambda: self.own.write({"livechat_channel_id": False}),
        ]:
            with self.assertRaisesRegex(AccessError, "transfer or close it instead"):
                change()

    def test_a_refused_field_is_named_as_the_screen_names_it(self):
        with self.assertRaisesRegex(AccessError, "queue: Name. Take"):
            self.own.channel_rename("Somebody")

    def test_the_customer_is_not_told_of_a_pinned_message(self):
        message = self.taken.message_ids[:1]
        with self.assertRaisesRegex(UserError, "star"):
            self.own.set_message_pin(message.id, True)
        self.assertFalse(message.pinned_at)

    def test_other_channels_are_pinned_and_renamed_as_ever(self):
        channel = self.env["discuss.channel"].create(
            {"name": "Colleagues", "channel_type": "group"}
        )
        channel._add_members(users=self.holder)
        channel = channel.with_user(self.holder)
        message = channel.message_post(body="Lunch?", message_type="comment")
        self.assertTrue(channel.set_message_pin(message.id, True))
        self.assertTrue(message.pinned_at)
        channel.channel_rename("Lunch")
        self.assertEqual(channel.name, "Lunch")
        self.assertTrue(channel.is_editable)
        self.assertTrue(channel.channel_pin(pinned=False))
        self.assertTrue(channel.self_member_id.unpin_dt)

    def test_a_conversation_has_no_threads(self):
        with self.assertRaisesRegex(UserError, "no threads"):
            self.own._create_sub_channel(name="Beside")

    def test_nobody_calls_a_customer(self):
        with self.assertRaisesRegex(UserError, "no calls"):
            self.own.self_member_id.sudo()._rtc_join_call()

    def test_nobody_is_invited_by_email(self):
        with self.assertRaisesRegex(UserError, "not allowed"):
            self.own.invite_by_email(["friend@example.com"])

    def test_to_core_the_customer_is_the_visitor(self):
        """Its screens take the first member that is not the operator."""
        first = self.taken.channel_member_ids.sorted("id")[:1]
        self.assertEqual(first.guest_id, self.taken.chat_identity_id.guest_id)


@tagged("post_install", "-at_install")
class TestAddresses(ChatBuilders, SiteRequests, HttpCase):
    """Core's addresses for visitors, called by an operator and by the visitor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.site = cls._site()
        cls.olga = cls._operator("chat_olga")

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.channel = self._write_on_site(self.site)
        self.assertTrue(self.channel._chat_take(self.olga, "base"))

    def _as_operator(self):
        self.authenticate("chat_olga", "chat_olga")

    def _refused(self, route, sentence, **parameters):
        call = {"channel_id": self.channel.id, **parameters}
        with mute_logger("odoo.http"):
            answer = self.url_open(route, json={"params": call}).json()
        self.assertIn(sentence, answer["error"]["data"]["message"])
        self.env.invalidate_all()
        self.assertEqual(self.channel.chat_state, "active")
        self.assertFalse(self.channel.livechat_end_dt)

    def test_the_visitor_leaves_and_nobody_else(self):
        route = "/im_livechat/visitor_leave_session"
        self._as_operator()
        self._refused(route, "Only the customer ends")

    def test_who_leaves_his_own_conversation_ends_it(self):
        self.make_jsonrpc_request(
            "/im_livechat/visitor_leave_session", {"channel_id": self.channel.id}
        )
        self.env.invalidate_all()
        self.assertEqual(self.channel.chat_state, "closed")
        self.assertEqual(
            self.channel.chat_segment_ids[-1:].reason_out, "customer_closed"
        )

    def test_operators_do_not_rate_themselves(self):
        self._as_operator()
        self._refused("/im_livechat/feedback", "Only the customer rates", rate=5)
        self.assertFalse(self.channel.rating_ids)

    def test_the_customer_rates_who_spoke_with_him(self):
        self.make_jsonrpc_request(
            "/im_livechat/feedback", {"channel_id": self.channel.id, "rate": 5}
        )
        self.env.invalidate_all()
        rated = self.channel.rating_ids.rated_partner_id
        self.assertEqual(rated, self.olga.user_id.partner_id)

    def test_cores_scripts_neither_end_nor_open_it(self):
        script = self.env["chatbot.script"].create({"title": "Robot"})
        call = {"channel_id": self.channel.id, "chatbot_script_id": script.id}
        self.assertIsNone(self.make_jsonrpc_request("/chatbot/step/trigger", call))
        self._refused("/chatbot/restart", "No script", chatbot_script_id=script.id)
