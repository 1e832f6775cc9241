from odoo import fields, models


class PartnerNotificationCorrectWords(models.TransientModel):
    """The new words in one language."""

    _name = "partner.notification.correct.words"
    _description = "New words of a notification"

    wizard_id = fields.Many2one(
        "partner.notification.correct", required=True, ondelete="cascade"
    )
    lang = fields.Char(required=True)
    language = fields.Char(required=True)
    subject = fields.Char(required=True)
    body = fields.Text(string="Text", required=True)
