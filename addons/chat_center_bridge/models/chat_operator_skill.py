from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChatOperatorSkill(models.Model):
    """That an operator serves a direction, and what he knows there."""

    _name = "chat.operator.skill"
    _inherit = ["chat.cached.mixin"]
    _description = "Operator of a direction"
    _order = "id"

    operator_id = fields.Many2one(
        "chat.operator", required=True, index=True, ondelete="cascade"
    )
    direction_id = fields.Many2one(
        "chat.direction", required=True, index=True, ondelete="cascade"
    )
    skill_ids = fields.Many2many("chat.skill", string="Skills")

    _direction_unique = models.Constraint(
        "UNIQUE(operator_id, direction_id)",
        "The operator serves this direction already.",
    )

    @api.constrains("operator_id", "direction_id")
    def _check_company(self):
        """Customers of a company are answered by its own people.

        :raises ValidationError: the user does not work in the direction's company
        """
        for line in self:
            # sudo: res.users - whoever may write the line need not see the user
            user, company = (
                line.sudo().operator_id.user_id,
                line.direction_id.company_id,
            )
            if company not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s: add the company to the"
                        " user first, or choose somebody else.",
                        user=user.name,
                        company=company.name,
                    )
                )
