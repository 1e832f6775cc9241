from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .order_service_deferral import KINDS

PARTIES = [
    ("customer", "Customer's"),
    ("technical", "Technical"),
    ("delivery", "At delivery"),
]
PARTY_GROUPS = {
    "customer": "order_service.group_operator",
    "technical": "order_service.group_storeadmin",
    "delivery": "order_service.group_courier",
}


class OrderServiceReason(models.Model):
    """Why an order was refused; each role has the reasons of its party."""

    _name = "order.service.reason"
    _description = "Refusal reason"
    _order = "party, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The name outside systems use.")
    party = fields.Selection(PARTIES, required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True)
    note_required = fields.Boolean(
        string="Ask for words", help="The person must write a few words beside it."
    )

    for_staff = fields.Boolean(
        string="Staff may choose it",
        default=True,
        help="Otherwise only sites and the portal give it, for the customer.",
    )
    for_customer = fields.Boolean(
        string="Shown to customers",
        help="Customers who cancel in the portal may choose it (a customer's reason).",
    )

    stage_ids = fields.Many2many(
        "order.service.stage",
        "order_service_reason_stage_rel",
        "reason_id",
        "stage_id",
        string="Only at",
        help="Staff may choose it at these stages; empty: wherever a reason of its"
        " party is asked for.",
    )
    deferral_kind = fields.Selection(
        KINDS,
        string="Ends postponing for",
        copy=False,
        help="An order that was put aside for this as often as allowed is refused with"
        " this reason when the last time is over.",
    )
    deferral_attempts = fields.Integer(
        string="After attempts", help="How often an order may be put aside for it."
    )

    _attempts_positive = models.Constraint(
        "CHECK(deferral_kind IS NULL OR deferral_attempts > 0)",
        "Say after how many attempts an order is refused: one or more.",
    )
    _deferral_kind_unique = models.UniqueIndex(
        "(deferral_kind, COALESCE(company_id, 0))"
        " WHERE deferral_kind IS NOT NULL AND active",
        "Another reason ends this kind of postponing already.",
    )
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A reason's code must be unique."
    )

    @api.model
    def _ending(self, order, kind, attempt):
        """The reason with which an order is given up after so many attempts.

        :param order: sale.order
        :param str kind: a key of KINDS
        :param int attempt: 1 for the first time it is put aside for this
        :return: order.service.reason as the system, empty if it may go on
        """
        companies = (False, order.company_id.id)
        reason = self.sudo().search(
            [("deferral_kind", "=", kind), ("company_id", "in", companies)],
            order="company_id",
            limit=1,
        )
        return reason.filtered(lambda reason: attempt >= reason.deferral_attempts)

    def _check_usable_by(self, user, stage):
        """``user`` may give this reason: for staff, for the stage, of the own party.

        :param stage: order.service.stage where the order is refused
        :raises UserError: sites and the portal alone give it, or not at this stage
        :raises AccessError: naming the reason and whose it is
        """
        self.ensure_one()
        reason = self.sudo()
        if reason.stage_ids and stage not in reason.stage_ids:
            raise UserError(
                self.env._(
                    "“%(reason)s” is not a reason at “%(stage)s”. Choose another one.",
                    reason=reason.name,
                    stage=stage.name,
                )
            )
        if not reason.for_staff:
            raise UserError(
                self.env._(
                    "“%s” is given by the site or the portal when customers cancel by"
                    " themselves. Choose another reason.",
                    reason.name,
                )
            )
        manager = user.has_group("order_service.group_manager")
        if manager or user.has_group(PARTY_GROUPS[reason.party]):
            return
        raise AccessError(
            self.env._(
                "“%(reason)s” is not yours to give: it belongs to the party"
                " “%(party)s”.",
                reason=reason.name,
                party=dict(self._fields["party"]._description_selection(self.env))[
                    reason.party
                ],
            )
        )
