from odoo import api, fields, models
from odoo.tools import SQL


class PartnerNotificationPushDay(models.Model):
    """How many companies an outside system has asked to tell on a day.

    A row of its own that each push writes: of two at once the second is repeated and
    counts with the first, so that a day's limit is never passed.
    """

    _name = "partner.notification.push.day"
    _description = "Day of an outside system"
    _order = "day desc, id desc"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True, help="In the company's own calendar.")
    companies = fields.Integer(required=True)

    _sender_unique = models.Constraint(
        "UNIQUE(user_id, company_id, day)", "An outside system has one row a day."
    )

    @api.model
    def _add(self, wave):
        """Count the companies of a push for today.

        :param wave: partner.notification.broadcast of an outside system
        :return: whether they are within the day's limit; else they are not counted, for
            a clerk decides on them
        """
        limit = wave.company_id.notification_push_limit
        if wave.company_count > limit:
            return False
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_push_day AS counted
                          (user_id, company_id, day, companies)
                   VALUES (%(user)s, %(company)s, %(day)s, %(companies)s)
                   ON CONFLICT (user_id, company_id, day) DO UPDATE
                      SET companies = counted.companies + excluded.companies
                    WHERE counted.companies + excluded.companies <= %(limit)s""",
                user=wave.author_id.id,
                company=wave.company_id.id,
                day=wave._today(),
                companies=wave.company_count,
                limit=limit,
            )
        )
        within = bool(self.env.cr.rowcount)
        self.invalidate_model()
        return within
