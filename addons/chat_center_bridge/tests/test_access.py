"""Who sees and changes conversations: each role against each door (X5, design 4)."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ChatBuilders

CENTER = "chat_center_bridge.group_"
HISTORY = ["chat.segment", "chat.turn", "chat.identity", "chat.identity.alias"]


class AccessWorld(ChatBuilders):
    """A waiting and a taken conversation of one direction, and people around it."""

    @classmethod
    def set_up_world(cls):
        cls.set_up_chats(cls.env)
        cls.other = cls._direction("Couriers")
        cls.holder = cls._operator("chat_holder").user_id
        cls.colleague = cls._operator("chat_colleague").user_id
        cls.stranger = cls._operator("chat_stranger", cls.other).user_id
        cls.supervisor = cls._person("chat_supervisor", f"{CENTER}supervisor")
        cls.direction.supervisor_ids = cls.supervisor
        cls.foreign_supervisor = cls._person("chat_foreign", f"{CENTER}supervisor")
        cls.other.supervisor_ids = cls.foreign_supervisor
        cls.manager = cls._person("chat_manager", f"{CENTER}manager")
        cls.livechat = cls._person(
            "chat_livechat", "im_livechat.im_livechat_group_manager"
        )
        cls.clerk = cls._person("chat_clerk", "base.group_user")
        cls.portal = cls._person("chat_portal", "base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.waiting = cls._conversation(chat=1, number=1)
        cls.taken = cls._conversation(chat=2, number=2)
        cls.taken._chat_take(cls._operator_of(cls.holder), "base")
        cls.outsiders = (
            cls.stranger
            | cls.foreign_supervisor
            | cls.livechat
            | cls.clerk
            | cls.portal
            | cls.public
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _person(cls, login, group, **values):
        return new_test_user(
            cls.env, login, groups=group, context={"no_reset_password": True}, **values
        )

    @classmethod
    def _operator_of(cls, user):
        return cls.env["chat.operator"].search([("user_id", "=", user.id)])

    @classmethod
    def _attachment(cls, channel):
        return cls.env["ir.attachment"].create(
            {
                "name": "passport.txt",
                "raw": b"4510 123456",
                "res_model": "discuss.channel",
                "res_id": channel.id,
            }
        )

    def _seen(self, user, model="discuss.channel", channels=None):
        """Of the world's conversations those a user finds."""
        ids = (channels or self.waiting | self.taken).ids
        found = self.env[model].with_user(user).search([("id", "in", ids)])
        self.assertEqual(found.ids, found.with_user(user)._filtered_access("read").ids)
        return found.sudo().with_user(self.env.user)


@tagged("post_install", "-at_install")
class TestSeeing(AccessWorld, TransactionCase):
    """What each role finds, reads and follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()

    def test_operators_see_what_waits_for_them_and_what_they_hold(self):
        self.assertEqual(self._seen(self.colleague), self.waiting)
        self.assertEqual(self._seen(self.holder), self.waiting | self.taken)

    def test_supervisors_see_their_directions_and_administrators_all(self):
        self.assertEqual(self._seen(self.supervisor), self.waiting | self.taken)
        self.assertEqual(self._seen(self.manager), self.waiting | self.taken)

    def test_outsiders_see_nothing(self):
        for user in self.outsiders:
            with self.subTest(user.login):
                self.assertFalse(self._seen(user))

    def test_the_customer_sees_his_own_conversation_only(self):
        guest = self.waiting.chat_identity_id.guest_id
        channels = self.env["discuss.channel"].with_user(self.public)
        found = channels.with_context(guest=guest).search(
            [("id", "in", (self.waiting | self.taken).ids)]
        )
        self.assertEqual(found.ids, self.waiting.ids)

    def test_what_a_screen_reads_by_id_is_refused_as_well(self):
        for user in self.outsiders:
            for field in ("name", "chat_state", "message_ids", "channel_member_ids"):
                with self.subTest(user=user.login, field=field):
                    with self.assertRaises(AccessError):
                        self.taken.with_user(user).read([field])

    def test_other_live_chats_stay_as_core_has_them(self):
        partner = self.holder.partner_id
        chat = self.env["discuss.channel"].create(
            {
                "channel_type": "livechat",
                "name": "Site",
                "livechat_operator_id": partner.id,
                "channel_member_ids": [(0, 0, {"partner_id": partner.id})],
            }
        )
        self.assertEqual(self._seen(self.livechat, channels=chat), chat)
        self.assertFalse(self._seen(self.clerk, channels=chat))

    def test_who_no_longer_serves_a_direction_sees_it_no_more(self):
        self._operator_of(self.colleague).line_ids.unlink()
        self.assertFalse(self._seen(self.colleague))

    def test_who_is_no_operator_any_more_sees_nothing(self):
        self.colleague.group_ids = self.env.ref("base.group_user")
        self.assertFalse(self._seen(self.colleague))

    def test_members_of_a_conversation_are_hidden_with_it(self):
        members = (self.waiting | self.taken).channel_member_ids
        for user in self.outsiders:
            with self.subTest(user.login):
                found = self.env["discuss.channel.member"].with_user(user)
                self.assertFalse(found.search([("id", "in", members.ids)]))

    def test_former_members_are_hidden_with_the_conversation(self):
        name = "im_livechat.channel.member.history"
        rows = self.env[name].search([("channel_id", "=", self.taken.id)])
        self.assertTrue(rows)
        for user in self.livechat | self.stranger | self.foreign_supervisor:
            with self.subTest(user.login):
                found = self.env[name].with_user(user).search([("id", "in", rows.ids)])
                self.assertFalse(found)
        found = self.env[name].with_user(self.supervisor).search([])
        self.assertEqual(found & rows.with_user(self.supervisor), rows)

    def test_messages_are_read_by_who_may_see_the_conversation(self):
        message = self.taken.message_ids
        self.assertTrue(message)
        for user in self.outsiders | self.colleague:
            with self.subTest(user.login):
                messages = self.env["mail.message"].with_user(user)
                self.assertFalse(messages.search([("id", "=", message.id)]))
                with self.assertRaises(AccessError):
                    message.with_user(user).read(["body"])
        self.assertTrue(message.with_user(self.supervisor).read(["body"]))

    def test_files_are_read_by_who_may_see_the_conversation(self):
        file = self._attachment(self.taken)
        for user in self.outsiders | self.colleague:
            with self.subTest(user.login), self.assertRaises(AccessError):
                file.with_user(user).read(["raw"])
        self.assertEqual(file.with_user(self.holder).raw, b"4510 123456")

    def test_ratings_are_read_by_who_may_see_the_conversation(self):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": self.taken.id,
                "rating": 5,
                "consumed": True,
                "feedback": "My phone is +7 900",
            }
        )
        for user in self.livechat | self.clerk | self.stranger:
            with self.subTest(user.login):
                ratings = self.env["rating.rating"].with_user(user)
                self.assertFalse(ratings.search([("id", "=", rating.id)]))
                with self.assertRaises(AccessError):
                    rating.with_user(user).read(["feedback"])
        found = self.env["rating.rating"].with_user(self.supervisor)
        self.assertTrue(found.search([("id", "=", rating.id)]))

    def test_history_and_customers_go_with_the_conversation(self):
        identity = self.taken.chat_identity_id
        identity.alias_ids = [(0, 0, {"name": "phone:79001234567"})]
        for model in HISTORY:
            for user, is_seen in [
                (self.holder, True),
                (self.supervisor, True),
                (self.manager, True),
                (self.stranger, False),
                (self.foreign_supervisor, False),
            ]:
                with self.subTest(model=model, user=user.login):
                    found = self.env[model].with_user(user).search([])
                    self.assertEqual(bool(found), is_seen)

    def test_outsiders_have_no_right_to_the_tables_at_all(self):
        for model in [*HISTORY, "chat.slot", "chat.operator", "chat.inbox"]:
            for user in self.livechat | self.clerk | self.portal | self.public:
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_slots_and_states_are_ones_own_or_the_supervisors(self):
        for model in ("chat.slot", "chat.operator.state"):
            for user, logins in [
                (self.holder, {"chat_holder"}),
                (self.stranger, {"chat_stranger"}),
                (self.supervisor, {"chat_holder", "chat_colleague"}),
            ]:
                with self.subTest(model=model, user=user.login):
                    found = self.env[model].with_user(user).search([]).sudo()
                    self.assertEqual(
                        set(found.operator_id.user_id.mapped("login")) & self._logins(),
                        logins,
                    )

    def _logins(self):
        return {"chat_holder", "chat_colleague", "chat_stranger"}

    def test_supervisors_change_operators_of_their_directions_only(self):
        operator = self._operator_of(self.holder)
        operator.with_user(self.supervisor).base_slots = 4
        with self.assertRaises(AccessError):
            operator.with_user(self.foreign_supervisor).base_slots = 9

    def test_supervisors_take_operators_in_with_their_slots(self):
        operators = self.env["chat.operator"].with_user(self.supervisor)
        line = (0, 0, {"direction_id": self.direction.id})
        made = operators.create({"user_id": self.clerk.id, "line_ids": [line]})
        self.assertEqual(len(made.slot_ids), 5)

    def test_supervisors_read_events_of_their_gateways_only(self):
        events = self.env["chat.inbox"]
        self.assertTrue(events.with_user(self.supervisor).search([]))
        self.assertFalse(events.with_user(self.foreign_supervisor).search([]))


@tagged("post_install", "-at_install")
class TestCompanies(AccessWorld, TransactionCase):
    """Another company's conversations do not exist, whatever a caller claims."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()
        cls.company = cls.env["res.company"].create({"name": "Other Ltd"})
        cls.there = cls._person(
            "chat_there",
            f"{CENTER}manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def test_an_administrator_of_another_company_sees_nothing(self):
        self.assertFalse(self._seen(self.there))
        for model in [*HISTORY, "chat.slot", "chat.operator", "chat.inbox"]:
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(self.there).search([]))

    def test_a_company_claimed_in_the_call_is_not_believed(self):
        claimed = (self.company | self.env.company).ids
        channels = self.env["discuss.channel"].with_user(self.there)
        found = channels.with_context(allowed_company_ids=claimed)
        try:
            self.assertFalse(found.search([("id", "in", self.waiting.ids)]))
        except AccessError:
            return  # the server's own check came first

    def test_who_supervises_in_two_companies_sees_the_chosen_one(self):
        self.supervisor.company_ids |= self.company
        both = self.env["discuss.channel"].with_user(self.supervisor)
        chosen = both.with_context(allowed_company_ids=self.company.ids)
        domain = [("id", "=", self.waiting.id)]
        self.assertFalse(chosen.search(domain))
        self.assertTrue(both.search(domain))


@tagged("post_install", "-at_install")
class TestChanging(AccessWorld, TransactionCase):
    """Nobody goes round the queue by RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()

    def test_nobody_joins_by_hand(self):
        people = self.outsiders | self.colleague | self.supervisor | self.holder
        for user in people - self.public:
            for method in ("add_members", "livechat_join_channel_needing_help"):
                with self.subTest(user=user.login, method=method):
                    self._refuse_joining(user, method)

    def _refuse_joining(self, user, method):
        before = self.waiting.channel_member_ids
        channel = self.waiting.with_user(user)
        arguments = (user.partner_id.ids,) if method == "add_members" else ()
        try:
            with self.env.cr.savepoint():
                joined = getattr(channel, method)(*arguments)
        except AccessError:
            joined = False
        self.assertFalse(joined)
        self.assertEqual(self.waiting.channel_member_ids, before)

    def test_members_do_not_invite_others(self):
        with self.assertRaises(AccessError):
            self.taken.with_user(self.holder).add_members(self.clerk.partner_id.ids)

    def test_nobody_makes_a_member_row(self):
        for user in (self.outsiders | self.supervisor | self.manager) - self.public:
            values = {"channel_id": self.taken.id, "partner_id": user.partner_id.id}
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["discuss.channel.member"].with_user(user).create(values)

    def test_a_customer_makes_no_member_of_another_conversation(self):
        guest = self.waiting.chat_identity_id.guest_id
        members = self.env["discuss.channel.member"].with_user(self.public)
        with self.assertRaises(AccessError):
            members.with_context(guest=guest).create(
                {"channel_id": self.taken.id, "guest_id": guest.id}
            )

    def test_the_holder_removes_no_member_by_hand(self):
        member = self.taken.channel_member_ids.filtered("partner_id")
        with self.assertRaises(AccessError):
            member.with_user(self.holder).unlink()

    def test_a_link_to_the_conversation_lets_nobody_in(self):
        channel = self.waiting.with_user(self.clerk).sudo()
        with self.assertRaises(AccessError):
            channel._find_or_create_persona_for_channel("Guest", "UTC", None)

    def test_who_sees_a_waiting_conversation_does_not_write_in_it(self):
        for user in self.colleague | self.supervisor | self.manager | self.stranger:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.waiting.with_user(user).message_post(body="Hello")
        self.taken.with_user(self.holder).message_post(body="Hello")

    def test_what_the_queue_writes_nobody_writes(self):
        for values in [
            {"chat_state": "closed"},
            {"chat_operator_id": False},
            {"chat_direction_id": self.other.id},
            {"chat_is_test": True},
            {"livechat_end_dt": fields.Datetime.now()},
            {"livechat_operator_id": self.clerk.partner_id.id},
            {"active": False},
        ]:
            with self.subTest(values), self.assertRaises(AccessError):
                self.taken.with_user(self.holder).write(values)

    def test_nobody_makes_a_conversation_up(self):
        values = {
            "channel_type": "livechat",
            "name": "Anna",
            "livechat_operator_id": self.holder.partner_id.id,
            "chat_state": "queued",
            "chat_direction_id": self.direction.id,
            "chat_identity_id": self.taken.chat_identity_id.id,
        }
        for user in self.holder | self.manager | self.clerk:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["discuss.channel"].with_user(user).create(values)

    def test_nobody_deletes_a_conversation(self):
        admin = self._person("chat_admin", f"base.group_system,{CENTER}manager")
        with self.assertRaises(AccessError):
            self.taken.with_user(admin).unlink()

    def test_a_call_for_help_would_show_it_to_everybody(self):
        with self.assertRaisesRegex(UserError, "Looking for help"):
            self.waiting.sudo().livechat_status = "need_help"

    def test_who_only_sees_a_conversation_does_not_end_it(self):
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.colleague)._close_livechat_session()

    def test_history_is_changed_by_nobody(self):
        for user in self.holder | self.supervisor | self.manager:
            for record in (
                self.taken.chat_segment_ids[:1],
                self.taken.chat_turn_ids,
                self._operator_of(self.holder).slot_ids[:1],
            ):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write({})
                    with self.assertRaises(AccessError):
                        record.with_user(user).unlink()


@tagged("post_install", "-at_install")
class TestDiscussRoutes(AccessWorld, HttpCase):
    """Discuss's own addresses, as a browser calls them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()
        cls.file = cls._attachment(cls.taken)
        cls.env["ir.config_parameter"].set_param("mail.chat_from_token", True)

    def _call(self, route, **parameters):
        """What a route answers; None where it refuses."""
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            try:
                return self.make_jsonrpc_request(route, parameters)
            except Exception as error:
                # of the server's answer: anything else is the test's own mistake
                if type(error).__name__ != "JsonRpcException":
                    raise
                return None

    def _sign_in(self, user):
        if user == self.public:
            self.authenticate(None, None)
        else:
            self.authenticate(user.login, user.login.ljust(8, "x"))

    def _told(self, channel):
        """Whatever Discuss tells of a conversation, by each of its addresses."""
        message = channel.message_ids[:1]
        return [
            self._call("/discuss/channel/messages", channel_id=channel.id),
            self._call(
                "/discuss/channel/members", channel_id=channel.id, known_member_ids=[]
            ),
            self._call("/discuss/channel/attachments", channel_id=channel.id),
            self._call("/discuss/channel/pinned_messages", channel_id=channel.id),
            self._call("/discuss/channel/join", channel_id=channel.id),
            self._call(
                "/discuss/channel/notify_typing", channel_id=channel.id, is_typing=True
            ),
            self._call(
                "/mail/message/post",
                thread_model="discuss.channel",
                thread_id=channel.id,
                post_data={"body": "I am in"},
            ),
            self._call(
                "/mail/message/reaction",
                message_id=message.id,
                content="👍",
                action="add",
            ),
        ]

    def test_outsiders_are_told_nothing(self):
        before = self.taken.channel_member_ids, self.taken.message_ids
        for user in self.outsiders:
            self._sign_in(user)
            with self.subTest(user.login):
                self.assertEqual(self._told(self.taken), [None] * 8)
        self.env.invalidate_all()
        after = self.taken.channel_member_ids, self.taken.message_ids
        self.assertEqual(after, before)

    def test_a_colleague_reads_what_waits_and_neither_joins_nor_writes(self):
        self._sign_in(self.colleague)
        before = self.waiting.channel_member_ids, self.waiting.message_ids
        read, *_others, joined, typing, posted, _reaction = self._told(self.waiting)
        self.assertIn("Where is my order?", str(read))
        self.assertEqual([joined, typing, posted], [None] * 3)
        self.env.invalidate_all()
        after = self.waiting.channel_member_ids, self.waiting.message_ids
        self.assertEqual(after, before)

    def test_the_holder_reads_and_writes(self):
        self._sign_in(self.holder)
        told = self._told(self.taken)
        self.assertNotIn(None, told[:4])
        self.assertIn("I am in", str(self.taken.message_ids.mapped("body")))

    def test_a_file_is_served_to_who_may_see_the_conversation(self):
        for user in self.outsiders:
            self._sign_in(user)
            with self.subTest(user.login):
                answer = self.url_open(f"/web/content/{self.file.id}")
                self.assertNotIn(b"4510", answer.content)
        self._sign_in(self.holder)
        answer = self.url_open(f"/web/content/{self.file.id}")
        self.assertEqual(answer.content, b"4510 123456")

    def test_the_link_of_the_conversation_opens_nothing(self):
        before = self.taken.channel_member_ids
        for user in self.outsiders:
            self._sign_in(user)
            with self.subTest(user.login), mute_logger("odoo.http"):
                answer = self.url_open(f"/chat/{self.taken.id}/{self.taken.uuid}")
                self.assertIn(answer.status_code, (403, 404))
                page = self.url_open(f"/discuss/channel/{self.taken.id}")
                self.assertEqual(page.status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(self.taken.channel_member_ids, before)

    def test_nobody_ends_anothers_conversation(self):
        for user in self.outsiders | self.colleague:
            self._sign_in(user)
            self._call("/im_livechat/visitor_leave_session", channel_id=self.waiting.id)
            with self.subTest(user.login):
                self.env.invalidate_all()
                self.assertFalse(self.waiting.livechat_end_dt)

    def test_nobody_calls_all_users_of_live_chats_for_help(self):
        self._sign_in(self.holder)
        with mute_logger("odoo.sql_db"):
            answer = self._call(
                "/im_livechat/session/update_status",
                channel_id=self.taken.id,
                livechat_status="need_help",
            )
        self.assertIsNone(answer)
        self.env.invalidate_all()
        self.assertEqual(self.taken.livechat_status, "in_progress")
