from odoo import fields, models

from ..rules.choice import LEAST_LOADED, ROUND_ROBIN


class ChatDirection(models.Model):
    """A queue of conversations of one kind, with its people, hours and targets."""

    _name = "chat.direction"
    _inherit = ["mail.thread", "chat.cached.mixin"]
    _description = "Chat direction"
    _order = "sequence, id"
    # who sees what
    _cached_fields = frozenset({"company_id", "supervisor_ids"})

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        tracking=True,
        help="With its public holidays. Empty: at all hours.",
    )
    operator_line_ids = fields.One2many(
        "chat.operator.skill", "direction_id", string="Operators"
    )
    supervisor_ids = fields.Many2many("res.users", string="Supervisors")
    sticky_hours = fields.Integer(
        default=24,
        tracking=True,
        help="Who writes again within these hours does not meet the bot, goes to the"
        " same operator or else to this direction, ahead of the queue, and may take an"
        " extra slot.",
    )
    accept_seconds = fields.Integer(
        string="Accept within, s",
        default=30,
        tracking=True,
        help="Then the conversation goes to the next operator, ahead of the queue.",
    )
    silence_minutes = fields.Integer(
        string="Operator silent, min",
        default=10,
        tracking=True,
        help="A customer who has been waiting for an answer so long goes back to the"
        " head of the queue.",
    )
    wrap_up_seconds = fields.Integer(
        string="Time for notes, s",
        default=60,
        tracking=True,
        help="After closing, before the slot is free.",
    )
    choice = fields.Selection(
        [(LEAST_LOADED, "The least loaded"), (ROUND_ROBIN, "In turn")],
        default=LEAST_LOADED,
        required=True,
        tracking=True,
    )
    skill_wait_seconds = fields.Integer(
        string="Wait for a skill, s",
        default=0,
        tracking=True,
        help="Then anybody of the direction may take the conversation; 0: never.",
    )
    max_wait_seconds = fields.Integer(
        string="Longest wait, s",
        default=300,
        tracking=True,
        help="Then a conversation comes before all that have waited less.",
    )
    service_level_percent = fields.Integer(
        string="Service level, %", default=80, tracking=True
    )
    service_level_seconds = fields.Integer(
        string="Service level: answered within, s", default=60, tracking=True
    )
    answer_seconds = fields.Integer(
        string="Speed of answer (ASA), s", default=90, tracking=True
    )
    first_reply_seconds = fields.Integer(
        string="First reply (A1RT), s", default=60, tracking=True
    )
    reply_seconds = fields.Integer(string="Reply (ART), s", default=90, tracking=True)
    text_ids = fields.One2many(
        "chat.direction.text", "direction_id", string="Automatic texts"
    )
    reason_ids = fields.One2many(
        "chat.reason", "direction_id", string="Closing reasons"
    )
    public_name = fields.Char(
        translate=True,
        help="Customers see this name; empty: the operator's own.",
    )
