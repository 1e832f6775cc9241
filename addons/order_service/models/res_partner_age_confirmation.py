from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..rules import age

HOW = [
    ("document", "Document seen"),
    ("account", "Account of the site"),
    ("site", "Said on the site"),
]


class ResPartnerAgeConfirmation(models.Model):
    """That a person is of age: when, how, by whom and until when it counts.

    Neither a birth date nor a document is kept. Rows are made by
    ``res.partner._service_confirm_age`` and never changed, only withdrawn.
    """

    _name = "res.partner.age.confirmation"
    _description = "Confirmation of age"
    _order = "confirmed_at desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="cascade"
    )
    age = fields.Integer(required=True, help="Years the person has at least.")
    how = fields.Selection(HOW, required=True)
    confirmed_at = fields.Datetime(string="When", required=True)
    user_id = fields.Many2one("res.users", string="By whom", required=True)
    source_id = fields.Many2one("order.service.source", string="Told by")
    valid_until = fields.Datetime(help="Empty: as long as it is not withdrawn.")
    withdrawn_at = fields.Datetime(readonly=True)
    withdrawn_by = fields.Many2one("res.users", readonly=True)

    _once = models.UniqueIndex(
        "(partner_id, how, confirmed_at, age)", "This confirmation is there already."
    )
    _age_positive = models.Constraint(
        "CHECK(age > 0)", "An age confirmed is above zero."
    )

    @api.constrains("partner_id")
    def _check_person(self):
        for confirmation in self:
            if confirmation.partner_id.is_company:
                raise ValidationError(
                    self.env._(
                        "“%s” is a company: confirm the age of the recipient.",
                        confirmation.partner_id.display_name,
                    )
                )

    def action_withdraw(self):
        """Take a mistaken confirmation back; it stays visible.

        :raises AccessError: the user is no operator, or does not see the person
        """
        self.check_access("read")
        if not self.env.user.has_group("order_service.group_operator"):
            raise AccessError(self.env._("Confirmations are withdrawn by operators."))
        standing = self.sudo().filtered(lambda row: not row.withdrawn_at)
        standing.write(
            {"withdrawn_at": fields.Datetime.now(), "withdrawn_by": self.env.uid}
        )
        return True

    def _plain(self):
        """The rows for ``rules.age``."""
        return [
            age.Confirmation(
                row.age,
                row.confirmed_at,
                row.valid_until or None,
                row.withdrawn_at or None,
            )
            for row in self
        ]
