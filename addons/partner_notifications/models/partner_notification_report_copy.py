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
        return [*super()._rows_sql(), self._channel_copies_sql()]

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
