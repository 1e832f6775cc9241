from odoo import fields, models


class ChatSkill(models.Model):
    """What an operator knows: returns, invoices, a language."""

    _name = "chat.skill"
    _description = "Skill of chat operators"
    _order = "name"

    name = fields.Char(required=True, translate=True)

    _name_unique = models.Constraint("UNIQUE(name)", "There is such a skill already.")
