from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestCorrection(NotificationBuilders, TransactionCase):
    """Sent messages corrected in place and withdrawn while unread (K9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.partner = cls._partner("Romashka", persons=2)
        cls.other = cls._partner("Vasilek")
        cls.person, cls.colleague = cls._persons(cls.partner)
        cls.wave = cls._wave([cls.partner, cls.other])
        cls._send(cls.wave)
        cls.message, cls.second = (
            cls.wave.notification_ids.filtered(
                lambda row, partner=partner: row.commercial_partner_id == partner
            )
            for partner in (cls.partner, cls.other)
        )
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            groups="partner_notifications.group_clerk",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def _wizard(self, name, messages, user=None):
        model = self.env[f"partner.notification.{name}"].with_user(user or self.clerk)
        chosen = model.with_context(
            active_model=messages._name,
            active_ids=messages.ids,
            allowed_company_ids=self.company.ids,
        )
        return chosen.create({"reason": "The amount was of another day"})

    def _correct(self, messages, body, user=None):
        wizard = self._wizard("correct", messages, user)
        wizard.words_ids.body = body
        wizard.action_correct()

    def _read(self, user, message):
        receipt = message.receipt_ids.filtered(
            lambda receipt: receipt.partner_id == user.partner_id
        )
        receipt._mark("read_at")

    # -- correcting --------------------------------------------------------------------

    def test_the_partner_reads_the_new_words_and_when(self):
        self._correct(self.message, "Sorry, {partner}: it is 5.")
        (receipt,) = self._receipts(self.person)
        self.assertEqual(receipt.body, "Sorry, Romashka: it is 5.")
        self.assertEqual(receipt.with_context(lang="ru_RU").body, receipt.body)
        self.assertTrue(receipt.corrected_at)
        self.assertFalse(self.second.corrected_at)
        self.assertIn("has news for Vasilek", self.second.body)

    def test_the_journal_keeps_both_with_who_and_why(self):
        self._correct(self.message, "Sorry.")
        (correction,) = self.message.correction_ids
        self.assertEqual(correction.kind, "corrected")
        self.assertIn("has news for Romashka", correction.body)
        self.assertEqual(correction.reason, "The amount was of another day")
        self.assertEqual(correction.create_uid, self.clerk)
        self._correct(self.message, "Sorry again.")
        self.assertEqual(self.message.correction_ids[0].body, "Sorry.")

    def test_many_of_one_broadcast_are_corrected_each_with_its_own_values(self):
        self._correct(self.message | self.second, "{partner}, dear all.")
        self.assertEqual(self.message.body, "Romashka, dear all.")
        self.assertEqual(self.second.body, "Vasilek, dear all.")

    def test_words_by_language_reach_the_reader_of_the_language(self):
        wizard = self._wizard("correct", self.message)
        for words in wizard.words_ids:
            words.body = "Простите" if words.lang == "ru_RU" else "Sorry"
        wizard.action_correct()
        self.assertEqual(self.message.with_context(lang="ru_RU").body, "Простите")
        self.assertEqual(self.message.with_context(lang="en_US").body, "Sorry")

    def test_who_has_read_it_has_read_it(self):
        self._read(self.person, self.message)
        self._correct(self.message, "Sorry.")
        self.assertEqual(self.message.read_count, 1)
        self.assertEqual(self.message.person_count, 2)

    def test_a_placeholder_without_a_value_is_named(self):
        for body, words in (
            ("It is {amount}", "amount"),
            ("It is {0}", "is not a placeholder"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._correct(self.message, body)
        self.assertFalse(self.message.correction_ids)

    def test_what_was_not_sent_and_two_broadcasts_at_once_are_refused(self):
        nobody = self._partner("Nobody", persons=0)
        dropped = self._send(self._wave([nobody]))
        with self.assertRaisesRegex(UserError, "Only what was sent"):
            self._correct(dropped, "Sorry.")
        later = self._send(self._wave([self.partner]))
        with self.assertRaisesRegex(UserError, "one broadcast"):
            self._correct(self.message | later, "Sorry.")

    # -- withdrawing -------------------------------------------------------------------

    def test_what_nobody_has_read_leaves_the_portal_and_stays_in_the_journal(self):
        self._wizard("withdraw", self.message).action_withdraw()
        self.assertFalse(self._receipts(self.person))
        self.assertEqual(self.message.outcome, "withdrawn")
        self.assertIn("has news for Romashka", self.message.body)
        self.assertEqual(self.message.correction_ids.kind, "withdrawn")
        self.assertEqual(self.message.correction_ids.create_uid, self.clerk)
        self.assertEqual(self.person._notification_badge(), "")

    def test_what_one_colleague_has_read_stays_for_all(self):
        self._read(self.colleague, self.message)
        wizard = self._wizard("withdraw", self.wave)
        self.assertEqual((wizard.unread_count, wizard.stay_count), (1, 1))
        wizard.action_withdraw()
        self.assertEqual(self.message.outcome, "sent")
        self.assertEqual(len(self._receipts(self.person)), 1)
        self.assertEqual(self.second.outcome, "withdrawn")
        self.assertEqual(self.wave.sent_count, 1)
        self.assertEqual(self.wave.withdrawn_count, 1)
        self.assertEqual(self.wave.dropped_count, 0)
        with self.assertRaisesRegex(UserError, "Nothing to withdraw"):
            self._wizard("withdraw", self.wave).action_withdraw()

    def test_a_withdrawn_one_may_be_sent_again(self):
        message = self._send(self._wave([self.partner], dedup_key="news"))
        self._wizard("withdraw", message).action_withdraw()
        again = self._send(self._wave([self.partner], dedup_key="news"))
        self.assertEqual(again.outcome, "sent")

    # -- rights ------------------------------------------------------------------------

    def test_nobody_but_the_service_centre_corrects_or_withdraws(self):
        users = [self.person] + [
            new_test_user(
                self.env,
                login,
                groups=group,
                company_id=self.company.id,
                company_ids=self.company.ids,
            )
            for login, group in (
                ("plain", "base.group_user"),
                ("sender", "partner_notifications.group_sender"),
                ("accountant", "account.group_account_invoice"),
            )
        ]
        for user in users:
            for name in ("correct", "withdraw"):
                with self.assertRaises(AccessError):
                    self._wizard(name, self.message, user)
                mine = self._wizard(name, self.message)
                action = "action_correct" if name == "correct" else "action_withdraw"
                with self.assertRaises(AccessError):
                    getattr(mine.with_user(user), action)()

    def test_a_clerk_of_another_company_reaches_nothing(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        self.clerk.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for name in ("correct", "withdraw"):
            model = self.env[f"partner.notification.{name}"].with_user(self.clerk)
            with self.assertRaises(AccessError):
                model.with_context(allowed_company_ids=other.ids).create(
                    {
                        "notification_ids": [Command.set(self.message.ids)],
                        "reason": "x",
                    }
                )
        withdraw = self.env["partner.notification.withdraw"].with_user(self.clerk)
        whole = withdraw.with_context(allowed_company_ids=other.ids).create(
            {"broadcast_id": self.wave.id, "reason": "x"}
        )
        with self.assertRaises(UserError):
            whole.action_withdraw()
        self.assertEqual(self.message.outcome, "sent")

    def test_the_journal_of_corrections_is_nobodys_to_write(self):
        self._correct(self.message, "Sorry.")
        correction = self.message.correction_ids
        for user in (self.clerk, self.person):
            with self.assertRaises(AccessError):
                correction.with_user(user).write({"reason": "x"})
        with self.assertRaises(AccessError):
            correction.with_user(self.person).read(["body"])
