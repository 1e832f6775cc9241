from odoo import fields, models

HOLDER_KINDS = [("bot", "Bot"), ("queue", "Queue"), ("operator", "Operator")]


class ChatSegment(models.Model):
    """One stretch of a conversation with one holder; closed once, never edited after.

    What the contact centre is measured by is worked out from these rows and the turns,
    see ``rules.figures``.
    """

    _name = "chat.segment"
    _description = "Stretch of a conversation"
    _order = "conversation_id, seq"

    conversation_id = fields.Many2one(
        "discuss.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    seq = fields.Integer(required=True, readonly=True)
    holder_kind = fields.Selection(
        HOLDER_KINDS, string="With", required=True, readonly=True
    )
    operator_id = fields.Many2one(
        "chat.operator", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    direction_id = fields.Many2one(
        "chat.direction", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="direction_id.company_id", store=True)
    slot_kind = fields.Selection(
        [("base", "Base"), ("extra", "Extra")], string="Slot", readonly=True
    )
    opened_at = fields.Datetime(required=True, readonly=True)
    offered_at = fields.Datetime(readonly=True)
    accepted_at = fields.Datetime(readonly=True)
    first_reply_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    focus_seconds = fields.Float(string="In focus, s", readonly=True)
    wrap_seconds = fields.Float(string="Notes, s", readonly=True)
    reason_in = fields.Char(string="Why begun", readonly=True)
    reason_out = fields.Char(string="Why ended", readonly=True)
    comment = fields.Text(
        readonly=True, help="For the next holder; customers never see it."
    )

    _seq_unique = models.Constraint(
        "UNIQUE(conversation_id, seq)", "This stretch is there already."
    )
    _open_unique = models.UniqueIndex("(conversation_id) WHERE closed_at IS NULL")
    _opened_idx = models.Index("(direction_id, opened_at)")
