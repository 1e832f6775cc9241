from odoo import models
from odoo.http import request

BADGE_MOST = 99


class ResUsers(models.Model):
    """A person's notifications: how many are new."""

    _inherit = "res.users"

    def _notification_badge(self):
        """How many notifications the person has not read.

        Counted from the rows by their partial index, no further than is shown.

        :return: text: empty, "1" to "99", or "99+"
        """
        self.ensure_one()
        receipts = self.env["partner.notification.receipt"].with_user(self)
        count = receipts.search_count(
            receipts._current() & receipts._unread(), limit=BADGE_MOST + 1
        )
        if count > BADGE_MOST:
            return f"{BADGE_MOST}+"
        return str(count or "")

    def _notification_badge_once(self):
        """The badge of the page being built: counted once, shown twice with website."""
        if not hasattr(request, "notification_badge"):
            request.notification_badge = self._notification_badge()
        return request.notification_badge
