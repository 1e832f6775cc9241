from odoo import fields, models
from odoo.tools import SQL

from .partner_notification import OUTCOMES
from .partner_notification_broadcast import ORIGINS

CHANNELS = [("decision", "Companies"), ("portal", "Portal, persons")]
# rows of another kind get numbers of their own
KINDS = 5


class PartnerNotificationReport(models.Model):
    """Figures by topic, rule, wave, channel and period.

    One row a decision on a company (sent, held out, dropped and why), one a person's
    copy (seen, read, acted on) and one a person who switched the topic off: counted
    at the wave whose copy of the topic was that person's last before; who ended the
    e-mail copies only counts in that channel. Shares are of the copies; a period is
    that of the decision.
    """

    _name = "partner.notification.report"
    _description = "Figures of notifications"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "topic_id"

    date = fields.Datetime(string="When", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    topic_id = fields.Many2one("partner.notification.topic", readonly=True)
    rule_id = fields.Many2one("partner.notification.rule", readonly=True)
    broadcast_id = fields.Many2one("partner.notification.broadcast", readonly=True)
    origin = fields.Selection(ORIGINS, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    sent = fields.Integer(readonly=True, help="Companies.")
    held_out = fields.Integer(readonly=True, help="Companies.")
    dropped = fields.Integer(readonly=True, help="Companies.")
    persons = fields.Integer(readonly=True, help="Copies in the portal.")
    seen = fields.Integer(readonly=True, help="The title was on the screen; persons.")
    read = fields.Integer(readonly=True, help="Persons.")
    acted = fields.Integer(string="Acted on", readonly=True, help="Persons.")
    unsubscribed = fields.Integer(
        string="Switched off", readonly=True, help="Persons who want the topic no more."
    )
    seen_share = fields.Float(
        string="Seen, %", readonly=True, aggregator="avg", help="Of the copies."
    )
    read_share = fields.Float(
        string="Read, %", readonly=True, aggregator="avg", help="Of the copies."
    )
    acted_share = fields.Float(
        string="Acted on, %", readonly=True, aggregator="avg", help="Of the copies."
    )
    hours_to_read = fields.Float(
        readonly=True, aggregator="avg", help="From sending, of those who have read."
    )

    _depends = {
        "partner.notification": [
            "company_id",
            "topic_id",
            "broadcast_id",
            "outcome",
            "create_date",
        ],
        "partner.notification.receipt": [
            "notification_id",
            "partner_id",
            "seen_at",
            "read_at",
            "acted_at",
        ],
        "partner.notification.broadcast": ["rule_id", "origin"],
        "partner.notification.preference": [
            "user_id",
            "topic_id",
            "enabled",
            "email_ended_at",
        ],
    }

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._rows_sql())

    def _rows_sql(self):
        """Each kind's rows; all with the same columns in the same order.

        :return: list of SQL
        """
        return [self._decisions_sql(), self._copies_sql(), self._switched_off_sql()]

    def _about_sql(self):
        """SQL of the columns that say what a row is about."""
        return SQL(
            """message.create_date AS date, message.company_id, message.topic_id,
               wave.rule_id, message.broadcast_id, wave.origin, message.outcome"""
        )

    def _decisions_sql(self):
        """Rows of companies: sent, held out or dropped."""
        return SQL(
            """SELECT message.id::bigint * %s AS id, %s, 'decision' AS channel,
                      (message.outcome = 'sent')::int AS sent,
                      (message.outcome = 'hold_out')::int AS held_out,
                      (message.outcome NOT IN ('sent', 'hold_out', 'withdrawn'))::int
                          AS dropped,
                      0 AS persons, 0 AS seen, 0 AS read, 0 AS acted,
                      0 AS unsubscribed, NULL::float8 AS seen_share,
                      NULL::float8 AS read_share, NULL::float8 AS acted_share,
                      NULL::float8 AS hours_to_read
                 FROM partner_notification message
                 LEFT JOIN partner_notification_broadcast wave
                   ON wave.id = message.broadcast_id""",
            KINDS,
            self._about_sql(),
        )

    def _copies_sql(self):
        """Rows of persons: what they did with their copy in the portal."""
        return SQL(
            """SELECT copy.id::bigint * %s + 1, %s, 'portal', 0, 0, 0, 1,
                      (copy.seen_at IS NOT NULL)::int,
                      (copy.read_at IS NOT NULL)::int,
                      (copy.acted_at IS NOT NULL)::int, 0,
                      100.0 * (copy.seen_at IS NOT NULL)::int,
                      100.0 * (copy.read_at IS NOT NULL)::int,
                      100.0 * (copy.acted_at IS NOT NULL)::int,
                      EXTRACT(EPOCH FROM copy.read_at - message.create_date)::float8
                          / 3600
                 FROM partner_notification_receipt copy
                 JOIN partner_notification message ON message.id = copy.notification_id
                 LEFT JOIN partner_notification_broadcast wave
                   ON wave.id = message.broadcast_id""",
            KINDS,
            self._about_sql(),
        )

    def _switched_off_sql(self):
        """Rows of persons who switched a topic off, at their last copy of it."""
        return SQL(
            """SELECT wish.id::bigint * %s + 2, %s, 'portal', 0, 0, 0, 0, 0, 0, 0, 1,
                      NULL::float8, NULL::float8, NULL::float8, NULL::float8
                 FROM partner_notification_preference wish
                 JOIN res_users portal_user ON portal_user.id = wish.user_id
                 JOIN res_partner person ON person.id = portal_user.partner_id
                CROSS JOIN LATERAL (
                      SELECT last.notification_id
                        FROM partner_notification_receipt last
                       WHERE last.commercial_partner_id = person.commercial_partner_id
                         AND last.partner_id = person.id
                         AND last.topic_id = wish.topic_id
                       ORDER BY last.notification_id DESC LIMIT 1) copy
                 JOIN partner_notification message ON message.id = copy.notification_id
                 LEFT JOIN partner_notification_broadcast wave
                   ON wave.id = message.broadcast_id
                WHERE wish.enabled IS NOT TRUE""",
            KINDS,
            self._about_sql(),
        )
