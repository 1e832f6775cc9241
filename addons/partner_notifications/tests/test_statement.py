import base64
import io
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from ..report import report_statement
from .common import NotificationBuilders

REPORT = "report.partner_notifications.report_statement"


class StatementBuilders(NotificationBuilders):
    """A ledger with known days and the text of what is printed."""

    @classmethod
    def _entry(cls, partner, amount, day, company=None, **line):
        """A posted receivable on a day; below zero it is a payment."""
        move = cls.env["account.move"].create(
            {
                "journal_id": cls.journal.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": cls.receivable.id,
                            "partner_id": partner.id,
                            "balance": amount,
                        }
                        | line
                    ),
                    Command.create({"account_id": cls.income.id, "balance": -amount}),
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _sections(cls, partner, begin=date(2026, 1, 1), end=date(2026, 12, 31)):
        ledger = cls.env["partner.notification.ledger"]
        return ledger._sections(partner, cls.company, begin, end)

    @classmethod
    def _text(cls, content):
        """The words of a PDF, single spaces between them."""
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())


@tagged("post_install", "-at_install")
class TestStatement(StatementBuilders, TransactionCase):
    """The reconciliation statement from the ledger (X2, K5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.partner = cls._partner("Ромашка", vat="7707083893")
        cls.person = cls._persons(cls.partner)

    def _printed(self, user=None, **context):
        report = self.env[REPORT].with_user(user or self.env.user)
        return report.with_context(force_report_rendering=True, **context)._print(
            self.partner, self.company, date(2026, 3, 1), date(2026, 3, 31)
        )

    # -- arithmetic of the ledger ------------------------------------------------------

    def test_opening_documents_and_closing_come_from_the_ledger(self):
        self._entry(self.partner, 1000, date(2025, 12, 31))
        self._entry(self.partner, 500, date(2026, 1, 1))
        self._entry(self.partner, -300, date(2026, 12, 31))
        self._entry(self.partner, 7, date(2027, 1, 1))
        (section,) = self._sections(self.partner)
        self.assertEqual(section.opening, 1000)
        self.assertEqual([row.amount for row in section.entries], [500, -300])
        self.assertEqual(section.closing, 1200)

    def test_drafts_and_what_is_not_trade_are_not_in_it(self):
        draft = self._entry(self.partner, 500, date(2026, 1, 1))
        draft.button_draft()
        self._entry(self.partner, 40, date(2026, 1, 1))
        (section,) = self._sections(self.partner)
        self.assertEqual(section.closing, 40)
        self.receivable.non_trade = True
        (section,) = self._sections(self.partner)
        self.assertEqual(section.closing, 0)

    def test_documents_of_a_branch_belong_to_the_company(self):
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.partner.id}
        )
        self._entry(branch, 500, date(2026, 1, 1))
        (section,) = self._sections(self.partner)
        self.assertEqual(section.closing, 500)

    def test_two_currencies_stand_apart(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        (dollar | euro).active = True
        self.company.currency_id = dollar
        self._entry(self.partner, 500, date(2026, 1, 1))
        self._entry(
            self.partner,
            110,
            date(2026, 1, 2),
            currency_id=euro.id,
            amount_currency=100,
        )
        first, second = self._sections(self.partner)
        self.assertEqual((first.currency_id, first.closing), (dollar.id, 500))
        self.assertEqual((second.currency_id, second.closing), (euro.id, 100))

    def test_another_companys_ledger_is_not_in_it(self):
        self._entry(self.partner, 500, date(2026, 1, 1))
        other = self.env["res.company"].create({"name": "Other supply"})
        ledger = self.env["partner.notification.ledger"]
        (section,) = ledger._sections(
            self.partner, other, date(2026, 1, 1), date(2026, 12, 31)
        )
        self.assertEqual(section.closing, 0)

    def test_invoice_refund_and_payment_are_called_so(self):
        invoice, refund = self.env["account.move"].create(
            [
                {
                    "move_type": move_type,
                    "journal_id": self.journal.id,
                    "partner_id": self.partner.id,
                    "invoice_date": date(2026, 2, 1),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Paper",
                                "price_unit": price,
                                "account_id": self.income.id,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
                for move_type, price in (("out_invoice", 900), ("out_refund", 100))
            ]
        )
        self.partner.property_account_receivable_id = self.receivable
        (invoice | refund).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id = self.receivable
        (invoice | refund).action_post()
        suspense, money = self.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "account_type": "asset_current",
                    "company_ids": [Command.link(self.company.id)],
                }
                for name, code in (("Suspense", "570900"), ("Bank", "510100"))
            ]
        )
        bank = self.env["account.journal"].create(
            {
                "name": "Bank",
                "code": "BNKS",
                "type": "bank",
                "company_id": self.company.id,
                "suspense_account_id": suspense.id,
                "default_account_id": money.id,
            }
        )
        paid = self.env["account.bank.statement.line"].create(
            {
                "journal_id": bank.id,
                "date": date(2026, 2, 2),
                "amount": 300,
                "partner_id": self.partner.id,
                "payment_ref": "Thanks",
            }
        )
        paid.move_id.line_ids.filtered(
            lambda line: line.account_id == suspense
        ).account_id = self.receivable
        (section,) = self._sections(self.partner)
        self.assertEqual(
            [(row.kind, row.amount) for row in section.entries],
            [("invoice", 900), ("refund", -100), ("payment", -300)],
        )

    # -- the paper ---------------------------------------------------------------------

    def test_the_pdf_names_both_sides_balances_documents_and_signatures(self):
        self._entry(self.partner, 1000, date(2026, 2, 1))
        sale = self._entry(self.partner, 234.5, date(2026, 3, 5))
        self._entry(self.partner, -200, date(2026, 3, 6))
        content, kind = self._printed(self.person)
        self.assertEqual(kind, "pdf")
        text = self._text(content)
        for words in (
            "Reconciliation statement",
            "Bureau supply",
            "Ромашка",
            "7707083893",
            "Opening balance 1,000.00",
            f"{sale.name} 234.50",
            "200.00",
            "Closing balance 1,034.50",
            "in favour of Bureau supply is",
            "signature, date; stamp",
        ):
            self.assertIn(words, text)

    def test_the_form_is_translated_into_the_language_asked_for(self):
        """X2: Odoo translates no word of a template that begins with a doctype."""
        self.env["res.lang"]._activate_lang("ru_RU")
        page = self.env.ref("partner_notifications.report_statement_page")
        page.update_field_translations(
            "arch_db",
            {"ru_RU": {"Opening balance": "Сальдо начальное", "Debit": "Дебет"}},
        )
        report = self.env["ir.actions.report"].with_context(lang="ru_RU")
        html = report._render_qweb_html(
            "partner_notifications.report_statement",
            self.partner.ids,
            data={"company_id": self.company.id},
        )[0].decode()
        self.assertTrue(html.lstrip().startswith("<!DOCTYPE html>"))
        self.assertIn("Сальдо начальное", html)
        self.assertIn("Дебет", html)
        self.assertNotIn("Opening balance", html)

    def test_markup_in_a_name_is_text(self):
        self.partner.name = "<b>Bold</b> & Co"
        content, _kind = self._printed(self.person)
        self.assertIn("<b>Bold</b> & Co", self._text(content))

    def test_without_wkhtmltopdf_it_is_a_page_to_print_that_says_why(self):
        self._entry(self.partner, 1000, date(2026, 3, 1))
        report = type(self.env["ir.actions.report"])
        with patch.object(report, "get_wkhtmltopdf_state", return_value="install"):
            content, kind = self._printed(self.person)
        self.assertEqual(kind, "html")
        page = content.decode()
        self.assertIn("cannot make PDF files", page)
        self.assertIn("1,000.00", page)

    def test_nothing_is_loaded_over_http_to_print_it(self):
        html = self.env["ir.actions.report"]._render_qweb_html(
            "partner_notifications.report_statement",
            self.partner.ids,
            data={"company_id": self.company.id},
        )[0]
        for part in (b"<link", b"src=", b"/web/assets", b"@import", b"url("):
            self.assertNotIn(part, html)

    # -- who reads it ------------------------------------------------------------------

    def test_own_people_and_accountants_read_it_and_nobody_else(self):
        groups = {
            "accountant": "account.group_account_invoice",
            "auditor": "account.group_account_readonly",
            "plain": "base.group_user",
            "clerk": "partner_notifications.group_clerk",
            "sender": "partner_notifications.group_sender",
        }
        people = {
            login: new_test_user(
                self.env,
                login,
                groups=group,
                company_id=self.company.id,
                company_ids=self.company.ids,
            )
            for login, group in groups.items()
        }
        people["own"] = self.person
        people["stranger"] = self._persons(self._partner("Stranger"))
        people["lonely"] = self._person(self.env["res.partner"], "lonely")
        people["public"] = self.env.ref("base.public_user")
        may = set()
        for login, user in people.items():
            ledger = self.env["partner.notification.ledger"].with_user(user)
            try:
                ledger._sections(
                    self.partner, self.company, date(2026, 1, 1), date(2026, 2, 1)
                )
                ledger._overdue_documents(self.partner, self.company)
                ledger._count_entries(
                    self.partner, self.company, date(2026, 1, 1), date(2026, 2, 1)
                )
            except AccessError as error:
                self.assertNotIn("Ромашка", str(error))
            else:
                may.add(login)
        self.assertEqual(may, {"own", "accountant", "auditor"})

    def test_an_accountant_of_another_company_does_not_read_it(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        accountant = new_test_user(
            self.env,
            "other_accountant",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=other.ids,
        )
        ledger = self.env["partner.notification.ledger"].with_user(accountant)
        ledger = ledger.with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            ledger._overdue_documents(self.partner, self.company)

    def test_who_changes_company_reads_the_new_ones_balance_only(self):
        new = self._partner("New")
        self.person.partner_id.parent_id = new
        ledger = self.env["partner.notification.ledger"].with_user(self.person)
        days = date(2026, 1, 1), date(2026, 2, 1)
        with self.assertRaises(AccessError):
            ledger._sections(self.partner, self.company, *days)
        self.assertTrue(ledger._sections(new, self.company, *days))

    def test_an_archived_partners_statement_is_printed_by_the_accountant(self):
        self._entry(self.partner, 1000, date(2026, 3, 1))
        self.person.active = False
        self.partner.action_archive()
        accountant = new_test_user(
            self.env,
            "accountant",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        content, _kind = self._printed(accountant)
        self.assertIn("1,000.00", self._text(content))

    # -- periods and length ------------------------------------------------------------

    def test_a_faulty_period_is_told_in_a_sentence(self):
        ledger = self.env["partner.notification.ledger"]
        with self.assertRaisesRegex(UserError, "from 02/01/2026 to 01/01/2026 ends b"):
            ledger._period(self.company, "2026-02-01", "2026-01-01")
        with self.assertRaisesRegex(UserError, "2026-01-31"):
            ledger._period(self.company, "yesterday", None)

    def test_a_long_one_is_refused_at_once_and_printed_by_the_job(self):
        for day in (1, 2, 3):
            self._entry(self.partner, 100, date(2026, 3, day))
        with patch.object(report_statement, "ROWS_AT_ONCE", 2):
            with self.assertRaisesRegex(UserError, "3 rows, more than 2"):
                self._printed(self.person)
            content, _kind = self._printed(statement_by_job=True)
        self.assertIn("300.00", self._text(content))

    # -- asked for ---------------------------------------------------------------------

    def _ask(self, kind="file", **days):
        return self.env["partner.statement"]._ask(
            kind, self.partner, self.company, self.person.partner_id, **days
        )

    def _prepare(self):
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=9
        ):
            self.env["partner.statement"].with_context(
                force_report_rendering=True
            )._cron_prepare()

    def test_a_long_statement_is_prepared_by_a_job_and_the_company_told(self):
        self._entry(self.partner, 4321, date(2026, 3, 1))
        statement, is_new = self._ask(begin=date(2026, 1, 1), end=date(2026, 6, 30))
        self.assertTrue(is_new)
        self._prepare()
        self.assertEqual(statement.state, "ready")
        self.assertIn("4,321.00", self._text(base64.b64decode(statement.file)))
        (receipt,) = self._receipts(self.person)
        self.assertEqual(receipt.url, f"/my/debt/statement/{statement.id}")
        self.assertIn("06/30/2026", receipt.subject)
        self._prepare()
        self.assertEqual(len(self._receipts(self.person)), 1, "told once")

    def test_asked_twice_is_prepared_once_and_other_days_are_another_one(self):
        first, _new = self._ask(begin=date(2026, 1, 1))
        again, is_new = self._ask(begin=date(2026, 1, 1))
        self.assertEqual((again, is_new), (first, False))
        other, is_new = self._ask(begin=date(2026, 2, 1))
        self.assertTrue(is_new and other != first)

    def test_no_more_than_three_files_of_a_partner_wait_at_once(self):
        for month in (1, 2, 3):
            self._ask(begin=date(2026, month, 1))
        with self.assertRaisesRegex(UserError, "3 statements of yours"):
            self._ask(begin=date(2026, 4, 1))
        self._ask("signed")
        self._prepare()
        _fourth, is_new = self._ask(begin=date(2026, 4, 1))
        self.assertTrue(is_new)

    def test_one_that_fails_says_why_and_does_not_stop_the_next(self):
        failing, _new = self._ask(begin=date(2026, 1, 1))
        good, _new = self._ask(begin=date(2026, 2, 1))
        report = type(self.env[REPORT])
        original = report._print

        def failing_print(self, partner, company, begin, end):
            if begin == date(2026, 1, 1):
                raise UserError("Out of paper")  # pylint: disable=translation-required
            return original(self, partner, company, begin, end)

        with (
            patch.object(report, "_print", failing_print),
            mute_logger("odoo.addons.partner_notifications.models.partner_statement"),
        ):
            self._prepare()
        self.assertEqual((failing.state, failing.failure), ("failed", "Out of paper"))
        self.assertEqual(good.state, "ready")
        clerk = new_test_user(
            self.env,
            "clerk",
            groups="partner_notifications.group_clerk",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        failing.with_user(clerk).action_again()
        self._prepare()
        self.assertEqual((failing.state, failing.failure), ("ready", False))

    def test_a_signed_one_is_the_accountants_activity_once_with_who_asked(self):
        accountant = new_test_user(
            self.env,
            "accountant",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.company.statement_accountant_id = accountant
        statement, _new = self._ask("signed")
        again, is_new = self._ask("signed")
        self.assertEqual((again, is_new), (statement, False))
        (activity,) = statement.activity_ids
        self.assertEqual(activity.user_id, accountant)
        self.assertIn(self.person.name, activity.note)
        self.assertIn("Ромашка", activity.note)
        self.assertNotIn(self.person.partner_id, statement.message_partner_ids)
        activity.with_user(accountant).action_feedback()
        self.assertEqual(statement.state, "ready", "closed with its activity")
        _third, is_new = self._ask("signed")
        self.assertTrue(is_new)

    def test_without_an_accountant_it_is_the_salespersons_or_waits_in_the_list(self):
        salesperson = new_test_user(self.env, "seller", groups="base.group_user")
        statement, _new = self._ask("signed")
        self.assertFalse(statement.activity_ids.user_id)
        statement.unlink()
        self.partner.user_id = salesperson
        statement, _new = self._ask("signed")
        self.assertEqual(statement.activity_ids.user_id, salesperson)

    def test_staff_close_it_and_nobody_else_and_rows_are_nobodys_to_write(self):
        statement, _new = self._ask("signed")
        plain = new_test_user(self.env, "plain", groups="base.group_user")
        stranger = self._persons(self._partner("Stranger"))
        for user in (plain, stranger, self.person):
            with self.assertRaises(AccessError):
                statement.with_user(user).action_ready()
        clerk = new_test_user(
            self.env,
            "clerk",
            groups="partner_notifications.group_clerk",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        for user in (clerk, self.person):
            with self.assertRaises(AccessError):
                statement.with_user(user).write({"state": "ready"})
        statement.with_user(clerk).action_ready()
        self.assertEqual(statement.state, "ready")
        self.assertFalse(statement.activity_ids)

    def test_a_notification_of_debt_asks_for_a_signed_one(self):
        self._entry(self.partner, 1500, date(2026, 1, 1))
        notification = self._send(self._debt_rule()._start())
        self.assertEqual(notification.url, "/my/debt")
        notification._ask("asked", self.person.partner_id)
        statement = self.env["partner.statement"].search(
            [("commercial_partner_id", "=", self.partner.id)]
        )
        self.assertEqual(statement.kind, "signed")
        self.assertEqual(statement.person_id, self.person.partner_id)

    def test_files_go_after_thirty_days_and_signed_ones_stay(self):
        file, _new = self._ask()
        signed, _new = self._ask("signed")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE partner_statement"
            " SET create_date = create_date - INTERVAL '31 days'"
        )
        self.env.invalidate_all()
        self.env["partner.statement"]._gc_files()
        self.assertFalse(file.exists())
        self.assertTrue(signed.exists())
