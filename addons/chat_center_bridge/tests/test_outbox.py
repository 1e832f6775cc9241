from base64 import b64decode
from datetime import timedelta
from unittest.mock import patch

from markupsafe import Markup
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import file_open

from odoo.addons.chat_center_bridge.models import chat_inbox_lane, chat_outbox_sending
from odoo.addons.chat_center_bridge.rules import calling
from odoo.addons.chat_center_bridge.rules.adapter import Event, Problem
from odoo.addons.mail.tools.discuss import Store

from .common import SECRET, TOKEN, ChatBuilders
from .provider import Killed, ProviderMixin

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class OutboxCase(ProviderMixin, ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()
        cls.operator = cls._operator("olga")
        cls.user = cls.operator.user_id
        cls.channel = cls._conversation(text="Where is my order?")
        cls.channel._chat_take(cls.operator, "base")

    def _whatsapp(self):
        """A conversation over WhatsApp, whose statuses come back."""
        gateway = self._gateway("whatsapp")
        sender = self.env["mail.guest"].create({"name": "Ivan"})
        identity = self.env["chat.identity"].create(
            {
                "gateway_id": gateway.id,
                "external_id": "79001112233",
                "guest_id": sender.id,
                "window_until": fields.Datetime.now() + timedelta(hours=24),
                "alias_ids": [(0, 0, {"name": "phone:79001112233"})],
            }
        )
        return self.env["discuss.channel"]._chat_begin(identity, self.direction)

    def _tell_status(self, row, status, wamid="wamid.1", problem=None, key=None):
        event = Event(
            "status",
            provider_message_id=wamid,
            status=status,
            problem=problem,
            key=row.key if key is None else key,
        )
        part = self.env["chat.outbox.part"]._of_status(row.gateway_id, event)
        if part:
            part._advance(event)
        return part


@tagged("post_install", "-at_install")
class TestPosting(OutboxCase):
    """What is posted is on its way, or is not posted at all (E10)."""

    def test_a_reply_is_put_on_its_way_without_a_call(self):
        row = self._reply(self.channel, user=self.user)
        self.assertEqual(row.state, "queued")
        self.assertEqual(row.conversation_id, self.channel)
        self.assertEqual(row.part_ids.mapped("name"), ["sendMessage"])
        self.assertFalse(self.provider.requests)

    def test_the_lane_is_woken_after_the_commit(self):
        self.env.cr.postcommit.clear()
        row = self._reply(self.channel, user=self.user)
        with (
            patch.object(type(self.env["chat.outbox.lane"]), "_wake") as wake,
            patch.object(self.env.cr, "commit"),
        ):
            self.env.cr.postcommit.run()
        wake.assert_any_call({row.lane})

    def test_waking_makes_one_job_of_the_lanes_channel(self):
        lanes = self.env["chat.outbox.lane"]
        lanes._wake([2])
        lanes._wake([2])
        jobs = self.env["queue.job"].search([("channel", "=", "root.chat_out_2")])
        self.assertEqual(jobs.mapped("method_name"), ["_drain"])

    def test_what_the_customer_wrote_is_not_sent_to_him(self):
        self._conversation(number=2, text="Hello?")
        self.assertFalse(self.env["chat.outbox"].search([]))

    def test_notes_and_notices_stay_here(self):
        for kind, subtype in (
            ("comment", "mail.mt_note"),
            ("notification", "mail.mt_comment"),
        ):
            self.channel.message_post(
                body="Rude.", message_type=kind, subtype_xmlid=subtype
            )
        self.assertFalse(self.env["chat.outbox"].search([]))

    def test_other_livechats_and_channels_are_not_touched(self):
        channel = self.env["discuss.channel"].create({"name": "Lunch"})
        self.assertFalse(self._reply(channel))

    def test_a_text_of_the_system_goes_out_too(self):
        partner = self.env.ref("chat_center_bridge.partner_queue")
        row = self._reply(self.channel, body="Good day!", author_id=partner.id)
        self.assertEqual(row.state, "queued")

    def test_a_closed_window_is_refused_with_the_limit(self):
        channel = self._whatsapp()
        channel.chat_identity_id.window_until = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "more than 24 hours ago"):
            self._reply(channel)

    def test_nothing_is_posted_to_a_customer_who_blocked_us(self):
        self.channel.chat_identity_id.is_blocked = True
        with self.assertRaisesRegex(UserError, "has blocked us"):
            self._reply(self.channel, user=self.user)

    def test_nothing_is_posted_without_an_account(self):
        rows = self.gateway.sudo().setting_ids
        rows.filtered_domain([("name", "=", "token")]).sealed = False
        with self.assertRaisesRegex(UserError, "is not set up"):
            self._reply(self.channel, user=self.user)

    def test_an_empty_message_is_refused(self):
        with self.assertRaisesRegex(UserError, "The message is empty"):
            self._reply(self.channel, body="   ")

    def test_what_went_out_cannot_be_edited_here(self):
        row = self._reply(self.channel, user=self.user)
        with self.assertRaisesRegex(UserError, "write another one"):
            self.channel.with_user(self.user)._message_update_content(
                row.message_id, body="In two hours."
            )

    def test_a_long_text_has_several_parts(self):
        row = self._reply(self.channel, body="word " * 1500)
        self.assertEqual(len(row.part_ids), 2)


@tagged("post_install", "-at_install")
class TestSending(OutboxCase):
    """Each message reaches the provider once, or says that it perhaps has (E10, X6)."""

    def test_a_reply_reaches_the_provider(self):
        row = self._reply(self.channel, body=Markup("In an hour,<br/>at <b>ten</b>."))
        self._drain()
        self.assertEqual(self.provider.texts, ["In an hour,\nat ten."])
        self.assertEqual((row.state, row.attempt), ("sent", 1))
        self.assertEqual(row.part_ids.provider_id, "77:1")

    def test_a_second_run_of_the_job_sends_nothing(self):
        self._reply(self.channel)
        self._drain()
        self._drain()
        self.assertEqual(len(self.provider.requests), 1)

    def test_messages_to_one_customer_keep_their_order(self):
        for number in range(4):
            self._reply(self.channel, body=f"Number {number}")
        self._drain()
        self.assertEqual(self.provider.texts, [f"Number {n}" for n in range(4)])

    def test_a_message_that_waits_holds_back_those_behind_it(self):
        self.provider.answers = [self._too_many(7)]
        first, second = (self._reply(self.channel, body=text) for text in "AB")
        self._drain()
        self.assertEqual((first.state, second.state), ("queued", "queued"))
        first.next_at = fields.Datetime.now()
        self._drain()
        self.assertEqual(self.provider.texts, ["A", "A", "B"])

    def test_a_message_behind_one_that_waits_wakes_nobody(self):
        """Its own time has come, but a job would find nothing to send."""
        first, second = (self._reply(self.channel, body=text) for text in "AB")
        first.next_at += timedelta(minutes=5)
        self.assertLessEqual(second.next_at, fields.Datetime.now())
        self.assertEqual(
            self.env["chat.outbox"]._next_moment(first.lane), first.next_at
        )
        self.assertFalse(self.env["chat.outbox.lane"]._has_more(first.lane))

    def test_a_dialogue_goes_before_a_campaign(self):
        other = self._conversation(chat=78, number=9)
        campaign = self._reply(other, body="Sale!")
        campaign.priority = 0
        reply = self._reply(self.channel, body="In an hour.")
        (campaign | reply).lane = 3
        self._drain(3)
        self.assertEqual(self.provider.texts, ["In an hour.", "Sale!"])

    def _too_many(self, seconds):
        parameters = {"retry_after": seconds}
        return 429, {"ok": False, "error_code": 429, "parameters": parameters}

    def test_too_many_requests_are_waited_for_as_the_provider_says(self):
        self.provider.answers = [self._too_many(50)]
        row = self._reply(self.channel)
        self._drain()
        wait = row.next_at - fields.Datetime.now()
        self.assertTrue(timedelta(seconds=45) < wait <= timedelta(seconds=50))
        jobs = self.env["queue.job"].search([("eta", "=", row.next_at)])
        self.assertEqual(jobs.channel, f"root.chat_out_{row.lane}")

    def test_a_job_that_has_no_more_time_leaves_one_for_what_waits(self):
        self.provider.answers = [self._too_many(50)]
        row = self._reply(self.channel)
        lanes = self.env["chat.outbox.lane"]

        def one_batch(model, lane, _deadline):
            return model._drain_batch(lane)

        with self.own_transactions():
            with patch.object(type(lanes), "_stay_awake", one_batch):
                lanes._drain(row.lane)
        jobs = self.env["queue.job"].search([("eta", "=", row.next_at)])
        self.assertEqual(jobs.channel, f"root.chat_out_{row.lane}")

    def test_a_row_that_somebody_holds_is_waited_for_without_haste(self):
        row = self._reply(self.channel)
        lanes, batches = self.env["chat.outbox.lane"], []
        with (
            self.own_transactions(),
            patch.object(type(lanes), "_drain_batch", lambda *_args: batches.append(1)),
            patch.object(chat_inbox_lane, "LONGEST_DRAIN_SECONDS", 0.05),
            patch.object(chat_inbox_lane.time, "sleep") as sleep,
        ):
            lanes._drain(row.lane)
        self.assertTrue(batches)
        self.assertGreaterEqual(sleep.call_count, len(batches) - 1)

    def test_what_was_not_reached_is_tried_again(self):
        name = "chat_center_bridge.api_url.telegram"
        self.env["ir.config_parameter"].set_param(name, "http://127.0.0.1:1")
        row = self._reply(self.channel)
        self._drain()
        self.assertEqual(row.state, "queued")
        self.assertEqual(row.error, "The messenger could not be reached.")
        self.assertGreater(row.next_at, fields.Datetime.now())
        self.env["ir.config_parameter"].set_param(name, self.provider.url)
        row.next_at = fields.Datetime.now()
        self._drain()
        self.assertEqual((row.state, row.attempt, row.error), ("sent", 2, False))

    def test_a_provider_that_is_down_is_not_asked_for_each_customer(self):
        name = "chat_center_bridge.api_url.telegram"
        self.env["ir.config_parameter"].set_param(name, "http://127.0.0.1:1")
        other = self._conversation(chat=78, number=9)
        rows = self._reply(self.channel) | self._reply(other)
        rows.lane = 1
        self._drain(1)
        self.assertEqual(sum(rows.mapped("attempt")), 1)
        self.assertEqual(set(rows.mapped("state")), {"queued"})

    def test_what_the_provider_said_survives_a_conflict(self):
        row = self._reply(self.channel)
        note, conflicts = type(row)._note, [SerializationFailure()] * 3

        def note_at_last(outbox, part, answer):
            if conflicts:
                raise conflicts.pop()
            return note(outbox, part, answer)

        with patch.object(type(row), "_note", note_at_last):
            self._drain()
        self.assertEqual(row.state, "sent")
        self.assertEqual(len(self.provider.requests), 1)

    def test_a_lost_answer_is_no_reason_to_send_twice(self):
        self.provider.answers = [(None, {})]
        row = self._reply(self.channel)
        self._drain()
        self._drain()
        self.assertEqual(row.state, "unknown")
        self.assertEqual(len(self.provider.requests), 1)

    def test_a_failure_of_the_provider_is_no_reason_to_send_twice(self):
        self.provider.answers = [(502, {})]
        row = self._reply(self.channel)
        self._drain()
        self.assertEqual(row.state, "unknown")

    def test_a_refusal_is_told_with_its_reason(self):
        self.provider.answers = [
            (
                403,
                {
                    "ok": False,
                    "error_code": 403,
                    "description": "Forbidden: bot was blocked by the user",
                },
            )
        ]
        row = self._reply(self.channel)
        self._drain()
        self.assertEqual(
            (row.state, row.error), ("failed", "The customer has blocked us.")
        )
        self.assertTrue(self.channel.chat_identity_id.is_blocked)

    def test_a_window_that_closes_meanwhile_is_told(self):
        channel = self._whatsapp()
        row = self._reply(channel)
        channel.chat_identity_id.window_until = fields.Datetime.now()
        self._drain()
        self.assertEqual(row.state, "failed")
        self.assertIn("24 hours ago", row.error)
        self.assertFalse(self.provider.requests)

    def test_after_a_day_it_is_too_late(self):
        row = self._reply(self.channel)
        row.expires_at = fields.Datetime.now()
        self._drain()
        self.assertEqual(row.state, "expired")
        self.assertFalse(self.provider.requests)

    def test_a_paused_gateway_sends_nothing_until_it_is_live(self):
        row = self._reply(self.channel)
        self.gateway.action_pause()
        self._drain()
        self.assertEqual(row.state, "queued")
        self.gateway.action_go_live()
        self._drain()
        self.assertEqual(row.state, "sent")

    def test_the_cron_wakes_lanes_whose_job_was_lost(self):
        row = self._reply(self.channel)
        row.next_at -= timedelta(minutes=1)
        self.env.flush_all()
        self.env["chat.outbox.lane"]._cron_wake_overdue()
        name = f"root.chat_out_{row.lane}"
        self.assertTrue(self.env["queue.job"].search([("channel", "=", name)]))

    def test_no_redirect_gets_the_token(self):
        elsewhere = {"headers": {"Location": self.provider.url + "/elsewhere"}}
        self.provider.answers = [(307, elsewhere)]
        self._reply(self.channel)
        self._drain()
        self.assertEqual(len(self.provider.requests), 1)

    def test_logs_and_jobs_hold_no_secret(self):
        self.provider.answers = [(None, {}), (500, {}), (401, {"ok": False})]
        with self.assertLogs("odoo", "DEBUG") as logs:
            for _number in range(3):
                self._reply(self.channel)
            self._drain()
            self.env["ir.config_parameter"].set_param(
                "chat_center_bridge.api_url.telegram", "http://127.0.0.1:1"
            )
            self._reply(self.channel)
            self._drain()
        self.env.flush_all()
        self.env.cr.execute("SELECT queue_job::text FROM queue_job")
        told = "\n".join(logs.output) + str(self.env.cr.fetchall())
        told = "\n".join(
            line for line in told.splitlines() if "odoo.sql_db" not in line
        )
        self.assertIn("not reached", told)
        for secret in (TOKEN, SECRET):
            self.assertNotIn(secret, told)

    def test_an_error_of_a_call_does_not_carry_the_address(self):
        request = self.gateway._adapter().check(self.gateway._account())
        with patch.object(
            calling,
            "_session",
            side_effect=calling.requests.ConnectionError(request.url),
        ):
            with self.assertRaises(calling.NoAnswer) as caught:
                calling.call(request)
        self.assertNotIn(TOKEN, str(caught.exception))


@tagged("post_install", "-at_install")
class TestKilled(OutboxCase):
    """kill -9 at each step: the provider has the message at most once (X6)."""

    def _killed_at(self, target, name):
        return patch.object(type(self.env[target]), name, side_effect=Killed)

    def test_killed_before_it_is_taken_it_is_sent_later(self):
        row = self._reply(self.channel)
        with self._killed_at("chat.outbox", "_send"):
            self._drain()
        self.assertEqual((row.state, row.attempt), ("queued", 0))
        self._drain()
        self.assertEqual(self.provider.texts, ["In an hour."])

    def test_killed_after_it_is_taken_nobody_knows(self):
        row = self._reply(self.channel)
        with self._killed_at("chat.outbox", "_call"):
            self._drain()
        self.assertEqual((row.state, row.attempt), ("sending", 1))
        self._drain()
        self.assertEqual(row.state, "unknown")
        self.assertFalse(self.provider.requests)

    def test_killed_before_the_answer_is_kept_nobody_knows(self):
        row = self._reply(self.channel)
        with self._killed_at("chat.outbox", "_note"):
            self._drain()
        self._drain()
        self.assertEqual(row.state, "unknown")
        self.assertEqual(len(self.provider.requests), 1)

    def test_killed_between_two_parts_the_first_is_not_repeated(self):
        row = self._reply(self.channel, body="word " * 1500)
        call = type(row)._call

        def killed_at_the_second(outbox, part, *rest):
            if part.seq:
                raise Killed
            return call(outbox, part, *rest)

        with patch.object(type(row), "_call", killed_at_the_second):
            self._drain()
        self.assertEqual(row.part_ids.mapped("state"), ["sent", "queued"])
        self._drain()
        self.assertEqual(row.state, "unknown")
        row.action_send_again()
        self._drain()
        self.assertEqual(row.state, "sent")
        self.assertEqual(len(self.provider.requests), 2)
        self.assertEqual(len(set(self.provider.texts)), 2)

    def test_an_upload_is_repeated_since_the_customer_does_not_see_it(self):
        channel = self._whatsapp()
        image = self._image()
        row = self._reply(channel, body="", attachment_ids=image.ids)
        with self._killed_at("chat.outbox", "_note"):
            self._drain()
        self.provider.answers = [
            (200, {"id": "media.1"}),
            (200, {"messages": [{"id": "wamid.1"}]}),
        ]
        self._drain()
        self.assertEqual(row.state, "sent")
        self.assertEqual(len(self.provider.requests), 3)

    def _image(self):
        values = {"name": "a.png", "raw": PNG, "mimetype": "image/png"}
        return self.env["ir.attachment"].create(values)

    def test_a_message_that_is_being_sent_is_left_alone(self):
        row = self._reply(self.channel)
        row.state = "sending"
        with db_connect(self.env.cr.dbname).cursor() as other:
            lock = [chat_outbox_sending.LOCK_SPACE, row.id]
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", lock)
            self._drain()
            self.assertEqual(row.state, "sending")
        self._drain()
        self.assertEqual(row.state, "unknown")


@tagged("post_install", "-at_install")
class TestStatuses(OutboxCase):
    """What the provider tells later moves a message forward only."""

    def setUp(self):
        super().setUp()
        self.row = self._reply(self._whatsapp())

    def _send(self, *answers):
        self.provider.answers = list(answers) or [
            (200, {"messages": [{"id": "wamid.1"}]})
        ]
        self._drain()

    def test_statuses_come_in_any_order(self):
        self._send()
        for status in ("read", "delivered", "sent", "failed"):
            self._tell_status(self.row, status)
        self.assertEqual(self.row.state, "read")

    def test_a_failure_told_later_has_its_reason(self):
        self._send()
        self._tell_status(self.row, "failed", problem=Problem("undeliverable"))
        self.assertEqual(self.row.state, "failed")
        self.assertEqual(
            self.row.error, "The messenger cannot deliver to this customer."
        )

    def test_a_status_settles_what_was_in_doubt(self):
        self._send((500, {}))
        self.assertEqual(self.row.state, "unknown")
        self._tell_status(self.row, "delivered")
        self.assertEqual((self.row.state, self.row.error), ("delivered", False))

    def test_a_status_quicker_than_the_answer_is_kept(self):
        note = type(self.row)._note

        def quicker(row, part, answer):
            self._tell_status(row, "delivered")
            return note(row, part, answer)

        with patch.object(type(self.row), "_note", quicker):
            self._send()
        self.assertEqual(self.row.state, "delivered")

    def test_a_status_of_somebody_elses_message_is_passed_over(self):
        self._send()
        self.assertFalse(self._tell_status(self.row, "read", "wamid.2", key="other"))
        self.assertEqual(self.row.state, "sent")

    def test_a_status_of_an_earlier_part_does_not_send_the_doubtful_one_again(self):
        row = self._reply(self.row.conversation_id, body="word " * 1500)
        self._send(
            (200, {"messages": [{"id": "wamid.0"}]}),
            (200, {"messages": [{"id": "wamid.1"}]}),
            (500, {}),
        )
        self._tell_status(row, "delivered", "wamid.1")
        self._drain()
        self.assertEqual(row.state, "unknown")
        self.assertEqual(len(self.provider.requests), 3)
        self._tell_status(row, "read", "wamid.2")
        self.assertEqual(row.state, "delivered")

    def test_the_status_comes_through_the_inbox(self):
        self._send()
        body = {
            "entry": [
                {
                    "changes": [
                        {
                            "field": "messages",
                            "value": {
                                "statuses": [
                                    {
                                        "id": "wamid.1",
                                        "status": "read",
                                        "timestamp": "1763800000",
                                        "recipient_id": "79001112233",
                                    }
                                ]
                            },
                        }
                    ]
                }
            ]
        }
        [event] = self._receive(body, gateway=self.row.gateway_id)
        self.assertEqual((event.state, self.row.state), ("done", "read"))


@tagged("post_install", "-at_install")
class TestSendAgain(OutboxCase):
    """Who may send again, and what."""

    def setUp(self):
        super().setUp()
        self.row = self._reply(self.channel, user=self.user)
        self.provider.answers = [(500, {})]
        self._drain()

    def test_the_operator_sends_his_message_again(self):
        self.row.with_user(self.user).action_send_again()
        self.assertEqual(self.row.state, "queued")
        self._drain()
        self.assertEqual(self.row.state, "sent")

    def test_what_the_customer_has_is_not_sent_again(self):
        self.row.with_user(self.user).action_send_again()
        self._drain()
        with self.assertRaisesRegex(UserError, "the customer has it already"):
            self.row.with_user(self.user).action_send_again()

    def test_others_may_not(self):
        other = self._operator("oleg").user_id
        portal = new_test_user(self.env, "petya", groups="base.group_portal")
        clerk = new_test_user(self.env, "klara", groups="base.group_user")
        for user in (other, portal, clerk):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.row.with_user(user).action_send_again()

    def test_supervisors_of_another_company_do_not_see_it(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "stranger",
            groups="chat_center_bridge.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["chat.outbox"].with_user(user).search([]))

    def test_nobody_writes_rows_by_hand(self):
        for login, group in (("s", "supervisor"), ("m", "manager")):
            user = new_test_user(
                self.env, login, groups=f"chat_center_bridge.group_{group}"
            )
            with self.subTest(group), self.assertRaises(AccessError):
                self.row.with_user(user).write({"state": "sent"})


@tagged("post_install", "-at_install")
class TestTelling(OutboxCase):
    """The operator sees how far his message is."""

    def setUp(self):
        super().setUp()
        self.env["bus.bus"].sudo().search([]).unlink()

    def _notices(self):
        return self.env["bus.bus"].sudo().search([]).mapped("message")

    def test_the_author_is_told_that_his_message_failed(self):
        self.provider.answers = [(401, {"ok": False})]
        self._reply(self.channel, user=self.user)
        self._drain()
        [notice] = [one for one in self._notices() if "undelivered" in one]
        self.assertIn("does not accept the access token", notice)

    def test_the_sign_is_part_of_the_message(self):
        row = self._reply(self.channel, user=self.user)
        message = row.message_id.with_user(self.user)
        data = Store().add(message).get_result()["mail.message"][0]
        self.assertEqual(data["chat_delivery"]["state"], "queued")
        self.assertEqual(data["chat_delivery"]["title"], "Waiting to be sent")

    def test_the_customers_own_message_has_no_sign(self):
        message = self.channel.message_ids[-1:].with_user(self.user)
        data = Store().add(message).get_result()["mail.message"][0]
        self.assertFalse(data["chat_delivery"])


@tagged("post_install", "-at_install")
class TestNeutralize(OutboxCase):
    """A copy of the database writes to nobody."""

    def test_a_copy_sends_nothing_and_knows_no_secret(self):
        row = self._reply(self.channel)
        self.gateway.webhook_set_at = "2026-03-02 08:00:00"
        self.env.flush_all()
        with file_open("chat_center_bridge/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(row.state, "failed")
        self.assertIn("copy of the database", row.error)
        self.assertEqual(self.gateway.state, "paused")
        self.assertFalse(self.gateway.webhook_set_at)
        self.assertFalse(any(self.gateway._secrets().values()))
