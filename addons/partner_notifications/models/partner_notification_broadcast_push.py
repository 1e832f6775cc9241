from collections import Counter

from odoo import models

# outcomes a sender is told; that a company was held out is not given away
REASONS = ("no_portal_user", "muted", "capped", "excluded", "inactive_topic")


class PartnerNotificationBroadcast(models.Model):
    """How far a push is, as its sender is told."""

    # one file a concern of the broadcast
    _inherit = "partner.notification.broadcast"  # pylint: disable=consider-merging-classes-inherited

    def _push_sent(self):
        """Companies told; who was held out for comparison is not given away."""
        return self.sent_count + self.hold_out_count

    def _push_dropped(self, recipients):
        """What became of recipients that got nothing.

        :param dict recipients: commercial partner id -> recipient as given
        """
        return [
            {
                "recipient": recipients[row.commercial_partner_id.id],
                "reason": row.outcome,
            }
            for row in self.notification_ids
            if row.outcome in REASONS
        ]

    def _push_status(self):
        """The answer of ``push_status`` for one broadcast."""
        reasons = Counter(self.notification_ids.mapped("outcome"))
        duplicates = self.duplicate_count
        dropped = {name: reasons[name] for name in REASONS if reasons[name]}
        if duplicates:
            dropped["duplicate"] = duplicates
        return {
            "broadcast_id": self.id,
            "state": self.state,
            "companies": self.company_count,
            "sent": self._push_sent(),
            "left": self.left_count,
            "dropped": [
                {"reason": reason, "companies": count}
                for reason, count in dropped.items()
            ],
        }
