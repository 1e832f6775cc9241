from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

from .common_upload import UploadBuilders


@tagged("post_install", "-at_install")
class TestApproval(UploadBuilders, TransactionCase):
    """K9: what goes to many is approved by a second person, by no other way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        cls.company.notification_approval_from = 1
        for number in range(2):
            cls._partner(f"P{number}", ref=f"r{number}")
        cls.file = "ref\nr0\nr1\n"

    def _pending(self):
        wave = self._checked(self.file)
        wave.action_send()
        return wave

    def test_few_recipients_need_nobody_else(self):
        wave = self._checked("ref\nr0\n")
        wave.action_send()
        self.assertEqual((wave.state, wave.approver_id.id), ("queued", False))

    def test_many_wait_for_a_second_person(self):
        wave = self._pending()
        self.assertEqual(wave.state, "pending")
        self.assertFalse(self.pipeline._next_wave())
        wave.with_user(self.second).action_approve()
        self.assertEqual((wave.state, wave.approver_id), ("queued", self.second))
        self.assertTrue(wave.approved_at)
        self.assertEqual(self.pipeline._next_wave(), wave.sudo())

    def test_several_texts_for_one_company_are_one_recipient(self):
        wave = self._checked("ref;order\nr0;S1\nr0;S2\n", topic=self.order_topic)
        wave.action_send()
        self.assertEqual(wave.state, "queued")

    def test_nobody_approves_what_is_their_own(self):
        wave = self._pending()
        with self.assertRaisesRegex(UserError, "your own"):
            wave.action_approve()
        sent_by_second = self._checked(self.file)
        sent_by_second.with_user(self.second).action_send()
        for user in (self.clerk, self.second):
            with self.assertRaisesRegex(UserError, "your own"):
                sent_by_second.with_user(user).action_approve()
        manager = self._staff("manager", "partner_notifications.group_manager")
        own = self._checked(self.file, user=manager)
        own.action_send()
        with self.assertRaisesRegex(UserError, "your own"):
            own.action_approve()

    def test_it_is_approved_once_and_only_while_it_waits(self):
        draft = self._checked(self.file).with_user(self.second)
        with self.assertRaisesRegex(UserError, "Draft"):
            draft.action_approve()
        wave = self._pending().with_user(self.second)
        wave.action_approve()
        with self.assertRaisesRegex(UserError, "Queued"):
            wave.action_approve()

    def test_outsiders_approve_nothing(self):
        wave = self._pending()
        for user in (
            self._staff("plain", "base.group_user"),
            self._staff("sender", "base.group_user,partner_notifications.group_sender"),
        ):
            with self.assertRaises(AccessError):
                wave.with_user(user).action_approve()

    def test_no_field_goes_round_the_approval(self):
        waves = self._checked(self.file), self._pending()
        for wave in waves:
            for values in (
                {"state": "queued"},
                {"state": "running"},
                {"author_id": self.second.id},
                {"approver_id": self.second.id},
                {"approved_at": fields.Datetime.now()},
                {"company_count": 0},
                {"candidate_count": 0},
                {"file_state": "ready"},
                {"origin": "event"},
                {"rule_id": False},
                {"seed": "mine"},
                {"notification_ids": []},
            ):
                with self.assertRaises(AccessError, msg=values):
                    wave.write(values)

    def test_no_new_record_goes_round_the_approval(self):
        waves = self.env["partner.notification.broadcast"].with_user(self.clerk)
        draft = {"topic_id": self.topic.id}
        for values in (
            {"state": "queued"},
            {"author_id": self.second.id},
            {"origin": "push"},
            {"file_state": "ready", "company_count": 1},
        ):
            with self.assertRaises(AccessError):
                waves.create(draft | values)
        smuggled = waves.with_context(
            default_state="queued",
            default_author_id=self.second.id,
            default_file_state="ready",
            default_seed="mine",
        ).create(draft)
        self.assertEqual((smuggled.state, smuggled.file_state), ("draft", "none"))
        self.assertEqual(smuggled.author_id, self.clerk)
        self.assertNotEqual(smuggled.seed, "mine")

    def test_a_copy_is_a_draft_of_who_copies(self):
        wave = self._pending()
        wave.with_user(self.second).action_approve()
        copy = wave.with_user(self.second).copy()
        self.assertEqual((copy.state, copy.author_id), ("draft", self.second))
        self.assertFalse(copy.approver_id or copy.candidate_count)
        self.assertEqual(copy.body, wave.body)

    def test_what_was_sent_off_does_not_change_any_more(self):
        wave = self._pending()
        for values in (
            {"body": "Another text"},
            {"topic_id": self.order_topic.id},
            {"scheduled_at": fields.Datetime.now()},
            {"domain": "[]"},
        ):
            with self.assertRaisesRegex(UserError, "no draft any more"):
                wave.write(values)
        with self.assertRaisesRegex(UserError, "no draft any more"):
            wave.update_field_translations("body", {"en_US": "Another text"})
        with self.assertRaises(UserError):
            wave.action_check()

    def test_what_was_checked_is_checked_again_once_changed(self):
        for name, value in (
            ("body", "Another text"),
            ("topic_id", self.order_topic.id),
            ("leave_out_same", False),
        ):
            wave = self._checked(self.file)
            wave.write({name: value})
            self.assertEqual(wave.file_state, "none", name)
            with self.assertRaisesRegex(UserError, "Check"):
                wave.action_send()
        wave = self._checked(self.file)
        wave.update_field_translations("body", {"en_US": "Another text"})
        self.assertEqual(wave.file_state, "none")

    def test_it_is_given_back_changed_and_sent_anew(self):
        wave = self._pending()
        wave.with_user(self.second).action_send_back()
        self.assertEqual(wave.state, "draft")
        wave.body = "A better text"
        self._read(wave).action_send()
        wave.with_user(self.second).action_approve()
        self._send(wave.sudo())
        self.assertEqual(wave.notification_ids.mapped("body"), ["A better text"] * 2)

    def test_a_planned_broadcast_waits_for_its_hour(self):
        due = fields.Datetime.now() + timedelta(hours=3)
        wave = self._checked("ref\nr0\n", scheduled_at=due)
        cron = self.env.ref("partner_notifications.ir_cron_pipeline")
        triggers = [("cron_id", "=", cron.id), ("call_at", "=", due)]
        self.assertFalse(self.env["ir.cron.trigger"].search(triggers))
        wave.action_send()
        self.assertTrue(self.env["ir.cron.trigger"].search(triggers))
        self.assertFalse(self.pipeline._next_wave())

    def test_a_clerk_pauses_resumes_and_stops(self):
        wave = self._checked("ref\nr0\n")
        wave.action_send()
        wave.action_pause()
        self.assertEqual(wave.state, "paused")
        wave.action_resume()
        self.assertEqual(wave.state, "queued")
        self.pipeline._start(wave.sudo())
        wave.action_pause()
        wave.action_resume()
        self.assertEqual(wave.state, "running")
        wave.action_stop()
        self.assertEqual((wave.state, wave.candidate_count), ("stopped", 0))

    def test_a_pause_is_no_way_round_the_approval(self):
        wave = self._pending()
        for act in (wave.action_pause, wave.action_resume, wave.action_send):
            with self.assertRaises(UserError):
                act()
        self.assertEqual(wave.state, "pending")

    # -- what the approver sees --------------------------------------------------------

    def _pending_push(self):
        """What an outside system sends to more than one person may decide on."""
        sender = self._staff(
            "sender", "base.group_user,partner_notifications.group_sender"
        )
        [answer] = (
            self.env["partner.notification"]
            .with_user(sender)
            .push(
                [
                    {
                        "topic": self.topic.code,
                        "recipients": [{"ref": "r0"}, {"ref": "r1"}],
                    }
                ]
            )
        )
        self.assertEqual(answer["result"], "pending_approval")
        waves = self.env["partner.notification.broadcast"].with_user(self.second)
        return waves.browse(answer["broadcast_id"])

    def _buttons(self, wave):
        """list (name, label) of the form's buttons that show."""
        arch = wave.get_view(view_type="form")["arch"]
        names = set(wave.fields_get())
        values = dict.fromkeys(names) | {
            name: wave[name]
            for name in ("id", "state", "origin", "is_author", "company_count")
            + ("file_state", "candidate_count", "sent_count", "no_portal_count")
        }
        values["effect_ids"] = False
        return [
            (button.get("name"), button.get("string"))
            for button in etree.fromstring(arch).iter("button")
            if not safe_eval(button.get("invisible") or "False", values)
        ]

    def test_who_approves_a_push_sees_how_many_and_whom(self):
        wave = self._pending_push()
        self.assertEqual(wave.company_count, 2)
        shown = dict(self._buttons(wave))
        self.assertIn("action_recipients", shown)
        self.assertIn("Preview", shown.values())
        action = wave.action_recipients()
        listed = wave.env["res.partner"].search(action["domain"])
        self.assertEqual(set(listed.mapped("ref")), {"r0", "r1"})
        with self.assertRaises(AccessError):
            plain = self._staff("plain", "base.group_user")
            wave.with_user(plain).action_recipients()

    def test_a_push_is_rejected_and_an_upload_given_back(self):
        wave = self._pending_push()
        buttons = self._buttons(wave)
        self.assertIn(("action_stop", "Reject"), buttons)
        self.assertNotIn(("action_stop", "Stop"), buttons)
        self.assertNotIn("action_send_back", dict(buttons))
        wave.action_stop()
        self.assertEqual((wave.state, wave.left_count), ("stopped", 0))
        upload = self._pending().with_user(self.second)
        buttons = self._buttons(upload)
        self.assertIn(("action_stop", "Stop"), buttons)
        self.assertNotIn(("action_stop", "Reject"), buttons)
        self.assertIn("action_send_back", dict(buttons))

    def test_the_check_says_as_of_when_it_counted(self):
        wave = self._checked(self.file)
        self.assertTrue(wave.checked_at)
        wave.body = "Another text"
        self.assertFalse(wave.checked_at)
