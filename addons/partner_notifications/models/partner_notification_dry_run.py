from odoo import fields, models
from odoo.tools import SQL

from .partner_notification import OUTCOMES

# who is held out is drawn when a wave starts: nobody can tell before
FORESEEN = [
    ("sent", "Would get it"),
    *(row for row in OUTCOMES if row[0] not in ("sent", "hold_out")),
    ("duplicate", "Dropped: got the very same before"),
]
# rows of one day get numbers of their own
ROWS_A_DAY = 10_000_000


class PartnerNotificationDryRun(models.Model):
    """What a rule would do now, and on the days its threshold changes.

    Asks the very SQL by which the pipeline decides; nothing is stored or sent. The
    rule is named by ``dry_run_rule_id`` of the context, without it there are no rows.
    On days to come it is taken that nobody pays until then.
    """

    _name = "partner.notification.dry.run"
    _description = "Dry run of a notification rule"
    _auto = False
    _order = "day, amount desc, id"
    _rec_name = "commercial_partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Partner", readonly=True
    )
    day = fields.Date(readonly=True)
    is_now = fields.Boolean(string="Now", readonly=True)
    threshold = fields.Float(
        string="Amount from", readonly=True, aggregator="min", help="As on the day."
    )
    outcome = fields.Selection(FORESEEN, readonly=True)
    amount = fields.Monetary(readonly=True, help="In the company's currency.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    hold_out = fields.Float(
        string="Held out, about",
        readonly=True,
        help="So many of them are left without it by lot; drawn when a wave starts.",
    )
    persons = fields.Integer(string="In the portal, persons", readonly=True)
    emails = fields.Integer(string="Copies by e-mail", readonly=True)
    sms = fields.Integer(string="Copies by SMS", readonly=True)

    @property
    def _table_query(self):
        rule = self.env["partner.notification.rule"].browse(
            self.env.context.get("dry_run_rule_id")
        )
        if not rule:
            return self._nothing_sql()
        rule.check_access("read")
        # the pipeline decides as superuser too: a clerk need not read the ledger
        rule = rule.sudo()
        # the SQL of a source reads tables that the ORM does not know to be asked
        self.env.flush_all()
        return SQL(" UNION ALL ").join(
            self._day_sql(wave, place) for place, wave in enumerate(rule._trials())
        )

    def _nothing_sql(self):
        """SQL of no row, with the columns of the model."""
        return SQL(
            """SELECT NULL::integer AS id, NULL::integer AS company_id,
                      NULL::integer AS commercial_partner_id, NULL::date AS day,
                      NULL::boolean AS is_now, NULL::float8 AS threshold,
                      NULL::varchar AS outcome, NULL::float8 AS amount,
                      NULL::float8 AS hold_out, NULL::integer AS persons,
                      NULL::integer AS emails, NULL::integer AS sms
                WHERE FALSE"""
        )

    def _day_sql(self, wave, place):
        """SQL of a trial's rows.

        :param wave: a new partner.notification.broadcast, as of ``_trials``
        :param int place: of the trial among the rule's
        """
        rule, day = wave.rule_id, wave._today()
        pipeline = wave.env["partner.notification.pipeline"]
        return SQL(
            """(
            WITH candidate AS (
                SELECT row_number() OVER (
                           ORDER BY commercial_partner_id, dedup_key) AS id, row.*
                  FROM (%(candidates)s) AS row
            ), decision (id, outcome) AS (%(decisions)s), reached AS (%(reached)s)
            SELECT %(first)s + candidate.id AS id, %(company)s AS company_id,
                   candidate.commercial_partner_id, %(day)s::date AS day,
                   %(is_now)s AS is_now, %(threshold)s::float8 AS threshold,
                   COALESCE(decision.outcome, 'duplicate')::varchar AS outcome,
                   candidate.amount::float8 AS amount,
                   CASE WHEN decision.outcome = 'sent'
                        THEN %(share)s::float8 / 100 END AS hold_out,
                   reached.persons, reached.emails, reached.sms
              FROM candidate
              LEFT JOIN decision USING (id)
              LEFT JOIN reached ON decision.outcome = 'sent'
               AND reached.commercial_partner_id = candidate.commercial_partner_id
            )""",
            candidates=rule._source_model()._candidates(wave),
            decisions=pipeline._decision_sql(wave, SQL("SELECT * FROM candidate")),
            reached=self._reached_sql(pipeline, wave.topic_id),
            first=place * ROWS_A_DAY,
            company=wave.company_id.id,
            day=day,
            is_now=place == 0,
            threshold=rule._threshold(day),
            share=rule.hold_out_share if wave.topic_id.allow_hold_out else 0,
        )

    def _reached_sql(self, pipeline, topic):
        """SQL of how many persons of a company get a copy, by channel.

        :return: rows (commercial_partner_id, persons, emails, sms)
        """
        return SQL(
            """WITH fresh AS (
                   SELECT DISTINCT candidate.commercial_partner_id
                     FROM candidate JOIN decision USING (id)
                    WHERE decision.outcome = 'sent'
               )
               SELECT fresh.commercial_partner_id, count(*) AS persons,
                      count(*) FILTER (WHERE wish.email) AS emails,
                      count(*) FILTER (WHERE wish.sms) AS sms
                 FROM fresh
                 JOIN LATERAL (%(persons)s) AS person
                   ON person.commercial_partner_id = fresh.commercial_partner_id
                 LEFT JOIN partner_notification_preference wish
                   ON wish.user_id = person.user_id AND wish.topic_id = %(topic)s
                  AND %(copies)s
                WHERE person.enabled GROUP BY fresh.commercial_partner_id""",
            persons=pipeline._persons_sql(topic),
            topic=topic.id,
            copies=topic.allow_copy,
        )
