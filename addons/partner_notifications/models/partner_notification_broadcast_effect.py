from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import statistics
from ..rules.effect import Arms

# bank statements of the last day are entered some days later
LATE_ENTRIES = timedelta(days=3)


class PartnerNotificationBroadcast(models.Model):
    """What the companies of waves did afterwards, told and held out.

    Companies are compared as they were drawn, whether anybody has read or not: only
    so the arms differ by nothing but the notification.
    """

    _inherit = "partner.notification.broadcast"  # pylint: disable=consider-merging-classes-inherited

    effect_ids = fields.One2many(
        "partner.notification.effect", "broadcast_id", readonly=True
    )
    effect_final = fields.Boolean(
        readonly=True,
        copy=False,
        help="What may count as its effect is entered.",
    )
    effect_warning = fields.Char(compute="_compute_effect_warning")

    @api.depends("sent_count", "hold_out_count", "hold_out_share", "state")
    @api.depends_context("lang")
    def _compute_effect_warning(self):
        for wave in self:
            measured = wave.state in ("done", "stopped") and wave.hold_out_share > 0
            small = statistics.too_few(wave.sent_count, wave.hold_out_count)
            wave.effect_warning = measured and small and wave._explain_too_few()

    def _explain_too_few(self):
        return self.env._(
            "This broadcast alone is too small to tell its effect: %(told)s companies"
            " were told and %(held_out)s held out, and each side needs %(least)s. Look"
            " at the month of the rule under Figures, or hold out a larger share.",
            told=self.sent_count,
            held_out=self.hold_out_count,
            least=statistics.LEAST_AN_ARM,
        )

    def action_open_effect(self):
        """Show what the broadcast brought, against the held-out companies.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_notifications.effect_action"
        )
        return action | {"domain": [("broadcast_id", "=", self.id)], "context": {}}

    # -- time --------------------------------------------------------------------------

    def _effect_days(self):
        """For how many days waves of one rule, or one wave, are watched.

        Not longer than the rule rests: then the held-out companies may be told.
        """
        days = self.company_id.notification_effect_days
        return min(days, self.rule_id.every_days) if self.rule_id else days

    def _effect_is_over(self):
        """Whether what counts as the effect of one wave is entered by now."""
        watched = timedelta(days=self._effect_days() + 1) + LATE_ENTRIES
        return self.started_at + watched <= fields.Datetime.now()

    # -- what they did -----------------------------------------------------------------

    def _measure(self):
        """What the companies of these waves did, by measure.

        :return: dict measure of ``partner.notification.effect`` -> Arms
        """
        if self.topic_id.action == "debt":
            return self._measure_debt()
        return self._measure_orders()

    def _measure_debt(self):
        """Whether they paid all they owed, how much they paid, and what they owed.

        :return: dict measure -> Arms; ``owed`` is what stood open at the wave
        """
        rows = self.env.execute_query(self._paid_sql())
        return {
            "settled": _arms((told, owed - paid < 0.01) for told, owed, paid in rows),
            "paid": _arms((told, paid) for told, owed, paid in rows),
            "owed": _arms((told, owed) for told, owed, paid in rows),
        }

    def _measure_orders(self):
        """Whether they ordered, and for how much.

        :return: dict measure -> Arms
        """
        rows = self.env.execute_query(self._ordered_sql())
        return {
            "ordered": _arms((told, orders > 0) for told, orders, _amount in rows),
            "turnover": _arms((told, amount) for told, _orders, amount in rows),
        }

    def _decided_sql(self):
        """SQL of the companies drawn: rows (id, ..., told, day of the company)."""
        return SQL(
            """SELECT id, company_id, commercial_partner_id, amount, res_model, res_id,
                      create_date, outcome = 'sent' AS told,
                      (create_date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day
                 FROM partner_notification
                WHERE broadcast_id IN %s AND outcome IN ('sent', 'hold_out')""",
            self._zone().zone,
            tuple(self.ids),
        )

    def _paid_sql(self):
        """SQL of rows (told, owed, paid), one a decision; company currency.

        Paid is what was reconciled, with a date within the days, with lines that were
        overdue at the wave; at most what was told. Credits from before have earlier
        dates and do not count.
        """
        return SQL(
            """
            WITH decided AS (%(decided)s), payment AS (%(payments)s), paid AS (
                SELECT decided.id, SUM(payment.amount) AS amount
                  FROM decided JOIN payment USING (commercial_partner_id)
                 WHERE payment.due < decided.day
                   AND payment.max_date >= decided.day
                   AND payment.max_date <= decided.day + %(days)s
                 GROUP BY decided.id
            )
            SELECT decided.told, decided.amount::float8,
                   LEAST(decided.amount, COALESCE(paid.amount, 0))::float8
              FROM decided LEFT JOIN paid USING (id)
             WHERE decided.amount > 0 ORDER BY decided.id
            """,
            decided=self._decided_sql(),
            payments=self._payments_sql(),
            days=self._effect_days(),
        )

    def _payments_sql(self):
        """SQL of what was reconciled with receivables in the days of ``decided``.

        :return: rows (commercial_partner_id, amount, max_date, due)
        """
        return SQL(
            """SELECT partner.commercial_partner_id, partial.amount, partial.max_date,
                      COALESCE(line.date_maturity, line.date) AS due
                 FROM account_partial_reconcile partial
                 JOIN account_move_line line ON line.id = partial.debit_move_id
                 JOIN account_account account ON account.id = line.account_id
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.company_id = %s AND line.parent_state = 'posted'
                  AND account.account_type = 'asset_receivable'
                  AND account.non_trade IS NOT TRUE
                  AND partial.max_date >= (SELECT MIN(day) FROM decided)
                  AND partial.max_date <= (SELECT MAX(day) + %s FROM decided)""",
            self.company_id.id,
            self._effect_days(),
        )

    def _ordered_sql(self):
        """SQL of rows (told, orders, amount without tax), one a decision.

        Of a notification about a product only that product counts. Amounts are in
        the company's currency at the order's rate.
        """
        return SQL(
            """
            WITH subject AS (
                SELECT decided.*, %(product)s AS product_id
                  FROM (%(decided)s) AS decided
            ), bought AS (
                SELECT subject.id, COUNT(DISTINCT sale.id) AS orders,
                       SUM(line.price_subtotal / COALESCE(
                           NULLIF(sale.currency_rate, 0), 1)) AS amount
                  FROM subject
                  JOIN res_partner buyer USING (commercial_partner_id)
                  JOIN sale_order sale ON sale.partner_id = buyer.id
                  JOIN sale_order_line line ON line.order_id = sale.id
                 WHERE sale.company_id = subject.company_id AND sale.state = 'sale'
                   AND sale.date_order > subject.create_date
                   AND sale.date_order
                       <= subject.create_date + %(days)s * INTERVAL '1 day'
                   AND line.product_id
                       = COALESCE(subject.product_id, line.product_id)
                   AND line.display_type IS NULL
                 GROUP BY subject.id
            )
            SELECT subject.told, COALESCE(bought.orders, 0),
                   COALESCE(bought.amount, 0)::float8
              FROM subject LEFT JOIN bought USING (id) ORDER BY subject.id
            """,
            decided=self._decided_sql(),
            days=self._effect_days(),
            product=self._product_sql(),
        )

    def _product_sql(self):
        """SQL of the product a decision is about; NULL if it is about none.

        That is a product itself, or what a record with a product names, such as an
        entry of a waitlist; of a record that is gone nothing counts any more.
        """
        groups = self.env["partner.notification"]._read_group(
            [("broadcast_id", "in", self.ids), ("res_model", "in", list(self.env))],
            ["res_model"],
        )
        cases = [self._product_of_sql(self.env[name]) for [name] in groups]
        return SQL("COALESCE(%s)", SQL(", ").join([SQL("NULL::integer"), *cases]))

    def _product_of_sql(self, model):
        """SQL of the product a decision is about, if it is about a record of a model.

        :param model: an empty recordset
        """
        field = model._fields.get("product_id")
        if model._name == "product.product":
            product = SQL("decided.res_id")
        elif field and field.store:
            product = SQL(
                "COALESCE((SELECT product_id FROM %s WHERE id = decided.res_id), 0)",
                SQL.identifier(model._table),
            )
        else:
            return SQL("NULL")
        return SQL("CASE WHEN decided.res_model = %s THEN %s END", model._name, product)


def _arms(rows):
    """Arms from rows (told, number)."""
    arms = Arms([], [])
    for told, number in rows:
        (arms.told if told else arms.held_out).append(float(number))
    return arms
