from odoo import models
from odoo.tools import SQL


class PartnerNotificationPipeline(models.AbstractModel):
    """Who got the very same text lately is not told again, if the broadcast says so."""

    # one file a concern of the pipeline
    _inherit = "partner.notification.pipeline"  # pylint: disable=consider-merging-classes-inherited

    def _decide(self, wave, ids):
        """The outcome of each candidate that is neither a duplicate nor told lately."""
        if wave.leave_out_same and wave.origin == "upload":
            same = self._same_text(wave, ids)
            ids = [candidate for candidate in ids if candidate not in same]
        return super()._decide(wave, ids) if ids else {}

    def _same_text(self, wave, ids):
        """The candidates whose company got the same words with the same values.

        :return: set of candidate ids
        """
        self.env.cr.execute(
            SQL(
                """SELECT candidate.id
                     FROM partner_notification_candidate candidate
                     JOIN partner_notification_broadcast wave
                       ON wave.id = candidate.broadcast_id
                    WHERE candidate.id = ANY(%(ids)s) AND EXISTS (
                          SELECT FROM partner_notification earlier
                            JOIN partner_notification_broadcast other
                              ON other.id = earlier.broadcast_id
                           WHERE earlier.commercial_partner_id
                                 = candidate.commercial_partner_id
                             AND earlier.topic_id = wave.topic_id
                             AND earlier.company_id = wave.company_id
                             AND earlier.outcome = 'sent'
                             AND earlier.create_date >= %(since)s
                             AND other.id <> wave.id
                             AND other.subject = wave.subject
                             AND other.body = wave.body
                             AND COALESCE(earlier.values, '{}')
                                 = COALESCE(candidate.values, '{}'))""",
                ids=list(ids),
                since=wave._same_since(),
            )
        )
        return {row[0] for row in self.env.cr.fetchall()}
