from odoo import api, fields, models

from ..rules import choice, language

STATES = [
    ("available", "Available"),
    ("busy", "Busy"),
    ("break", "Break"),
    ("training", "Training"),
    ("away", "Away"),
]


class ChatOperator(models.Model):
    """Who answers: where, with which skills, how many at a time, and whether now."""

    _name = "chat.operator"
    _inherit = ["mail.thread", "chat.cached.mixin"]
    _description = "Chat operator"
    _rec_name = "user_id"
    _order = "id"
    # whose lines they are tells who sees a direction
    _cached_fields = frozenset({"user_id", "active"})

    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(related="user_id.company_id", store=True)
    active = fields.Boolean(default=True, tracking=True)
    line_ids = fields.One2many(
        "chat.operator.skill", "operator_id", string="Directions"
    )
    direction_ids = fields.Many2many(
        "chat.direction",
        string="Serves",
        compute="_compute_direction_ids",
        search="_search_direction_ids",
    )
    state = fields.Selection(
        STATES, default="away", required=True, readonly=True, index=True
    )
    state_ids = fields.One2many("chat.operator.state", "operator_id", string="States")
    base_slots = fields.Integer(
        default=lambda self: self.env.company.chat_base_slots,
        tracking=True,
        help="Conversations at a time.",
    )
    extra_slots = fields.Integer(
        default=lambda self: self.env.company.chat_extra_slots,
        tracking=True,
        help="More of them for customers who come back, when the others are full.",
    )
    slot_ids = fields.One2many("chat.slot", "operator_id", string="Slots")
    last_assigned_at = fields.Datetime(readonly=True)

    _user_unique = models.Constraint(
        "UNIQUE(user_id)", "This user is an operator already."
    )
    _slots_positive = models.Constraint(
        "CHECK(base_slots >= 0 AND extra_slots >= 0)", "Slots cannot be less than none."
    )

    @api.depends("line_ids.direction_id")
    def _compute_direction_ids(self):
        for operator in self:
            operator.direction_ids = operator.line_ids.direction_id

    def _search_direction_ids(self, operator, value):
        return [("line_ids.direction_id", operator, value)]

    @api.model_create_multi
    def create(self, vals_list):
        """An operator comes with the slots."""
        operators = super().create(vals_list)
        # sudo: slots are made and taken away by the numbers alone
        operators.sudo()._fit_slots()
        return operators

    def write(self, vals):
        """Free slots follow the numbers at once; every change of state is logged."""
        before = {operator: operator.state for operator in self}
        result = super().write(vals)
        if {"base_slots", "extra_slots"} & set(vals):
            # sudo: slots are made and taken away by the numbers alone
            self.sudo()._fit_slots()
        if "state" in vals:
            self.filtered(lambda one: one.state != before[one])._log_state()
        return result

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """To be an operator is no task: nobody is told of it, or follows it."""
        return []

    def _fit_slots(self):
        """Make missing slots, and take free ones away that are too many."""
        for operator in self:
            for kind, wanted in operator._slots_wanted().items():
                operator._fit_slots_of(kind, wanted)

    def _slots_wanted(self):
        return {"base": self.base_slots, "extra": self.extra_slots}

    def _fit_slots_of(self, kind, wanted):
        there = self.slot_ids.filtered(lambda slot: slot.kind == kind)
        missing = wanted - len(there)
        if missing > 0:
            self.env["chat.slot"].create(
                [{"operator_id": self.id, "kind": kind}] * missing
            )
        elif missing < 0:
            there.filtered(lambda slot: not slot.conversation_id)[missing:].unlink()

    def _set_state(self, state, reason=None):
        """Be in a state from now on, and keep how long it was the one before.

        :param str state: a value of ``state``
        :param str reason: why, in the operator's words or the system's
        """
        self.with_context(chat_state_reason=reason).write({"state": state})

    def _log_state(self):
        """Keep since when operators are in their state; the free ones get work."""
        reason = self.env.context.get("chat_state_reason")
        self.env["chat.operator.state"].create(
            [
                {"operator_id": operator.id, "state": operator.state, "reason": reason}
                for operator in self
            ]
        )
        free = self.filtered(lambda operator: operator.state == choice.AVAILABLE)
        free.line_ids.direction_id._wake_after_commit()

    def _as_choice(self, lines, slots):
        """The operator as plain data for ``rules.choice``.

        :param lines: chat.operator.skill of the directions that are asked about
        :param dict slots: kind -> (slots, free ones)
        """
        self.ensure_one()
        base, base_free = slots["base"]
        extra, extra_free = slots["extra"]
        return choice.Operator(
            id=self.id,
            skills={
                line.direction_id.id: frozenset(line.skill_ids.ids) for line in lines
            },
            base=base,
            base_free=base_free,
            extra=extra,
            extra_free=extra_free,
            state=self.state,
            languages=frozenset({language.spoken(self.user_id.lang)}),
            last_assigned_at=self.last_assigned_at or None,
        )
