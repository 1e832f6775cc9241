"""Discuss's and live chat's own addresses, each called by who has no business."""

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import SiteRequests
from .test_rpc_sweep import SECRET, SweepWorld

REFUSING = ("odoo.http", "odoo.addons.base.models.ir_rule")
TABLES = (
    "discuss_channel",
    "discuss_channel_member",
    "discuss_channel_rtc_session",
    "ir_attachment",
    "mail_followers",
    "mail_message",
    "mail_message_reaction",
    "rating_rating",
)


class RouteWorld(SweepWorld):
    """Calls of routes, and what they leave behind."""

    def _sign_in(self, user):
        if user == self.public:
            self.authenticate(None, None)
        else:
            self.authenticate(user.login, user.login.ljust(8, "x"))

    def _call(self, route, **parameters):
        """What a route answers, as text; empty where it refuses."""
        with mute_logger("odoo.sql_db", *REFUSING):
            try:
                return str(self.make_jsonrpc_request(route, parameters))
            except Exception as error:
                # of the server's answer: anything else is the test's own mistake
                if type(error).__name__ != "JsonRpcException":
                    raise
                return ""

    def _get(self, address):
        with mute_logger(*REFUSING):
            return self.url_open(address).text

    def _readings(self, channel):
        """Addresses that tell something of a conversation."""
        message, file = channel.message_ids[:1], self._file_of(channel)
        thread = {"thread_model": "discuss.channel", "thread_id": channel.id}
        return [
            self._call("/discuss/channel/messages", channel_id=channel.id),
            self._call(
                "/discuss/channel/messages",
                channel_id=channel.id,
                fetch_params={"search_term": SECRET},
            ),
            self._call(
                "/discuss/channel/members", channel_id=channel.id, known_member_ids=[]
            ),
            self._call("/discuss/channel/attachments", channel_id=channel.id),
            self._call("/discuss/channel/pinned_messages", channel_id=channel.id),
            self._call("/discuss/channel/ping", channel_id=channel.id),
            self._call(
                "/discuss/channel/sub_channel/fetch", parent_channel_id=channel.id
            ),
            self._call("/discuss/search", term=SECRET),
            self._call("/mail/thread/messages", **thread),
            self._call("/mail/thread/recipients", **thread, message_id=message.id),
            self._call("/mail/inbox/messages"),
            self._call("/mail/history/messages"),
            self._call("/mail/starred/messages"),
            self._call("/mail/data", fetch_params=self._asked_of(channel)),
            self._call("/mail/message/translate", message_id=message.id),
            self._get(f"/im_livechat/download_transcript/{channel.id}"),
            self._get(f"/discuss/channel/{channel.id}"),
            self._get(f"/chat/{channel.id}/{channel.uuid}"),
            self._get(f"/web/content/{file.id}"),
            self._get(f"/web/content/{file.id}?access_token=guessed"),
            self._get(f"/web/image/{file.id}"),
            self._get(f"/mail/attachment/pdf_first_page/{file.id}"),
        ]

    def _asked_of(self, channel):
        return [
            ["discuss.channel", [channel.id]],
            "channels_as_member",
            "init_messaging",
            "/im_livechat/looking_for_help",
            [
                "mail.thread",
                {
                    "thread_model": "discuss.channel",
                    "thread_id": channel.id,
                    "request_list": ["attachments", "followers", "messages"],
                },
            ],
        ]

    def _file_of(self, channel):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "discuss.channel"), ("res_id", "=", channel.id)],
            limit=1,
        )

    def _do(self, channel):
        """Addresses that change something of a conversation."""
        of_channel, message = {"channel_id": channel.id}, channel.message_ids[:1]
        of_message, file = {"message_id": message.id}, self._file_of(channel)
        thread = {"res_model": "discuss.channel", "res_id": channel.id}
        after = self._picture()
        for route, parameters in [
            ("/discuss/channel/join", of_channel),
            ("/discuss/channel/notify_typing", {**of_channel, "is_typing": True}),
            (
                "/discuss/channel/mark_as_read",
                {**of_channel, "last_message_id": message.id},
            ),
            (
                "/discuss/channel/sub_channel/create",
                {"parent_channel_id": channel.id, "name": "Mine"},
            ),
            ("/discuss/channel/update_avatar", {**of_channel, "data": "R0lGODlh"}),
            (
                "/discuss/settings/mute",
                {"channel_id": channel.id, "minutes": 5},
            ),
            (
                "/mail/message/post",
                {
                    "thread_model": "discuss.channel",
                    "thread_id": channel.id,
                    "post_data": {"body": "I am in"},
                },
            ),
            ("/mail/message/reaction", {**of_message, "content": "A", "action": "add"}),
            (
                "/mail/message/update_content",
                {**of_message, "update_data": {"body": "I"}},
            ),
            ("/mail/attachment/delete", {"attachment_id": file.id}),
            ("/mail/thread/subscribe", {**thread, "partner_ids": [1]}),
            ("/mail/thread/unsubscribe", {**thread, "partner_ids": [1]}),
            ("/mail/rtc/channel/join_call", of_channel),
            ("/im_livechat/feedback", {**of_channel, "rate": 5}),
            (
                "/im_livechat/email_livechat_transcript",
                {**of_channel, "email": "a@b.ru"},
            ),
            ("/im_livechat/session/update_note", {**of_channel, "note": "Mine"}),
            (
                "/im_livechat/session/update_status",
                {**of_channel, "livechat_status": "waiting"},
            ),
            ("/im_livechat/conversation/update_tags", {**of_channel, "tag_ids": []}),
            (
                "/im_livechat/conversation/create_and_link_expertise",
                {**of_channel, "expertise_name": "Mine"},
            ),
            ("/im_livechat/visitor_leave_session", of_channel),
            ("/chatbot/restart", {**of_channel, "chatbot_script_id": 1}),
            ("/chatbot/step/trigger", {**of_channel, "chatbot_script_id": 1}),
        ]:
            self._call(route, **parameters)
            before, after = after, self._picture()
            if after != before:
                yield route

    def _picture(self):
        """The rows of a conversation, but for what reading leaves behind."""
        self.env.flush_all()
        self.env.invalidate_all()
        return [
            self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(one::text, '' ORDER BY one.id)) FROM %s one",
                    SQL.identifier(table),
                )
            )
            for table in TABLES
        ]


@tagged("post_install", "-at_install")
class TestRouteSweep(RouteWorld, HttpCase):
    """Outsiders are told nothing and change nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sweep()

    def test_outsiders_are_told_nothing(self):
        for user in self.outsiders:
            self._sign_in(user)
            with self.subTest(user.login):
                for number, answer in enumerate(self._readings(self.taken)):
                    self.assertNotIn(SECRET, answer, number)

    def test_the_holder_is_told(self):
        self._sign_in(self.holder)
        telling = [SECRET in answer for answer in self._readings(self.taken)]
        self.assertGreater(sum(telling), 8)

    def test_outsiders_change_nothing(self):
        for user in self.outsiders:
            self._sign_in(user)
            with self.subTest(user.login):
                self.assertEqual(list(self._do(self.taken)), [])

    def test_nobody_lays_a_file_into_anothers_conversation(self):
        for user in (self.outsiders | self.colleague) - self.public:
            self._sign_in(user)
            with self.subTest(user.login):
                self.assertGreaterEqual(self._upload(self.taken), 400)
        self._sign_in(self.holder)
        self.assertEqual(self._upload(self.taken), 200)

    def _upload(self, channel):
        """The status of the answer to a file."""
        with mute_logger(*REFUSING):
            answer = self.url_open(
                "/mail/attachment/upload",
                data={
                    "csrf_token": Request.csrf_token(self),
                    "thread_model": "discuss.channel",
                    "thread_id": channel.id,
                },
                files={"ufile": ("a.txt", b"a", "text/plain")},
            )
        return answer.status_code

    def test_who_sees_what_waits_leaves_a_note_or_a_tag_at_most(self):
        marks = {
            "/im_livechat/session/update_note",
            "/im_livechat/conversation/update_tags",
        }
        transcript = {"/im_livechat/email_livechat_transcript"}
        self.waiting.chat_identity_id.name = SECRET
        self._attachment(self.waiting)
        for user in self.colleague | self.supervisor | self.manager:
            self._sign_in(user)
            with self.subTest(user.login):
                done = set(self._do(self.waiting)) - marks
                leads = user != self.colleague
                self.assertEqual(done, transcript if leads else set())


@tagged("post_install", "-at_install")
class TestCustomersEyes(RouteWorld, SiteRequests, HttpCase):
    """What a customer of the site is told of who serves him: no comment, no state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sweep()
        cls.site = cls._site()
        cls.customer = new_test_user(
            cls.env, "chat_customer", groups="base.group_portal"
        )

    def _led(self):
        """A conversation of a signed in customer that was handed on with a comment."""
        self._sign_in(self.customer)
        conversation = self._write_on_site(self.site)
        conversation._chat_take(self._operator_of(self.holder), "base")
        mine = conversation.with_user(self.holder)
        self._reply(conversation, self.holder, "We look it up.")
        mine.chat_transfer_to_operator(
            self._operator_of(self.colleague).id, comment=f"Beware of {SECRET}"
        )
        skill = self.env["chat.skill"].create({"name": f"Patience with {SECRET}"})
        reason = self.env["chat.reason"].create(
            {"name": f"{SECRET} was rude", "direction_id": self.direction.id}
        )
        conversation.write({"chat_skill_ids": skill, "chat_reason_id": reason.id})
        return conversation

    def test_comments_are_nowhere_a_customer_looks(self):
        conversation = self._led()
        self._attachment(conversation).name = "bread.txt"
        self._sign_in(self.customer)
        readings = self._readings(conversation)
        self.assertIn("We look it up.", readings[0])
        for number, answer in enumerate(readings):
            self.assertNotIn(SECRET, answer, number)
        self.assertNotIn("chat_state", "".join(readings))

    @mute_logger("odoo.models")
    def test_a_customer_reads_nothing_of_it_by_rpc(self):
        conversation = self._led()
        ids, model = conversation.ids, "discuss.channel"
        known = self._ask(self.customer, model, "read", ids, ["channel_type"])
        self.assertIn("livechat", known)
        for name in self.env[model]._fields:
            with self.subTest(name):
                told = self._ask(self.customer, model, "read", ids, [name])
                self.assertNotIn(SECRET, told)
        for name in ("chat_operator_id", "chat_reason_id", "chat_segment_ids"):
            self.assertFalse(self._ask(self.customer, model, "read", ids, [name]))

    def test_comments_are_not_on_the_bus(self):
        self._led()
        self.env.cr.precommit.run()
        told = str(self.env["bus.bus"].search([]).mapped("message"))
        self.assertIn("We look it up.", told)
        self.assertNotIn("Beware of", told)

    def test_comments_are_not_in_the_transcript(self):
        conversation = self._led()
        conversation._email_livechat_transcript("anna@example.com")
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("We look it up.", mail.body_html)
        self.assertNotIn(SECRET, mail.body_html)

    def test_the_customer_alone_rates(self):
        conversation = self._led()
        for user in self.colleague | self.supervisor:
            self._sign_in(user)
            self._call("/im_livechat/feedback", channel_id=conversation.id, rate=5)
            self.assertFalse(conversation.rating_ids)
        self._sign_in(self.customer)
        self._call("/im_livechat/feedback", channel_id=conversation.id, rate=1)
        self.env.invalidate_all()
        self.assertEqual(conversation.rating_ids.rating, 1)
