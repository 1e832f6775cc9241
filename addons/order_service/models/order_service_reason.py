from odoo import fields, models
from odoo.exceptions import AccessError

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

    for_customer = fields.Boolean(
        string="Shown to customers",
        help="Customers who cancel in the portal may choose it (a customer's reason).",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A reason's code must be unique."
    )

    def _check_usable_by(self, user):
        """``user``'s role may use this reason.

        :raises AccessError: naming the reason and whose it is
        """
        self.ensure_one()
        reason = self.sudo()
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
