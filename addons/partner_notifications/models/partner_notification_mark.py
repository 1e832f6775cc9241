import json

from odoo import api, fields, models
from odoo.tools import SQL


class PartnerNotificationMark(models.Model):
    """Something that may be worth telling: how it stood before it was changed.

    Business writes only leave a mark; a source compares old and new later, against
    the oldest mark of a record: ten changes are one notification, and what was moved
    back is none. Marks are added, never updated: a change made while a source looks
    at the earlier ones waits for nobody and is not taken away unseen.
    """

    _name = "partner.notification.mark"
    _description = "Change that may be told to a partner"
    _log_access = False

    source = fields.Char(required=True, help="The code of the source that looks at it.")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    res_id = fields.Integer(required=True)
    before = fields.Json(help="How it stood, as the source compares it.")
    left_at = fields.Datetime(help="When the change was made.")

    _source_idx = models.Index("(source, company_id, res_id, id)")

    @api.model
    def _leave(self, source, rows):
        """Mark records about to change.

        :param str source: code of the source
        :param rows: list of (company id, record id, how it stood before)
        """
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_mark
                          (source, company_id, res_id, before, left_at)
                   VALUES %s""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s::jsonb, %s)",
                        source,
                        company_id,
                        res_id,
                        json.dumps(before),
                        fields.Datetime.now(),
                    )
                    for company_id, res_id, before in rows
                ),
            )
        )

    @api.model
    def _oldest_sql(self, source, company, until=None):
        """SQL of the oldest mark of each record: rows (id, res_id, before).

        :param str source: code of the source
        :param company: res.company
        :param datetime until: only records not changed any more since then, naive UTC
        """
        return SQL(
            """SELECT DISTINCT ON (res_id) id, res_id, before
                 FROM partner_notification_mark
                WHERE source = %(source)s AND company_id = %(company)s AND %(settled)s
                ORDER BY res_id, id""",
            source=source,
            company=company.id,
            settled=self._settled_sql(source, company, until),
        )

    @api.model
    def _take_away(self, source, company, until=None):
        """Delete the marks this transaction sees: a source has looked at them.

        Later marks are not among them, so what changes meanwhile is looked at next.

        :param datetime until: as of ``_oldest_sql``
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM partner_notification_mark
                    WHERE source = %s AND company_id = %s AND %s""",
                source,
                company.id,
                self._settled_sql(source, company, until),
            )
        )

    @api.model
    def _exist(self, source, company, until=None):
        """Whether a source has marks to look at.

        :param datetime until: as of ``_oldest_sql``
        """
        rows = self.env.execute_query(
            SQL("SELECT EXISTS (%s)", self._oldest_sql(source, company, until))
        )
        return rows[0][0]

    def _settled_sql(self, source, company, until):
        """SQL condition: the record's last mark was left before ``until``."""
        if not until:
            return SQL("TRUE")
        return SQL(
            """res_id NOT IN (
                   SELECT res_id FROM partner_notification_mark
                    WHERE source = %s AND company_id = %s AND left_at >= %s)""",
            source,
            company.id,
            until,
        )

    @api.autovacuum
    def _gc_unwatched(self):
        """Delete marks that no active rule looks at: old news are told by nobody."""
        self.env["partner.notification.rule"].flush_model()
        self.env.cr.execute(
            SQL(
                """DELETE FROM partner_notification_mark mark WHERE NOT EXISTS (
                       SELECT FROM partner_notification_rule rule
                        WHERE rule.source = mark.source AND rule.active
                          AND rule.company_id = mark.company_id)"""
            )
        )
