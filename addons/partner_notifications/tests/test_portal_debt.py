from datetime import date
from unittest.mock import patch
from urllib.parse import unquote

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers import portal_debt
from .test_statement import StatementBuilders


@tagged("post_install", "-at_install")
class TestPortalDebt(StatementBuilders, HttpCase):
    """The page of the debt and its statement over HTTP (K4a, K5, X2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.partner = cls._partner("Romashka", persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        (cls.person | cls.colleague).write(
            {"company_ids": [(6, 0, cls.company.ids)], "company_id": cls.company.id}
        )
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": cls.journal.id,
                "partner_id": cls.partner.id,
                "invoice_date": date(2026, 1, 10),
                "invoice_date_due": date(2026, 1, 20),
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Paper",
                            "price_unit": 1234,
                            "account_id": cls.income.id,
                            "tax_ids": False,
                        },
                    )
                ],
            }
        )
        cls.invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id = cls.receivable
        cls.invoice.action_post()
        cls._entry(cls.partner, -34, date(2026, 2, 1))
        cls.notification = cls._send(cls._debt_rule()._start())
        cls.receipt = cls.notification.receipt_ids.filtered(
            lambda receipt: receipt.partner_id == cls.person.partner_id
        )

    def setUp(self):
        super().setUp()
        self.log_in(self.person)

    def log_in(self, user):
        self.authenticate(user.login, user.login)

    def post(self, path, **data):
        data["csrf_token"] = Request.csrf_token(self)
        return self.url_open(path, data=data)

    def pdf(self, path, **data):
        """The text of a statement, printed for real."""
        report = type(self.env["report.partner_notifications.report_statement"])
        original = report._print

        def really(self, *args):
            return original(self.with_context(force_report_rendering=True), *args)

        with patch.object(report, "_print", really):
            answer = self.post(path, **data) if data else self.url_open(path)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        return self._text(answer.content)

    def test_the_page_adds_up_to_what_the_notification_told(self):
        text = self.url_open("/my/debt").text
        self.assertEqual(self.notification.amount, 1200)
        self.assertIn("1,200.00", text)
        self.assertIn(self.invoice.name, text)
        self.assertIn("not matched with a document yet", text)
        self.assertIn(f"/my/invoices/{self.invoice.id}?payment=True#portal_pay", text)

    def test_documents_come_by_the_page_and_the_total_is_of_all(self):
        """However many are overdue, a page reads its own."""
        self._entry(self.partner, 500, date(2026, 1, 5))
        with patch.object(portal_debt, "DOCUMENTS_A_PAGE", 2):
            first = self.url_open("/my/debt").text
            second = self.url_open("/my/debt/page/2").text
        for page in (first, second):
            self.assertIn("1,700.00", page)
        documents = self.env["partner.notification.ledger"]._overdue_documents(
            self.partner, self.company
        )
        self.assertEqual([row["amount"] for row in documents], [500, 1234, -34])
        for row, page, other in zip(
            documents, (first, first, second), (second, second, first), strict=True
        ):
            self.assertIn(row["number"], page)
            self.assertNotIn(row["number"], other)

    def test_a_colleague_sees_the_companys_debt_and_a_stranger_nothing_of_it(self):
        self.log_in(self.colleague)
        self.assertIn(self.invoice.name, self.url_open("/my/debt").text)
        stranger = self._persons(self._partner("Stranger"))
        lonely = self._person(self.env["res.partner"], "lonely")
        for user in (stranger, lonely):
            user.write({"company_ids": [(6, 0, self.company.ids)]})
            user.company_id = self.company
            self.log_in(user)
            text = self.url_open("/my/debt").text
            self.assertNotIn(self.invoice.name, text)
            self.assertIn("Nothing is overdue", text)
            statement = self.pdf(
                "/my/debt/statement", begin="2026-01-01", end="2026-12-31"
            )
            self.assertNotIn("1,234.00", statement)
            self.assertNotIn("Romashka", statement)

    def test_a_plain_internal_user_and_the_public_are_turned_away(self):
        new_test_user(self.env, "plainuser", groups="base.group_user")
        self.authenticate("plainuser", "plainuser")
        self.assertEqual(self.url_open("/my/debt").status_code, 403)
        self.assertEqual(self.url_open("/my/debt/statement").status_code, 403)
        self.authenticate(None, None)
        answer = self.url_open("/my/debt", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_a_company_of_another_ledger_is_not_chosen(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        answer = self.post("/my/debt/statement", company_id=other.id)
        self.assertIn("Choose one of the companies", answer.text)
        self.assertNotIn("Other supply", answer.text)

    def test_the_statement_is_there_at_once_for_a_chosen_period(self):
        text = self.pdf("/my/debt/statement", begin="2026-01-01", end="2026-01-31")
        self.assertIn("Closing balance 1,234.00", text)
        text = self.pdf("/my/debt/statement", begin="2026-02-01", end="2026-02-28")
        self.assertIn("Opening balance 1,234.00", text)
        self.assertIn("Closing balance 1,200.00", text)

    def test_the_file_is_named_in_the_statement_s_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.person.lang = "ru_RU"
        days = {"begin": "2026-01-01", "end": "2026-01-31"}
        for lang, words in (
            ("en_US", "Statement 01/01/2026 - 01/31/2026"),
            ("ru_RU", "01.01.2026 - 31.01.2026"),
        ):
            answer = self.post("/my/debt/statement", lang=lang, **days)
            self.assertIn(words, unquote(answer.headers["Content-Disposition"]))

    def test_a_faulty_period_comes_back_with_a_sentence(self):
        text = self.post(
            "/my/debt/statement", begin="2026-05-01", end="2026-01-01"
        ).text
        self.assertIn("ends before it begins", text)
        self.assertEqual(self.url_open("/my/debt?begin=%00x&page=z").status_code, 200)

    def test_the_report_route_of_odoo_shows_nobody_elses_statement(self):
        stranger = self._persons(self._partner("Stranger"))
        self.log_in(stranger)
        for kind in ("pdf", "html"):
            answer = self.url_open(
                f"/report/{kind}/partner_notifications.report_statement/{self.partner.id}"
            )
            self.assertEqual(answer.status_code, 403)
            self.assertNotIn("Romashka", answer.text)

    def test_from_the_notification_it_is_read_acted_on_and_opened(self):
        text = self.url_open("/my/notifications").text
        self.assertIn("o_notification_statement", text)
        text = self.pdf(f"/my/notifications/{self.receipt.id}/statement")
        self.assertIn("Romashka", text)
        self.assertTrue(self.receipt.read_at and self.receipt.acted_at)

    def test_a_strangers_notification_is_not_marked(self):
        self.log_in(self._persons(self._partner("Stranger")))
        self.url_open(
            f"/my/notifications/{self.receipt.id}/statement", allow_redirects=False
        )
        self.assertFalse(self.receipt.read_at)

    def test_a_signed_one_is_asked_for_once_and_the_colleague_reads_by_whom(self):
        self.post(f"/my/notifications/{self.receipt.id}/ask", state="asked")
        self.log_in(self.colleague)
        text = self.post("/my/debt/statement/ask", kind="signed").text
        statement = self.env["partner.statement"].search(
            [("commercial_partner_id", "=", self.partner.id)]
        )
        self.assertEqual(len(statement), 1)
        self.assertIn("a signed one is asked for", text)
        self.assertIn(f"It is asked for already: {self.person.name}, ", text)
        self.assertNotIn("asked for already", self.url_open("/my/debt?earlier=x").text)
        self.assertIn(self.person.name, text)
        listed = self.url_open("/my/notifications").text
        self.assertIn("o_notification_statement", listed)
        self.assertNotIn("Ask for a signed statement", listed)

    def test_a_later_debt_offers_no_second_signed_one_while_the_first_is_to_come(self):
        self.post(f"/my/notifications/{self.receipt.id}/ask", state="asked")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE partner_notification"
            " SET create_date = create_date - INTERVAL '30 days', dedup_key = 'earlier'"
        )
        self._send(self._debt_rule()._start())
        listed = self.url_open("/my/notifications").text
        self.assertEqual(listed.count("o_notification_statement"), 2)
        self.assertNotIn("Ask for a signed statement", listed)
        self.assertIn("A signed statement is asked for", listed)
        self.env["partner.statement"].search([("kind", "=", "signed")]).state = "ready"
        listed = self.url_open("/my/notifications").text
        self.assertEqual(listed.count("Ask for a signed statement"), 1)

    def test_a_long_one_is_offered_in_the_background_and_fetched_when_ready(self):
        days = {"begin": "2026-01-01", "end": "2026-12-31"}
        with patch.object(portal_debt, "ROWS_AT_ONCE", 1):
            text = self.post("/my/debt/statement", **days).text
        self.assertIn("We prepare it in the background", text)
        text = self.post("/my/debt/statement/ask", kind="file", **days).text
        self.assertIn("being prepared", text)
        statement = self.env["partner.statement"].search(
            [("commercial_partner_id", "=", self.partner.id)]
        )
        statement.with_context(force_report_rendering=True)._prepare()
        path = f"/my/debt/statement/{statement.id}"
        self.assertIn("Closing balance 1,200.00", self.pdf(path))
        self.log_in(self._persons(self._partner("Stranger")))
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        answer = self.url_open(f"/web/content/partner.statement/{statement.id}/file")
        self.assertNotEqual(answer.status_code, 200)

    def test_an_unknown_kind_asks_for_nothing(self):
        self.post("/my/debt/statement/ask", kind="gold")
        self.assertFalse(
            self.env["partner.statement"].search(
                [("commercial_partner_id", "=", self.partner.id)]
            )
        )

    def test_who_has_paid_ahead_owes_nothing(self):
        self._entry(self.partner, -5000, date(2026, 3, 1))
        text = self.url_open("/my/debt").text
        self.assertIn("Nothing is overdue", text)
        self.assertIn("Paid ahead", text)
        self.assertIn("3,800.00", text)
