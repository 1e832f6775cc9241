from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models import partner_notification_push
from ..rules import push
from .common_upload import UploadBuilders


@tagged("post_install", "-at_install")
class TestPush(UploadBuilders, TransactionCase):
    """K9: outside systems hand over notifications; the shapes are those of the API."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        # as an integrator's user is: of the API and nothing else
        cls.sender = cls._staff("api", "partner_notifications.group_sender")
        cls.anna = cls._partner("Anna", ref="a")

    def _push(self, *items, user=None):
        model = self.env["partner.notification"].with_user(user or self.sender)
        return model.push(list(items))

    def _item(self, *refs, **values):
        return {
            "topic": self.topic.code,
            "recipients": [{"ref": ref} for ref in refs or ("a",)],
            **values,
        }

    def test_it_is_there_at_once(self):
        [answer] = self._push(self._item())
        self.assertEqual(
            answer,
            {
                "result": "sent",
                "broadcast_id": answer["broadcast_id"],
                "sent": 1,
                "dropped": [],
                "errors": [],
            },
        )
        receipt = self._receipts(self._persons(self.anna))
        self.assertEqual(receipt.subject, "News for Anna")
        wave = self.env["partner.notification.broadcast"].browse(answer["broadcast_id"])
        self.assertEqual((wave.author_id, wave.origin), (self.sender, "push"))

    def test_own_words_and_values_are_filled_in(self):
        currency = self.company.currency_id.name
        [answer] = self._push(
            self._item(
                subject="Claim {claim}",
                body="{claim}: {sum} on {day}, {partner} <b>",
                values={
                    "claim": 17,
                    "sum": {"amount": 1234.5, "currency": currency},
                    "day": {"date": "2026-11-30"},
                },
                url="/my/home",
            )
        )
        self.assertEqual(answer["errors"], [])
        receipt = self._receipts(self._persons(self.anna))
        self.assertEqual((receipt.subject, receipt.url), ("Claim 17", "/my/home"))
        self.assertIn("1,234.50", receipt.body)
        self.assertIn("on 11/30/2026, Anna <b>", receipt.body)
        self.assertEqual(receipt.sudo().notification_id.amount, 1234.5)

    def test_each_key_finds_its_partner(self):
        self.anna.write({"vat": "RU7701234567"})
        self._persons(self.anna).partner_id.email = "anna@example.com"
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "site.c-1", "record": self.anna}]
        )
        for number, recipient in enumerate(
            (
                {"ref": "a"},
                {"inn": "7701234567"},
                {"email": "Anna@example.com"},
                {"xmlid": "site.c-1"},
                {"partner_id": self.anna.id},
            )
        ):
            [answer] = self._push(
                self._item(dedup_key=f"k{number}", recipients=[recipient])
            )
            self.assertEqual((answer["result"], answer["sent"]), ("sent", 1), recipient)

    def test_who_gets_nothing_is_named_with_the_reason(self):
        self._partner("Twin a", ref="twin")
        self._partner("Twin b", ref="twin")
        self._partner("Silent", ref="silent", persons=0)
        muted = self._partner("Muted", ref="muted")
        self.env["partner.notification.preference"].create(
            {
                "user_id": self._persons(muted).id,
                "topic_id": self.topic.id,
                "enabled": False,
            }
        )
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._partner("Foreign", company_id=other.id, persons=0)
        item = self._item("a", "nobody", "twin", "silent", "muted")
        item["recipients"].append({"partner_id": foreign.id})
        item["recipients"].append({"partner_id": "99999999999"})
        [answer] = self._push(item)
        self.assertEqual(answer["sent"], 1)
        reasons = {
            next(iter(drop["recipient"].values())): drop["reason"]
            for drop in answer["dropped"]
        }
        self.assertEqual(
            reasons,
            {
                "nobody": "unknown",
                "twin": "ambiguous",
                "silent": "no_portal_user",
                "muted": "muted",
                foreign.id: "no_right",
                "99999999999": "unknown",
            },
        )

    def test_a_cap_is_told(self):
        self.topic.write({"cap": 1, "cap_days": 7})
        self._push(self._item(dedup_key="1"))
        [answer] = self._push(self._item(dedup_key="2"))
        self.assertEqual(answer["sent"], 0)
        self.assertEqual([drop["reason"] for drop in answer["dropped"]], ["capped"])

    def test_the_same_again_reaches_nobody_twice(self):
        for item in (self._item(), self._item(dedup_key="mine", body="Other")):
            [first] = self._push(item)
            [again] = self._push(item)
            self.assertEqual((again["result"], again["sent"]), ("sent", 0))
            self.assertEqual(
                again["dropped"],
                [
                    {
                        "recipient": {"ref": "a"},
                        "reason": "duplicate",
                        "broadcast_id": first["broadcast_id"],
                    }
                ],
            )
            self.assertNotIn("broadcast_id", again)
        self.assertEqual(len(self._receipts(self._persons(self.anna))), 2)

    def test_one_company_named_twice_is_told_once(self):
        [answer] = self._push(self._item("a", "a"))
        self.assertEqual((answer["sent"], answer["dropped"]), (1, []))

    def test_a_hold_out_is_not_given_away(self):
        self.topic.allow_hold_out = True
        broadcasts = type(self.env["partner.notification.broadcast"])
        create = broadcasts.create

        def all_held_out(model, vals_list):
            waves = create(model, vals_list)
            waves.hold_out_share = 99.999
            return waves

        with patch.object(broadcasts, "create", all_held_out):
            [answer] = self._push(self._item())
        self.assertFalse(self._receipts(self._persons(self.anna)))
        self.assertEqual((answer["sent"], answer["dropped"]), (1, []))

    def test_what_is_over_or_retired_says_so(self):
        past = fields.Datetime.now() - timedelta(hours=1)
        [answer] = self._push(self._item(valid_until=past.isoformat()))
        self.assertEqual(answer["result"], "rejected")
        self.assertEqual([drop["reason"] for drop in answer["dropped"]], ["expired"])
        self.assertNotIn("broadcast_id", answer)
        self.topic.active = False
        [answer] = self._push(self._item())
        self.assertEqual(
            [drop["reason"] for drop in answer["dropped"]], ["inactive_topic"]
        )

    def test_it_leaves_the_portal_when_it_is_over(self):
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=1)
        self._push(self._item(valid_until=f"{later.isoformat()}Z"))
        receipt = self._receipts(self._persons(self.anna))
        self.assertEqual(receipt.sudo().valid_until, later)

    def test_mistakes_are_told_by_item_and_spoil_no_other(self):
        answers = self._push(
            self._item(topic="nothing"),
            self._item(topik="x"),
            self._item(body="{order}"),
            self._item(values={"order": "S1"}),
            self._item(body="{"),
            self._item(body="{s}", values={"s": {"amount": 1, "currency": "ABC"}}),
            self._item(recipients=[{"phone": "+7"}]),
            self._item(),
        )
        told = [
            [(e["code"], e["field"]) for e in answer["errors"]] for answer in answers
        ]
        self.assertEqual(
            told,
            [
                [("unknown_topic", "topic")],
                [("unknown_field", "topik")],
                [("missing", "values.order")],
                [("unknown_field", "values.order")],
                [("bad_value", "body")],
                [("bad_value", "values.s.currency")],
                [("unknown_field", "recipients[0].phone")],
                [],
            ],
        )
        self.assertEqual(
            [answer["result"] for answer in answers], ["rejected"] * 7 + ["sent"]
        )
        for answer in answers[:7]:
            for error in answer["errors"]:
                self.assertTrue(error["message"])
                self.assertNotIn("%(", error["message"])

    def test_an_addon_adds_a_key(self):
        partners = type(self.env["res.partner"])
        resolve = partners._notification_resolve

        def by_loyalty_card(model, key, values, company):
            if key == "card":
                return {value: {self.anna.id} for value in values}
            return resolve(model, key, values, company)

        with patch.object(partners, "_notification_resolve", by_loyalty_card):
            [answer] = self._push(self._item(recipients=[{"card": "42"}]))
        self.assertEqual(answer["sent"], 1)

    # -- how many ----------------------------------------------------------------------

    def test_what_is_beyond_a_calls_share_is_queued(self):
        for number in range(3):
            self._partner(f"P{number}", ref=f"r{number}")
        with patch.object(partner_notification_push, "SENT_AT_ONCE", 2):
            answers = self._push(
                self._item("r0"), self._item("r1", "r2"), self._item("a")
            )
        self.assertEqual(
            [answer["result"] for answer in answers], ["sent", "queued", "sent"]
        )
        self.assertFalse(answers[1]["sent"])
        wave_id = answers[1]["broadcast_id"]
        [status] = (
            self.env["partner.notification"]
            .with_user(self.sender)
            .push_status([wave_id])
        )
        self.assertEqual(
            status,
            {
                "broadcast_id": wave_id,
                "state": "queued",
                "companies": 2,
                "sent": 0,
                "left": 2,
                "dropped": [],
            },
        )
        self._send(self.env["partner.notification.broadcast"].browse(wave_id))
        [status] = (
            self.env["partner.notification"]
            .with_user(self.sender)
            .push_status([wave_id])
        )
        self.assertEqual((status["state"], status["sent"]), ("done", 2))

    def test_what_still_waits_is_not_queued_twice(self):
        self.company.notification_approval_from = 0
        [first] = self._push(self._item())
        self.assertEqual(first["result"], "pending_approval")
        [again] = self._push(self._item())
        self.assertEqual(again["dropped"][0]["broadcast_id"], first["broadcast_id"])

    def test_a_call_has_limits(self):
        with patch.object(push, "MOST_ITEMS", 1):
            answers = self._push(self._item(), self._item())
        self.assertEqual(
            [answer["errors"][0]["code"] for answer in answers], ["too_many"] * 2
        )
        with patch.object(push, "MOST_RECIPIENTS", 1):
            [answer] = self._push(self._item("a", "b"))
        self.assertEqual(answer["errors"][0]["code"], "too_many")
        self.assertFalse(self._receipts(self._persons(self.anna)))

    def test_many_companies_wait_for_a_clerk(self):
        self.company.notification_approval_from = 1
        self._partner("Boris", ref="b")
        [answer] = self._push(self._item("a", "b"))
        self.assertEqual((answer["result"], answer["sent"]), ("pending_approval", 0))
        wave = self.env["partner.notification.broadcast"].browse(answer["broadcast_id"])
        wave.with_user(self.clerk).action_approve()
        self._send(wave)
        self.assertTrue(self._receipts(self._persons(self.anna)))

    def test_who_approves_reads_how_many_were_left_out_and_why(self):
        self.company.notification_approval_from = 1
        for name, ref in (("Boris", "b"), ("Anton", "t"), ("Tanya", "t"), ("Had", "h")):
            self._partner(name, ref=ref)
        self._push(self._item("h", dedup_key="k"))
        item = self._item("a", "b", "t", "h", "x", "y", dedup_key="k")
        [answer] = self._push(item)
        wave = self.env["partner.notification.broadcast"].browse(answer["broadcast_id"])
        self.assertEqual(
            wave.with_user(self.clerk).left_out,
            "not known: 2; several companies fit: 1; have had it or are about to get"
            " it: 1",
        )
        self.assertEqual(wave.company_count, 2)

    def test_a_sender_who_is_a_clerk_too_does_not_approve_its_own(self):
        self.company.notification_approval_from = 0
        both = self._staff(
            "both",
            "partner_notifications.group_sender,partner_notifications.group_clerk",
        )
        [answer] = self._push(self._item(), user=both)
        wave = self.env["partner.notification.broadcast"].browse(answer["broadcast_id"])
        with self.assertRaisesRegex(UserError, "your own"):
            wave.with_user(both).action_approve()

    def test_beyond_a_days_limit_a_clerk_approves(self):
        self.company.notification_push_limit = 2
        self._partner("Boris", ref="b")
        results = [
            self._push(self._item(*refs, dedup_key=key))[0]["result"]
            for key, refs in (("1", ["a"]), ("2", ["a", "b"]), ("3", ["a"]), ("4", "a"))
        ]
        self.assertEqual(
            results, ["sent", "pending_approval", "sent", "pending_approval"]
        )
        other = self._staff("other_api", "partner_notifications.group_sender")
        [answer] = self._push(self._item(dedup_key="5"), user=other)
        self.assertEqual(answer["result"], "sent")
        days = self.env["partner.notification.push.day"].search([])
        self.assertEqual(
            {day.user_id: day.companies for day in days}, {self.sender: 2, other: 1}
        )

    def test_while_the_switch_is_off_it_waits(self):
        self.company.notifications_on = False
        [answer] = self._push(self._item())
        self.assertEqual((answer["result"], answer["sent"]), ("queued", 0))

    # -- who ---------------------------------------------------------------------------

    def test_only_outside_systems_push(self):
        users = [
            self._staff("plain", "base.group_user"),
            self.clerk,
            self._persons(self.anna),
        ]
        for user in users:
            model = self.env["partner.notification"].with_user(user)
            with self.assertRaisesRegex(AccessError, "outside system"):
                model.push([self._item()])
            with self.assertRaisesRegex(AccessError, "outside system"):
                model.push_status([1])

    def test_a_sender_does_nothing_else(self):
        for model in (
            "partner.notification",
            "partner.notification.broadcast",
            "partner.notification.receipt",
            "partner.notification.topic",
            "partner.notification.push.day",
            "res.partner",
        ):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.sender).search([])

    def test_a_sender_asks_about_its_own_pushes_only(self):
        [answer] = self._push(self._item())
        rules_wave = self._wave([self.anna])
        ids = [answer["broadcast_id"], rules_wave.id, 2**31 - 1]
        other = self._staff("other_api", "partner_notifications.group_sender")
        own, foreign = (
            self.env["partner.notification"].with_user(user).push_status(ids)
            for user in (self.sender, other)
        )
        self.assertEqual([status["broadcast_id"] for status in own], ids[:1])
        self.assertEqual(foreign, [])

    def test_what_is_no_list_is_refused_with_a_sentence(self):
        model = self.env["partner.notification"].with_user(self.sender)
        for items in ({}, "x", None):
            with self.assertRaisesRegex(UserError, "must be a list"):
                model.push(items)
        for ids in (5, ["1"], [True], None, [2**31], [1] * 1001):
            with self.assertRaisesRegex(UserError, "must be a list"):
                model.push_status(ids)

    def test_refusals_are_in_the_callers_language_though_the_call_names_none(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        stranger = self._staff("plain", "base.group_user")
        stranger.lang = self.sender.lang = "ru_RU"
        model = self.env["partner.notification"].with_context(lang=None)
        with self.assertRaisesRegex(AccessError, "внешн"):
            model.with_user(stranger).push([])
        for lang, words in (
            (None, "Такого ключа нет"),
            ("en_US", "There is no such key"),
        ):
            caller = model.with_user(self.sender).with_context(lang=lang)
            [answer] = caller.push([self._item("x", urll="/my")])
            self.assertIn(words, answer["errors"][0]["message"])

    def test_another_companys_sender_reaches_none_of_its_partners(self):
        other = self.env["res.company"].create({"name": "Other"})
        own = self._partner("Own", ref="own", company_id=self.company.id, persons=0)
        sender = new_test_user(
            self.env,
            "test_other_company",
            groups="partner_notifications.group_sender",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
            context={"no_reset_password": True},
        )
        model = self.env["partner.notification"].with_user(sender)
        model = model.with_context(allowed_company_ids=other.ids)
        [answer] = model.push([self._item(own.ref)])
        self.assertEqual((answer["result"], answer["sent"]), ("rejected", 0))
        self.assertEqual(answer["dropped"][0]["reason"], "unknown")
        model = model.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            model.push([self._item(own.ref)])
