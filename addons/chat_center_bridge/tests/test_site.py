from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import ConcurrencyError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.once import once
from .common import ChatBuilders, SiteRequests


@tagged("post_install", "-at_install")
class TestSite(ChatBuilders, SiteRequests, HttpCase):
    """Who writes on the site meets the same queue as messengers (E1, X5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.site = cls._site()
        cls.operator = cls._operator("chat_olga")
        cls.customer = new_test_user(
            cls.env, "chat_anna", groups="base.group_portal", name="Anna Petrova"
        )

    # -- beginning ---------------------------------------------------------------------

    def test_a_visitors_first_words_wait_in_the_queue(self):
        channel = self._write_on_site(self.site)
        self.assertEqual(channel.chat_state, "queued")
        self.assertEqual(channel.chat_direction_id, self.direction)
        self.assertEqual(channel.chat_segment_ids.mapped("holder_kind"), ["queue"])
        self.assertEqual(len(channel.chat_turn_ids), 1)
        waiting = self.direction._waiting()
        self.assertEqual([one.id for one in waiting], channel.ids)

    def test_an_opened_window_asks_nobody(self):
        channel = self.env["discuss.channel"].browse(self._open_window(self.site))
        self.assertEqual(channel.chat_state, "bot")
        self.assertFalse(channel.chat_segment_ids)
        self.assertFalse(self.direction._waiting())

    def test_a_window_without_words_is_cleared_away(self):
        conversation_id = self._open_window(self.site)
        channel = self.env["discuss.channel"].browse(conversation_id)
        said = self._write_on_site(self._site(name="Second site"))
        channel.search([])._gc_windows_without_words()
        self.assertTrue(channel.exists())
        later = self.env.cr.now() + timedelta(hours=2)
        with freeze_time(later):
            channel.search([])._gc_windows_without_words()
        self.assertFalse(channel.exists())
        self.assertTrue(said.exists())

    def test_words_of_a_burst_are_one_turn(self):
        channel = self._write_on_site(self.site)
        self._say(channel.id, "And milk?")
        self.assertEqual(len(channel.message_ids), 2)
        self.assertEqual(len(channel.chat_turn_ids), 1)
        self.assertEqual(len(channel.chat_segment_ids), 1)

    def test_a_visitor_is_a_guest(self):
        channel = self._write_on_site(self.site)
        identity = channel.chat_identity_id
        self.assertEqual(identity.proof, "none")
        self.assertFalse(identity.partner_id)
        self.assertEqual(channel.message_ids.author_guest_id, identity.guest_id)

    def test_who_is_signed_in_is_shown_as_himself(self):
        self.authenticate("chat_anna", "chat_anna")
        channel = self._write_on_site(self.site)
        identity = channel.chat_identity_id
        partner = self.customer.partner_id
        self.assertEqual(identity.proof, "session")
        self.assertEqual(identity.partner_id, partner)
        self.assertEqual(channel.name, "Anna Petrova")
        self.assertEqual(channel.message_ids.author_id, partner)
        self.assertIn(partner, channel.channel_member_ids.partner_id)
        self.assertFalse(channel.channel_member_ids.guest_id)
        self.assertEqual(len(channel.chat_turn_ids), 1)

    def test_the_temporary_window_shows_the_chat_center(self):
        answer = self.make_jsonrpc_request(
            "/im_livechat/get_session",
            {"channel_id": self.site.livechat_channel_id.id, "persisted": False},
        )
        queue = self.env.ref("chat_center_bridge.partner_queue")
        shown = [one["id"] for one in answer["store_data"]["res.partner"]]
        self.assertIn(queue.id, shown)

    # -- going on ----------------------------------------------------------------------

    def test_a_window_opened_again_goes_on(self):
        channel = self._write_on_site(self.site)
        self.assertEqual(self._open_window(self.site), channel.id)

    def test_a_window_opened_in_another_tab_is_the_same(self):
        first = self._open_window(self.site)
        self.assertEqual(self._open_window(self.site), first)

    def test_who_begins_in_two_tabs_at_once_begins_again_in_one(self):
        conversation_id = self._open_window(self.site)
        first = self.env["discuss.channel"].browse(conversation_id)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
            once(self.env.cr),
        ):
            first._chat_open_window(first.chat_identity_id)

    def test_another_visitor_has_another_conversation(self):
        first = self._write_on_site(self.site)
        self.opener.cookies.clear()
        self.authenticate(None, None)
        second = self._write_on_site(self.site)
        self.assertNotEqual(first, second)
        self.assertNotEqual(first.chat_identity_id, second.chat_identity_id)

    def test_after_the_end_another_one_begins_with_the_same_operator(self):
        first = self._write_on_site(self.site)
        first._chat_take(self.operator, "base")
        first._chat_answered(self.env.cr.now())
        first._chat_close(self.env.cr.now(), "operator")
        second = self._write_on_site(self.site)
        self.assertNotEqual(first, second)
        self.assertEqual(second.chat_previous_id, first)
        self.assertTrue(second.chat_is_repeat)
        waiting = second._chat_as_waiting()
        self.assertEqual(waiting.previous_operator, self.operator.id)

    def test_words_for_a_conversation_that_is_over_are_refused_and_not_lost(self):
        channel = self._write_on_site(self.site)
        channel._chat_close(self.env.cr.now(), "operator")
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "UserError"),
        ):
            self._say(channel.id, "Still there?")
        self.assertEqual(len(channel.message_ids), 1)

    def test_the_operator_and_the_visitor_speak_in_one_conversation(self):
        channel = self._write_on_site(self.site)
        self.assertTrue(channel._chat_take(self.operator, "base"))
        self.authenticate("chat_olga", "chat_olga")
        self._say(channel.id, "There is.")
        last = channel.message_ids[0]
        self.assertTrue(channel.chat_turn_ids.answered_at)
        self.assertEqual(last.author_id, self.operator.user_id.partner_id)
        # the window shows it by itself
        self.assertFalse(self.env["chat.outbox"].search([("message_id", "=", last.id)]))
        self.assertEqual(len(channel.chat_turn_ids), 1)

    def test_a_visitor_who_leaves_has_ended_it(self):
        channel = self._write_on_site(self.site)
        leave = {"channel_id": channel.id}
        self.make_jsonrpc_request("/im_livechat/visitor_leave_session", leave)
        self.assertEqual(channel.chat_state, "closed")
        self.assertNotEqual(self._open_window(self.site), channel.id)

    def test_the_greeting_is_the_chat_centers_own(self):
        self.direction.text_ids = [(0, 0, {"event": "greeting", "text": "Hello!"})]
        channel = self._write_on_site(self.site)
        queue = self.env.ref("chat_center_bridge.partner_queue")
        said = [(one.author_id, one.author_guest_id) for one in channel.message_ids]
        guest = channel.chat_identity_id.guest_id
        nobody = self.env["mail.guest"]
        self.assertEqual(said, [(queue, nobody), (self.env["res.partner"], guest)])

    def test_spam_gets_no_window(self):
        channel = self._write_on_site(self.site)
        channel._chat_close(self.env.cr.now(), "spam")
        channel.chat_identity_id.is_spam = True
        self.assertFalse(self._open_window(self.site))

    def test_core_ends_nothing_when_the_operator_leaves(self):
        channel = self._write_on_site(self.site)
        channel._chat_take(self.operator, "base")
        channel._chat_take_back(self.env.cr.now(), "silent")
        self.assertFalse(channel.livechat_end_dt)

    # -- open or not -------------------------------------------------------------------

    def _is_offered(self, gateway):
        answer = self.make_jsonrpc_request(
            "/mail/data",
            {"fetch_params": [["init_livechat", gateway.livechat_channel_id.id]]},
        )
        return answer["Store"]["livechat_available"]

    def test_the_window_is_open_without_anybody_online(self):
        self.assertTrue(self._is_offered(self.site))
        self.assertTrue(self.site.livechat_channel_id._is_livechat_available())

    def test_a_paused_gateway_is_not_cores_to_serve(self):
        self.site.action_pause()
        self.site.livechat_channel_id.user_ids = self.operator.user_id
        self.env["mail.presence"]._update_presence(self.operator.user_id)
        self.assertFalse(self._is_offered(self.site))
        self.assertFalse(self._open_window(self.site))
        self.assertFalse(self._open_window(self.site, persisted=False))

    def test_outside_hours_it_is_as_the_gateway_says(self):
        self.direction.calendar_id = self.env["resource.calendar"].create(
            {"name": "Mondays", "tz": "UTC", "attendance_ids": False}
        )
        self.direction.calendar_id.attendance_ids = [
            (0, 0, {"name": "Day", "dayofweek": "0", "hour_from": 9, "hour_to": 18})
        ]
        self.site.takes_outside_hours = False
        with freeze_time("2026-11-23 10:00:00"):
            self.assertTrue(self.site._takes_messages())
        with freeze_time("2026-11-24 10:00:00"):
            self.assertFalse(self.site._takes_messages())
            self.site.takes_outside_hours = True
            self.assertTrue(self.site._takes_messages())

    def test_windows_that_are_not_ours_are_cores(self):
        window = self.env["im_livechat.channel"].create(
            {"name": "Core's", "user_ids": self.operator.user_id.ids}
        )
        self.env["mail.presence"]._update_presence(self.operator.user_id)
        answer = self.make_jsonrpc_request(
            "/im_livechat/get_session", {"channel_id": window.id}
        )
        channel = self.env["discuss.channel"].browse(answer["channel_id"])
        self.assertFalse(channel.chat_state)
        partner = self.operator.user_id.partner_id
        self.assertEqual(channel.livechat_operator_id, partner)

    # -- set-up ------------------------------------------------------------------------

    def test_a_gateway_of_the_site_makes_its_window(self):
        window = self.site.livechat_channel_id
        self.assertEqual(window.name, "Shop's site")
        self.assertFalse(window.user_ids)

    def test_a_window_speaks_the_languages_of_the_installation(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms(["im_livechat"], ["ru_RU"])
        window = self._site(name="Second site").livechat_channel_id
        russian = window.with_context(lang="ru_RU").default_message
        self.assertEqual(russian, "Чем я могу вам помочь?")
        self.assertEqual(window.default_message, "How may I help you?")

    def test_a_window_has_one_gateway(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._site(livechat_channel_id=self.site.livechat_channel_id.id)
