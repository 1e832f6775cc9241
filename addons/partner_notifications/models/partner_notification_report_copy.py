from odoo import fields, models
from odoo.tools import SQL

from .partner_notification_report import KINDS


class PartnerNotificationReport(models.Model):
    """Copies by e-mail and SMS; that they were read nobody knows."""

    _inherit = "partner.notification.report"  # pylint: disable=consider-merging-classes-inherited

    channel = fields.Selection(
        selection_add=[("email", "E-mail copies"), ("sms", "SMS copies")]
    )

    def _rows_sql(self):
        return [
            *super()._rows_sql(),
            self._channel_copies_sql(),
            self._ended_emails_sql(),
        ]

    def _channel_copies_sql(self):
        """Rows of copies that were handed over for sending."""
        return SQL(
            """SELECT copy.id::bigint * %s + 3, %s, copy.channel, 0, 0, 0, 1, 0, 0, 0,
                      0, NULL::float8, NULL::float8, NULL::float8, NULL::float8
                 FROM partner_notification_copy copy
                 JOIN partner_notification_receipt receipt
                   ON receipt.id = copy.receipt_id
                 JOIN partner_notification message
                   ON message.id = receipt.notification_id
                 LEFT JOIN partner_notification_broadcast wave
                   ON wave.id = message.broadcast_id
                WHERE copy.state = 'sent'""",
            KINDS,
            self._about_sql(),
        )

    def _ended_emails_sql(self):
        """Rows of persons who ended the e-mail copies, at the last one they got.

        Who switched the whole topic off is counted there already.
        """
        return SQL(
            """SELECT wish.id::bigint * %s + 4, %s, 'email', 0, 0, 0, 0, 0, 0, 0,
                      1, NULL::float8, NULL::float8, NULL::float8, NULL::float8
                 FROM partner_notification_preference wish
                CROSS JOIN LATERAL (
                      SELECT receipt.notification_id
                        FROM partner_notification_copy copy
                        JOIN partner_notification_receipt receipt
                          ON receipt.id = copy.receipt_id
                       WHERE copy.user_id = wish.user_id AND copy.channel = 'email'
                         AND copy.state = 'sent' AND receipt.topic_id = wish.topic_id
                       ORDER BY copy.id DESC LIMIT 1) last
                 JOIN partner_notification message ON message.id = last.notification_id
                 LEFT JOIN partner_notification_broadcast wave
                   ON wave.id = message.broadcast_id
                WHERE wish.email_ended_at IS NOT NULL AND wish.enabled""",
            KINDS,
            self._about_sql(),
        )
