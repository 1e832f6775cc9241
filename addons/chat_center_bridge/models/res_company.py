from odoo import fields, models


class ResCompany(models.Model):
    """How many conversations an operator has at a time, unless said of the operator."""

    _inherit = "res.company"

    chat_base_slots = fields.Integer(
        string="Conversations at a time", default=3, tracking=True
    )
    chat_extra_slots = fields.Integer(
        string="More for customers who come back", default=2, tracking=True
    )
    chat_gone_minutes = fields.Integer(
        string="Operators without a screen, min",
        default=3,
        tracking=True,
        help="Then they are away, and customers they have not answered go to others;"
        " 0: never.",
    )

    _chat_numbers_positive = models.Constraint(
        "CHECK(chat_base_slots >= 0 AND chat_extra_slots >= 0"
        " AND chat_gone_minutes >= 0)",
        "Slots and minutes of chats cannot be less than none.",
    )

    def write(self, vals):
        """Operators who have the company's slots follow it; own numbers stay."""
        before = {company: company._chat_slots() for company in self}
        result = super().write(vals)
        for company in self:
            for name, value in company._chat_slots().items():
                if value != before[company][name]:
                    company._chat_pass_on(name, before[company][name], value)
        return result

    def _chat_slots(self):
        """Slots by the field of an operator that begins with them."""
        return {
            "base_slots": self.chat_base_slots,
            "extra_slots": self.chat_extra_slots,
        }

    def _chat_pass_on(self, name, old, new):
        # sudo: chat.operator - who sets the company up need not lead its operators
        operators = self.env["chat.operator"].sudo().with_context(active_test=False)
        domain = [("company_id", "=", self.id), (name, "=", old)]
        operators.search(domain).write({name: new})
