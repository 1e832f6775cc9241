from odoo import fields, models


class ChatDirectionText(models.Model):
    """What customers are told by themselves, and when."""

    _name = "chat.direction.text"
    _description = "Automatic text of a direction"
    _order = "direction_id, id"

    direction_id = fields.Many2one(
        "chat.direction", required=True, index=True, ondelete="cascade"
    )
    event = fields.Selection(
        [
            ("greeting", "A conversation begins"),
            ("outside_hours", "Written outside working hours"),
            ("peak", "The queue is long"),
            ("incident", "Something is out of order"),
            ("silence", "The customer is silent"),
            ("closing", "A conversation is closed"),
        ],
        required=True,
    )
    text = fields.Text(
        required=True,
        translate=True,
        help="Outside working hours, {opening} stands for when they begin next.",
    )
    active = fields.Boolean(
        default=True, help="An incident is told of as long as its text is active."
    )

    _event_unique = models.Constraint(
        "UNIQUE(direction_id, event)", "The direction has a text for this already."
    )
