from collections import Counter

from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# outcomes a sender is told; that a company was held out is not given away
REASONS = ("no_portal_user", "muted", "capped", "excluded", "inactive_topic")

# why a recipient was left out before there was anything to decide on
LEFT_OUT = {
    "unknown": _lt("not known: %s"),
    "ambiguous": _lt("several companies fit: %s"),
    "no_right": _lt("of another company: %s"),
    "duplicate": _lt("have had it or are about to get it: %s"),
}


class PartnerNotificationBroadcast(models.Model):
    """How far a push is, as its sender and the clerk who approves it are told."""

    # one file a concern of the broadcast
    _inherit = "partner.notification.broadcast"  # pylint: disable=consider-merging-classes-inherited

    left_out = fields.Char(
        string="Left out at once",
        compute="_compute_left_out",
        help="Recipients that the outside system named and nobody was found for.",
    )

    @api.depends("report", "origin")
    @api.depends_context("lang")
    def _compute_left_out(self):
        sentences = {reason: self.env._(text) for reason, text in LEFT_OUT.items()}
        for wave in self:
            report = wave.report or {} if wave.origin == "push" else {}
            wave.left_out = "; ".join(
                sentence % report[reason]
                for reason, sentence in sentences.items()
                if report.get(reason)
            )

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
