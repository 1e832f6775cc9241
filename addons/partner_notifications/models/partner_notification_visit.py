from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEEP = timedelta(days=750)
DELETED_AT_ONCE = 50_000


class PartnerNotificationVisit(models.Model):
    """A day on which a person opened the Notifications section, once a day."""

    _name = "partner.notification.visit"
    _description = "Visit of the Notifications section"
    _order = "day desc, id desc"
    _log_access = False
    _rec_name = "day"

    user_id = fields.Many2one(
        "res.users", string="Person", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True, index=True, help="By the person's own calendar.")

    _day_unique = models.Constraint(
        "UNIQUE(user_id, day)", "A person's day is counted once."
    )

    @api.model
    def _note(self, user):
        """Count the person's day; a second tab or a reload counts no more."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_visit (user_id, company_id, day)
                   VALUES (%s, %s, %s) ON CONFLICT (user_id, day) DO NOTHING""",
                user.id,
                user.company_id.id,
                user._notification_today(),
            )
        )

    @api.autovacuum
    def _gc_old(self):
        """Forget visits older than two years, in chunks.

        :return: (rows deleted, 1 if there may be more), as the vacuum counts them
        """
        oldest = fields.Date.today() - KEEP
        old = self.search([("day", "<", oldest)], limit=DELETED_AT_ONCE)
        old.unlink()
        return len(old), int(len(old) == DELETED_AT_ONCE)
