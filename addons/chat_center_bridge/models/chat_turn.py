from odoo import fields, models


class ChatTurn(models.Model):
    """A burst of the customer's messages, and when a human replied to it."""

    _name = "chat.turn"
    _description = "Question and reply of a conversation"
    _order = "id"

    conversation_id = fields.Many2one(
        "discuss.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    segment_id = fields.Many2one(
        "chat.segment",
        string="Stretch",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Where it was asked, and once replied, where it was replied.",
    )
    asked_at = fields.Datetime(string="Asked", required=True, readonly=True)
    answered_at = fields.Datetime(readonly=True)

    _open_unique = models.UniqueIndex("(conversation_id) WHERE answered_at IS NULL")
