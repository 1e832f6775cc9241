from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..rules import statement

KINDS = {
    "out_invoice": "invoice",
    "out_receipt": "invoice",
    "out_refund": "refund",
}


class PartnerNotificationLedger(models.AbstractModel):
    """What a commercial partner owes one of our companies, read from the ledger.

    Trade receivables of posted entries; what a person or a branch bought belongs to
    its commercial partner. Everything is read in one statement of SQL, so each door
    asks ``_check_reader`` first.
    """

    _name = "partner.notification.ledger"
    _description = "Receivables of a partner"

    # -- rights ------------------------------------------------------------------------

    def _check_reader(self, partner, company):
        """Whether the current user may read what a partner owes a company.

        Partners read what their own company owes; staff need to read the ledger.

        :raises AccessError: naming the partner's id only: its name may be a secret
        """
        if self.env.su:
            return
        user = self.env.user
        own = user._is_portal() and partner == user.sudo().commercial_partner_id
        staff = user._is_internal() and (
            user.has_group("account.group_account_readonly")
            or user.has_group("account.group_account_invoice")
        )
        if company not in self.env.companies or not (own or staff):
            raise AccessError(
                self.env._(
                    "The balance of partner %s is not yours to read. Ask the partner's"
                    " own people or an accountant for it.",
                    partner.id,
                )
            )

    def _today(self, company):
        """The date of a company's own calendar now."""
        zone = company.sudo().partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    # -- overdue -----------------------------------------------------------------------

    def _overdue_lines_sql(self, company, today):
        """SQL of what makes up overdue debt: late debits and all open credits.

        :param company: res.company whose ledger is read
        :param today: date; what is due on it is not late yet
        :return: rows (commercial_partner_id, currency_id, amount_residual,
            amount_residual_currency, move_id, due: of a credit the day it is of)
        """
        return SQL(
            """SELECT partner.commercial_partner_id, line.currency_id,
                      line.amount_residual, line.amount_residual_currency,
                      line.move_id,
                      CASE WHEN line.amount_residual < 0 THEN line.date
                           ELSE COALESCE(line.date_maturity, line.date) END AS due
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.company_id = %(company)s
                  AND line.parent_state = 'posted'
                  AND line.reconciled IS NOT TRUE
                  AND account.account_type = 'asset_receivable'
                  AND account.non_trade IS NOT TRUE
                  AND (line.amount_residual < 0
                       OR COALESCE(line.date_maturity, line.date) < %(today)s)
                  AND %(followup)s""",
            company=company.id,
            today=today,
            followup=SQL("line.no_followup IS NOT TRUE")
            if company.notification_respect_no_followup
            else SQL("TRUE"),
        )

    def _overdue_totals(self, partner, company):
        """What a notification of debt tells: late debits less all open credits.

        :return: list of (currency id, Decimal amount, number of documents)
        """
        self._check_reader(partner, company)
        company = company.sudo()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_id, SUM(amount_residual_currency)::text,
                          COUNT(DISTINCT move_id)
                     FROM (%s) overdue WHERE commercial_partner_id = %s
                    GROUP BY currency_id ORDER BY currency_id""",
                self._overdue_lines_sql(company, self._today(company)),
                partner.id,
            )
        )
        return [(currency, Decimal(amount), count) for currency, amount, count in rows]

    def _overdue_documents(self, partner, company, offset=0, limit=None):
        """What a partner has not paid in time, and what it paid for nothing yet.

        :param int offset, limit: which of them; None: all
        :return: dicts with currency_id, move_id, number, due (date) and amount, below
            zero where it was paid; the oldest first. ``_overdue_totals`` sums them.
        """
        self._check_reader(partner, company)
        company = company.sudo()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT overdue.currency_id, overdue.move_id, move.name AS number,
                          MIN(overdue.due) AS due,
                          SUM(overdue.amount_residual_currency)::text AS amount
                     FROM (%s) overdue
                     JOIN account_move move ON move.id = overdue.move_id
                    WHERE overdue.commercial_partner_id = %s
                    GROUP BY overdue.currency_id, overdue.move_id, move.name
                    ORDER BY MIN(overdue.due), overdue.move_id, overdue.currency_id
                    LIMIT %s OFFSET %s""",
                self._overdue_lines_sql(company, self._today(company)),
                partner.id,
                limit,
                offset,
            )
        )
        return [
            document | {"amount": Decimal(document["amount"])}
            for document in self.env.cr.dictfetchall()
        ]

    # -- statement ---------------------------------------------------------------------

    def _period(self, company, begin=None, end=None):
        """The days of a statement; this year up to today unless said otherwise.

        :param begin, end: dates or their ISO words; both days are in it
        :raises UserError: they are no dates, or it ends before it begins
        """
        try:
            return statement.period(
                fields.Date.to_date(begin or None),
                fields.Date.to_date(end or None),
                self._today(company),
            )
        except statement.PeriodError as error:
            raise UserError(
                self.env._(
                    "The period from %(begin)s to %(end)s ends before it begins."
                    " Exchange the days.",
                    begin=format_date(self.env, error.args[0]),
                    end=format_date(self.env, error.args[1]),
                )
            ) from error
        except ValueError as error:
            raise UserError(
                self.env._("Write the days of the period as in 2026-01-31.")
            ) from error

    def _sections(self, partner, company, begin, end):
        """A partner's statement for a period, a section a currency.

        :return: list of ``rules.statement.Section``
        """
        self._check_reader(partner, company)
        self.env.flush_all()
        openings = self.env.execute_query(
            SQL(
                "SELECT line.currency_id, SUM(line.amount_currency)::text %s"
                " AND line.date < %s GROUP BY line.currency_id",
                self._receivables_sql(partner, company),
                begin,
            )
        )
        return statement.sections(
            {currency_id: Decimal(amount) for currency_id, amount in openings},
            self._entries(partner, company, begin, end),
            company.sudo().currency_id.id,
        )

    def _entries(self, partner, company, begin, end):
        """(currency id, Entry) of each document of a period, in order of days."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.currency_id, line.date, move.name, move.move_type,
                          move.origin_payment_id IS NOT NULL
                              OR move.statement_line_id IS NOT NULL
                              OR journal.type IN ('bank', 'cash', 'credit'),
                          SUM(line.amount_currency)::text
                     %s AND line.date BETWEEN %s AND %s
                    GROUP BY line.currency_id, line.date, move.id, journal.id
                   HAVING SUM(line.amount_currency) <> 0
                    ORDER BY line.currency_id, line.date, move.id""",
                self._receivables_sql(partner, company),
                begin,
                end,
            )
        )
        for currency_id, day, number, move_type, is_payment, amount in rows:
            kind = "payment" if is_payment else KINDS.get(move_type, "entry")
            yield currency_id, statement.Entry(day, number, kind, Decimal(amount))

    def _count_entries(self, partner, company, begin, end):
        """How many rows a statement would have, about."""
        self._check_reader(partner, company)
        self.env.flush_all()
        ((count,),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(DISTINCT move.id) %s AND line.date BETWEEN %s AND %s",
                self._receivables_sql(partner, company),
                begin,
                end,
            )
        )
        return count

    def _receivables_sql(self, partner, company):
        """SQL from FROM on: a commercial partner's trade receivables in a company."""
        return SQL(
            """FROM account_move_line line
               JOIN account_move move ON move.id = line.move_id
               JOIN account_journal journal ON journal.id = move.journal_id
               JOIN account_account account ON account.id = line.account_id
              WHERE line.partner_id IN (
                    SELECT id FROM res_partner WHERE commercial_partner_id = %s)
                AND line.company_id = %s
                AND line.parent_state = 'posted'
                AND account.account_type = 'asset_receivable'
                AND account.non_trade IS NOT TRUE""",
            partner.id,
            company.id,
        )
