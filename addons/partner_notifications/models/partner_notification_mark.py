import json

from odoo import fields, models
from odoo.tools import SQL


class PartnerNotificationMark(models.Model):
    """Something that may be worth telling: how it stood before it was changed.

    Business writes only leave a mark; a source compares old and new later. The oldest
    mark of a record stays until then, so that ten changes are one notification and
    what was moved back is none.
    """

    _name = "partner.notification.mark"
    _description = "Change that may be told to a partner"
    _log_access = False

    source = fields.Char(required=True, help="The code of the source that looks at it.")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    res_id = fields.Integer(required=True)
    before = fields.Json(help="How it stood, as the source compares it.")
    marked_at = fields.Datetime(required=True)

    _record_unique = models.Constraint(
        "UNIQUE(source, company_id, res_id)", "A record is marked once a source."
    )

    def _leave(self, source, rows):
        """Mark records that are not marked yet.

        :param str source: code of the source
        :param rows: list of (company id, record id, how it stood before)
        """
        if not rows:
            return
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_mark
                          (source, company_id, res_id, before, marked_at)
                   VALUES %s ON CONFLICT (source, company_id, res_id) DO NOTHING""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s::jsonb, %s)",
                        source,
                        company_id,
                        res_id,
                        json.dumps(before),
                        now,
                    )
                    for company_id, res_id, before in rows
                ),
            )
        )
