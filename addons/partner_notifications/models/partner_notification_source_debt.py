from datetime import timedelta

from odoo import models
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)


class PartnerNotificationSourceDebt(models.AbstractModel):
    """Companies with overdue debt, from the ledger.

    Net overdue = open receivable debits due before today plus all open credits,
    whatever their date: who has paid without saying for what owes nothing.
    """

    _name = "partner.notification.source.debt"
    _inherit = "partner.notification.source"  # pylint: disable=consider-merging-classes-inherited
    _description = "Overdue debt"

    _source = "debt"
    _source_name = _lt("Overdue debt")

    def _placeholders(self):
        return {"amount"}

    def _pause(self):
        """Each day: the rhythm of the rule counts for each company by itself."""
        return timedelta(days=1)

    def _candidates(self, broadcast):
        """One row a debtor above the threshold whose rhythm has come round."""
        rule, today = broadcast.rule_id, broadcast._today()
        return SQL(
            """
            WITH debt AS (%(debt)s)
            SELECT debt.commercial_partner_id,
                   jsonb_build_object(
                       'amount', jsonb_build_object('money', debt.amounts)) AS values,
                   %(key)s AS dedup_key, debt.amount,
                   NULL::varchar AS res_model, NULL::integer AS res_id,
                   '/my/debt'::varchar AS url
              FROM debt
             WHERE debt.commercial_partner_id IN %(partners)s
               AND NOT EXISTS (
                   SELECT FROM partner_notification earlier
                    WHERE earlier.commercial_partner_id = debt.commercial_partner_id
                      AND earlier.company_id = %(company)s
                      AND earlier.topic_id = %(topic)s
                      AND earlier.outcome IN ('sent', 'hold_out')
                      AND earlier.create_date >= %(since)s
                   -- by index for each debtor, as the pipeline looks for duplicates
                   OFFSET 0)
            """,
            debt=self._debt_sql(broadcast.company_id, today, rule._threshold(today)),
            company=broadcast.company_id.id,
            key=f"wave:{broadcast.id}",
            partners=rule._partners_sql(),
            topic=broadcast.topic_id.id,
            # by days: a run a few minutes earlier in the day is not too early
            since=broadcast._day_start(today - timedelta(days=rule.every_days - 1)),
        )

    def _debt_sql(self, company, today, threshold):
        """SQL of the debtors of a company.

        :param date today: what is due on it is not late yet
        :param float threshold: in the company's currency
        :return: SQL of rows (commercial_partner_id, amount, amounts: JSON pairs of
            amount and currency id, the largest first)
        """
        ledger = self.env["partner.notification.ledger"]
        return SQL(
            """
            WITH open_lines AS (%(open_lines)s), by_currency AS (
                SELECT commercial_partner_id, currency_id,
                       SUM(amount_residual) AS amount,
                       SUM(amount_residual_currency) AS amount_currency
                  FROM open_lines GROUP BY commercial_partner_id, currency_id
            )
            SELECT commercial_partner_id, SUM(amount) AS amount,
                   jsonb_agg(jsonb_build_array(amount_currency, currency_id)
                             ORDER BY amount DESC)
                       FILTER (WHERE amount_currency > 0) AS amounts
              FROM by_currency GROUP BY commercial_partner_id
            HAVING SUM(amount) >= GREATEST(%(threshold)s, 0.01)
            """,
            open_lines=ledger._overdue_lines_sql(company, today),
            threshold=threshold,
        )
