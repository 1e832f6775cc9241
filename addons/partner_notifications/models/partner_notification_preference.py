from odoo import fields, models


class PartnerNotificationPreference(models.Model):
    """What a person wants of a topic; without a row: in the portal, no copies."""

    _name = "partner.notification.preference"
    _description = "A person's wishes on a notification topic"
    _order = "user_id, topic_id"
    _rec_name = "topic_id"

    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade"
    )
    topic_id = fields.Many2one(
        "partner.notification.topic", required=True, index=True, ondelete="cascade"
    )
    enabled = fields.Boolean(string="In the portal", default=True)
    email = fields.Boolean(string="Copy by e-mail")
    sms = fields.Boolean(string="Copy by SMS")

    _person_unique = models.Constraint(
        "UNIQUE(user_id, topic_id)", "A person has one choice a topic."
    )
