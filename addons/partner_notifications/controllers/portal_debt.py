from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request
from odoo.tools import format_date, format_datetime

from odoo.addons.portal.controllers.portal import pager

from ..models.word_kinds import MOMENT
from ..report.report_statement import ROWS_AT_ONCE
from .portal import NotificationPortal

DOCUMENTS_A_PAGE = 80
FILE_TYPES = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


class DebtPortal(NotificationPortal):
    """What the reader's company owes: overdue documents, statement, payment."""

    # -- list --------------------------------------------------------------------------

    def _list(self, before, after, filters):
        """The list says which signed statement is on its way: one is enough."""
        values = super()._list(before, after, filters)
        shown = [receipt for _day, receipts in values["days"] for receipt in receipts]
        return values | {"signed_asked": self._signed_asked(shown)}

    def _signed_asked(self, receipts):
        """dict id of a debt's receipt -> the signed statement still to come, if any.

        :param list receipts: as shown; one asked for at an earlier debt is the same
        """
        open_debts = [
            receipt
            for receipt in receipts
            if receipt.action == "debt" and not receipt.action_state
        ]
        if not open_debts:
            return {}
        statements = request.env["partner.statement"]
        # a colleague who asked may have moved on to another company
        asked = statements._signed_open(request.env.user.commercial_partner_id).sudo()
        by_company = {statement.company_id: statement for statement in asked}
        return {
            receipt.id: by_company.get(receipt.sudo().notification_id.company_id)
            for receipt in open_debts
        }

    # -- page --------------------------------------------------------------------------

    @http.route(
        ["/my/debt", "/my/debt/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_debt(self, page=1, **period):
        """Overdue documents of the reader's company and the way to pay them.

        :param period: begin, end, company_id, lang of the statement asked for last;
            earlier: id of one that was asked for already
        """
        partner = request.env.user.commercial_partner_id
        totals = self._totals(partner)
        counts = {}
        for company, _currency, _amount, count in totals:
            counts[company] = counts.get(company, 0) + count
        place = pager("/my/debt", sum(counts.values()), page, DOCUMENTS_A_PAGE)
        shown = self._overdue_documents(partner, counts, place["offset"])
        values = self._prepare_portal_layout_values() | {
            "page_name": "debt",
            "totals": [total for total in totals if total[2]],
            "is_overdue": any(total[2] > 0 for total in totals),
            "documents": self._with_invoices(shown),
            "pager": place,
            **self._statement_values(partner, period),
        }
        return request.render("partner_notifications.portal_my_debt", values)

    def _companies(self):
        """Our companies the reader deals with, as core has it for invoices."""
        return request.env.companies

    def _totals(self, partner):
        """(company, currency, amount, number of documents) of what is overdue."""
        ledger = request.env["partner.notification.ledger"]
        currencies = request.env["res.currency"].sudo()
        return [
            (company, currencies.browse(currency_id), float(amount), count)
            for company in self._companies()
            for currency_id, amount, count in ledger._overdue_totals(partner, company)
        ]

    def _overdue_documents(self, partner, counts, offset):
        """One page of the overdue documents, company by company.

        :param dict counts: company -> how many it has
        :param int offset: how many stand on the pages before
        """
        ledger = request.env["partner.notification.ledger"]
        shown = []
        for company, count in counts.items():
            left = DOCUMENTS_A_PAGE - len(shown)
            if left and offset < count:
                found = ledger._overdue_documents(partner, company, offset, left)
                shown += [document | {"company": company} for document in found]
            offset = max(0, offset - count)
        return shown

    def _with_invoices(self, documents):
        """The documents of a page with their invoice, where the reader may open it."""
        ids = [document["move_id"] for document in documents]
        readable = request.env["account.move"].search([("id", "in", ids)])
        by_id = {invoice.id: invoice for invoice in readable}
        # a portal user may not read what was tried to pay it before
        payable = (
            readable.sudo().filtered(lambda invoice: invoice._has_to_be_paid()).ids
        )
        currencies = request.env["res.currency"].sudo()
        return [
            document
            | {
                "invoice": by_id.get(document["move_id"]),
                "payable": document["move_id"] in payable,
                "currency": currencies.browse(document["currency_id"]),
                "amount": float(document["amount"]),
            }
            for document in documents
        ]

    def _statement_values(self, partner, period):
        """What the statement's form and the list of those asked for show."""
        company, begin, end, failure = self._read_period(period)
        statements = request.env["partner.statement"]
        asked = statements.search(
            [("commercial_partner_id", "=", partner.id)], limit=20
        )
        return {
            "companies": self._companies(),
            "company": company,
            "begin": begin,
            "end": end,
            "languages": request.env["res.lang"].get_installed(),
            "language": self._language(period.get("lang")),
            "failure": failure,
            "earlier": self._earlier(asked, period.get("earlier")),
            "is_long": period.get("long") and not failure,
            "has_place": statements._has_place(partner, company),
            # a colleague's person record may have moved on to another company
            "asked": asked.sudo(),
        }

    def _earlier(self, asked, word):
        """Who asked for a statement before the reader, and when, in a sentence.

        :param asked: partner.statement of the reader's company
        :param str word: id of one of them
        """
        statement = asked.filtered(lambda statement: str(statement.id) == word).sudo()
        return statement and request.env._(
            "It is asked for already: %(person)s, %(moment)s.",
            person=statement.person_id.name,
            moment=format_datetime(
                request.env,
                statement.create_date,
                tz=self._zone().zone,
                dt_format=MOMENT,
            ),
        )

    # -- statement ---------------------------------------------------------------------

    @http.route("/my/debt/statement", type="http", auth="user", website=True)
    def portal_debt_statement(self, **period):
        """The statement for a period, there at once.

        :param period: begin, end (ISO days), company_id, lang; all may be absent
        """
        partner = request.env.user.commercial_partner_id
        ledger = request.env["partner.notification.ledger"]
        try:
            company = self._company(period.get("company_id"))
            days = ledger._period(company, period.get("begin"), period.get("end"))
        except UserError:
            return self._back(period)  # the page says what is wrong with it
        if ledger._count_entries(partner, company, *days) > ROWS_AT_ONCE:
            return self._back(period, long=1)
        language = self._language(period.get("lang"))
        report = request.env["report.partner_notifications.report_statement"]
        content, kind = report.with_context(lang=language)._print(
            partner, company, *days
        )
        return self._file(content, kind, *days, language)

    @http.route(
        "/my/debt/statement/ask",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_debt_statement_ask(self, kind=None, **period):
        """Ask for a long statement as a file, or for a signed one; once.

        :param str kind: ``file`` or ``signed``
        """
        user = request.env.user
        if kind not in ("file", "signed"):
            return self._back(period)
        try:
            company = self._company(period.get("company_id"))
            statements = request.env["partner.statement"].sudo()
            statements = statements.with_context(
                lang=self._language(period.get("lang"))
            )
            statement, is_new = statements._ask(
                kind,
                user.commercial_partner_id,
                company.sudo(),
                user.partner_id,
                period.get("begin"),
                period.get("end"),
            )
        except UserError:
            return self._back(period)  # the page says what is wrong with it
        return self._back({}, **({} if is_new else {"earlier": statement.id}))

    @http.route(
        "/my/debt/statement/<int:statement_id>", type="http", auth="user", website=True
    )
    def portal_debt_statement_file(self, statement_id, **_kwargs):
        """The file of a statement prepared for the reader's company."""
        statement = request.env["partner.statement"].search(
            [("id", "=", statement_id), ("state", "=", "ready"), ("kind", "=", "file")]
        )
        if not statement:
            return request.redirect("/my/debt")
        # found through the record rule; its attachment has no rule of its own
        statement = statement.sudo()
        content = (
            statement.file
            and request.env["ir.binary"]
            .sudo()
            ._get_stream_from(statement, "file")
            .read()
        )
        days = (statement.begin, statement.end)
        return self._file(content, statement.file_type, *days, statement.lang)

    @http.route(
        "/my/notifications/<int:receipt_id>/statement",
        type="http",
        auth="user",
        website=True,
    )
    def portal_notification_statement(self, receipt_id, **_kwargs):
        """The statement from a debt notification: it is read and acted on by that."""
        receipt = self._own([receipt_id]).sudo()
        receipt._mark("seen_at", "read_at", "acted_at")
        company = receipt.notification_id.company_id & self._companies()
        return request.redirect_query(
            "/my/debt/statement", {"company_id": company.id} if company else {}
        )

    # -- words of an address -----------------------------------------------------------

    def _company(self, company_id):
        """The company a reader named, among the reader's own.

        :raises UserError: it is none of them
        """
        companies = self._companies()
        if not company_id:
            return request.env.company
        company = companies.filtered(lambda own: str(own.id) == str(company_id))
        if not company:
            raise UserError(
                request.env._("Choose one of the companies you buy from on this page.")
            )
        return company

    def _read_period(self, period):
        """(company, begin, end, failure) for the form; the default if it is faulty."""
        ledger = request.env["partner.notification.ledger"]
        try:
            company = self._company(period.get("company_id"))
            days = ledger._period(company, period.get("begin"), period.get("end"))
        except UserError as error:
            company = request.env.company
            return company, *ledger._period(company), str(error)
        return company, *days, None

    def _language(self, code):
        """A language a statement can be printed in; the reader's own unless named."""
        installed = dict(request.env["res.lang"].get_installed())
        return code if code in installed else request.env.lang or "en_US"

    # -- answers -----------------------------------------------------------------------

    def _back(self, period, **words):
        """To the page of the debt, with what was asked for still in the form."""
        names = ("company_id", "begin", "end", "lang")
        kept = {name: period[name] for name in names if period.get(name)}
        return request.redirect_query("/my/debt", kept | words)

    def _file(self, content, kind, begin, end, language):
        """A statement as an answer: shown by the browser, saved under its days.

        :param str language: of the statement, so of its name too
        """
        env = request.env(context={**request.env.context, "lang": language})
        name = env._(
            "Statement %(begin)s - %(end)s",
            begin=format_date(env, begin),
            end=format_date(env, end),
        )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", FILE_TYPES[kind]),
                ("Content-Length", len(content)),
                ("X-Content-Type-Options", "nosniff"),
                (
                    "Content-Disposition",
                    content_disposition(f"{name}.{kind}", disposition_type="inline"),
                ),
            ],
        )
