from odoo import fields, models


class PartnerNotificationCorrection(models.Model):
    """The words of a notification before they were corrected or withdrawn.

    Written by ``partner.notification`` only: the journal keeps both.
    """

    _name = "partner.notification.correction"
    _description = "Correction of a notification"
    _order = "id desc"

    notification_id = fields.Many2one(
        "partner.notification", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("corrected", "Corrected"), ("withdrawn", "Withdrawn")], required=True
    )
    subject = fields.Char(string="Subject before", translate=True)
    body = fields.Text(string="Text before", translate=True)
    reason = fields.Char(required=True)
