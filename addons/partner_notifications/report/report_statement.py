from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

ROWS_AT_ONCE = 5_000  # more are printed by a job


class ReportStatement(models.AbstractModel):
    """The reconciliation statement (акт сверки), by the books of one company.

    Printed in the language of the context, in the Russian form: our side filled in,
    the partner's side left to be filled in by hand.
    """

    _name = "report.partner_notifications.report_statement"
    _description = "Reconciliation statement"

    def _get_report_values(self, docids, data=None):
        """What the page needs; rights are checked by the ledger.

        :param docids: ids of partners; a person stands for its company
        :param dict data: begin, end (ISO days), company_id; all may be absent
        :raises UserError: more than 5 000 rows outside a job
        """
        data = data or {}
        company = self.env.company
        if str(data.get("company_id") or "").isdigit():
            company = company.browse(int(data["company_id"]))
        begin, end = self.env["partner.notification.ledger"]._period(
            company, data.get("begin"), data.get("end")
        )
        partners = self.env["res.partner"].browse(docids).commercial_partner_id
        return {
            "statements": [
                self._statement(partner, company, begin, end) for partner in partners
            ],
            "title": self.env._("Reconciliation statement"),
            "no_pdf": data.get("no_pdf"),
        }

    def _statement(self, partner, company, begin, end):
        ledger = self.env["partner.notification.ledger"]
        self._check_length(partner, company, begin, end)
        found = ledger._sections(partner, company, begin, end)
        # whoever may read the balance may read the two names above it
        partner, company = partner.sudo(), company.sudo()
        end_day = format_date(self.env, end)
        return {
            **self._heading(partner, company),
            "period": self.env._(
                "for the period from %(begin)s to %(end)s",
                begin=format_date(self.env, begin),
                end=end_day,
            ),
            "sections": [self._section(section, company, end_day) for section in found],
        }

    def _heading(self, partner, company):
        """The sentences that name both sides; sentences, for each language's order."""
        names = (company.name, partner.name)
        return {
            "between": self.env._(
                "between %(company)s and %(partner)s",
                company=self._side(company),
                partner=self._side(partner),
            ),
            "preamble": self.env._(
                "We, the undersigned, on behalf of %(company)s on the one side and of"
                " %(partner)s on the other side, have drawn up this statement that the"
                " mutual settlements stand as follows by the books:",
                company=company.name,
                partner=partner.name,
            ),
            "books": [self.env._("By the books of %s", name) for name in names],
            "signed_for": [self.env._("For %s", name) for name in names],
        }

    def _side(self, who):
        """A side's name with its tax number, as HTML."""
        name = Markup("<b>%s</b>") % who.name
        if not who.vat:
            return name
        return self.env._("%(name)s, VAT %(vat)s", name=name, vat=who.vat)

    def _check_length(self, partner, company, begin, end):
        """A long statement does not keep a web worker busy."""
        # anybody may put a key into a context; only a job is the superuser
        if self.env.su and self.env.context.get("statement_by_job"):
            return
        count = self.env["partner.notification.ledger"]._count_entries(
            partner, company, begin, end
        )
        if count > ROWS_AT_ONCE:
            raise UserError(
                self.env._(
                    "The statement would have %(count)s rows, more than %(limit)s."
                    " Choose a shorter period, or have it prepared in the background.",
                    count=count,
                    limit=ROWS_AT_ONCE,
                )
            )

    def _section(self, section, company, end):
        currency = self.env["res.currency"].sudo().browse(section.currency_id)

        def words(amount):
            """An amount as the reader writes it; the currency stands above."""
            return formatLang(self.env, float(amount), digits=currency.decimal_places)

        def sides(amount):
            """The columns of debit and credit: a balance stands in one of them."""
            return words(max(amount, 0)), words(max(-amount, 0))

        kinds = self._kinds()
        return {
            "currency": currency.name,
            "opening": sides(section.opening),
            "rows": [
                {
                    "day": format_date(self.env, entry.day),
                    "document": f"{kinds[entry.kind]} {entry.number}",
                    "debit": words(entry.debit) if entry.debit else "",
                    "credit": words(entry.credit) if entry.credit else "",
                }
                for entry in section.entries
            ],
            "turnover": (words(section.debit), words(section.credit)),
            "closing": sides(section.closing),
            "verdict": self._verdict(section, company, currency, end),
        }

    def _kinds(self):
        return {
            "invoice": self.env._("Invoice"),
            "refund": self.env._("Credit note"),
            "payment": self.env._("Payment"),
            "entry": self.env._("Entry"),
        }

    def _verdict(self, section, company, currency, end):
        """Whose favour the closing balance is in, in words of the form, as HTML."""
        return self.env._(
            "By the books of %(company)s, on %(day)s %(balance)s.",
            company=company.name,
            day=end,
            balance=Markup("<b>%s</b>") % self._balance(section, company, currency),
        )

    def _balance(self, section, company, currency):
        amount = formatLang(
            self.env, abs(float(section.closing)), currency_obj=currency
        )
        if section.closing > 0:
            return self.env._(
                "the balance in favour of %(company)s is %(amount)s",
                company=company.name,
                amount=amount,
            )
        if section.closing < 0:
            return self.env._(
                "the balance in favour of the partner is %(amount)s", amount=amount
            )
        return self.env._("nobody owes anything")

    # -- printing ----------------------------------------------------------------------

    def _print(self, partner, company, begin, end):
        """The statement as a file, or as a page to print where no PDF can be made.

        Runs as whoever asks; the language is the context's.

        :param begin, end: dates
        :return: (bytes, "pdf" or "html")
        """
        report = self.env["ir.actions.report"]
        name = "partner_notifications.report_statement"
        values = {
            "begin": fields.Date.to_string(begin),
            "end": fields.Date.to_string(end),
            "company_id": company.id,
        }
        if report.get_wkhtmltopdf_state() in ("install", "broken"):
            values["no_pdf"] = True
            return report._render_qweb_html(name, partner.ids, data=values)[0], "html"
        return report._render_qweb_pdf(name, partner.ids, data=values)
