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
                          (source, company_id, res_id, before)
                   VALUES %s""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s::jsonb)",
                        source,
                        company_id,
                        res_id,
                        json.dumps(before),
                    )
                    for company_id, res_id, before in rows
                ),
            )
        )

    @api.model
    def _oldest_sql(self, source, company):
        """SQL of the oldest mark of each record: rows (id, res_id, before).

        :param str source: code of the source
        :param company: res.company
        """
        return SQL(
            """SELECT DISTINCT ON (res_id) id, res_id, before
                 FROM partner_notification_mark
                WHERE source = %s AND company_id = %s
                ORDER BY res_id, id""",
            source,
            company.id,
        )

    @api.model
    def _take_away(self, source, company):
        """Delete the marks this transaction sees: a source has looked at them.

        Later marks are not among them, so what changes meanwhile is looked at next.
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM partner_notification_mark
                    WHERE source = %s AND company_id = %s""",
                source,
                company.id,
            )
        )
