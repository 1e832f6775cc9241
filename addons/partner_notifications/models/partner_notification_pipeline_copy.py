from odoo import fields, models
from odoo.tools import SQL


class PartnerNotificationPipeline(models.AbstractModel):
    """The pipeline's last step: copies for the persons who asked for them."""

    _inherit = "partner.notification.pipeline"  # pylint: disable=consider-merging-classes-inherited

    def _store_receipts(self, wave, sent_ids):
        result = super()._store_receipts(wave, sent_ids)
        if sent_ids and wave.topic_id.allow_copy and self._store_copies(wave, sent_ids):
            self.env.ref("partner_notifications.ir_cron_copies")._trigger()
        return result

    def _store_copies(self, wave, sent_ids):
        """A waiting copy a channel for each person who wants one of this topic.

        :return: number of copies stored
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO partner_notification_copy
                       (receipt_id, company_id, user_id, channel, state, due_at)
                SELECT receipt.id, %(company)s, person.id, channel.name, 'waiting',
                       %(now)s::timestamp
                  FROM partner_notification_preference wish
                  JOIN res_users person ON person.id = wish.user_id AND person.active
                  JOIN partner_notification_receipt receipt
                    ON receipt.partner_id = person.partner_id
                  CROSS JOIN LATERAL (VALUES ('email', wish.email), ('sms', wish.sms))
                       AS channel (name, wanted)
                 WHERE wish.topic_id = %(topic)s AND (wish.email OR wish.sms)
                   AND channel.wanted AND receipt.notification_id IN %(sent)s
                ON CONFLICT (receipt_id, channel) DO NOTHING
                """,
                company=wave.company_id.id,
                now=fields.Datetime.now(),
                topic=wave.topic_id.id,
                sent=tuple(sent_ids),
            )
        )
        return self.env.cr.rowcount
