import pytz

from odoo import fields, models
from odoo.http import request
from odoo.tools import SQL

from ..rules import quiet_hours

BADGE_MOST = 99


class ResUsers(models.Model):
    """A person's notifications: how many are new, when copies may come."""

    _inherit = "res.users"

    notification_quiet_from = fields.Float(
        string="Quiet from",
        help="An hour of the person's day: from then on no copies of notifications by"
        " e-mail or SMS; they come when the quiet hours end.",
    )
    notification_quiet_to = fields.Float(
        string="Quiet until", help="The same hour as the beginning: no quiet hours."
    )

    _notification_quiet_hours = models.Constraint(
        "CHECK(COALESCE(notification_quiet_from, 0) BETWEEN 0 AND 24"
        " AND COALESCE(notification_quiet_to, 0) BETWEEN 0 AND 24)",
        "Quiet hours begin and end at an hour of the day, from 0 to 24.",
    )

    def _notification_badge(self):
        """How many notifications the person has not read.

        :return: text: empty, "1" to "99", or "99+"; of staff: empty
        """
        self.ensure_one()
        if not self._is_portal():
            return ""
        count = self._count_unread()
        if count > BADGE_MOST:
            return f"{BADGE_MOST}+"
        return str(count or "")

    def _count_unread(self):
        """How many current notifications are unread, counted no further than is shown.

        What ``receipt._current() & _unread()`` and the portal's record rule find, by
        its partial index. In SQL: it is asked on every page, and the same domain takes
        the ORM longer to put together than the database to answer.
        """
        self.env["partner.notification.receipt"].flush_model()
        person = self.partner_id
        [(count,)] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM (
                       SELECT FROM partner_notification_receipt
                        WHERE partner_id = %(person)s
                          AND commercial_partner_id = %(company)s
                          AND read_at IS NULL AND archived_at IS NULL
                          AND appear_at <= %(now)s
                          AND (valid_until IS NULL OR valid_until > %(now)s)
                        LIMIT %(most)s) AS unread""",
                person=person.id,
                company=person.commercial_partner_id.id,
                now=fields.Datetime.now(),
                most=BADGE_MOST + 1,
            )
        )
        return count

    def _notification_badge_once(self):
        """The badge of the page being built: counted once, shown twice with website."""
        if not hasattr(request, "notification_badge"):
            request.notification_badge = self._notification_badge()
        return request.notification_badge

    def _notification_zone(self):
        """The person's time zone, else the company's, else UTC, as a pytz zone."""
        self.ensure_one()
        return pytz.timezone(self.tz or self.company_id.partner_id.tz or "UTC")

    def _notification_today(self):
        """The date of the person's own calendar now."""
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(self._notification_zone()).date()

    def _notification_quiet_until(self, moment):
        """When the quiet hours that hold a moment are over.

        :param datetime moment: naive UTC
        :return: naive UTC, or None outside quiet hours
        """
        zone = self._notification_zone()
        local = pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)
        end = quiet_hours.end(
            local, self.notification_quiet_from, self.notification_quiet_to
        )
        return end and zone.localize(end).astimezone(pytz.utc).replace(tzinfo=None)
