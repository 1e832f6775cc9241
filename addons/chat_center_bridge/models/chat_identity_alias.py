from odoo import fields, models


class ChatIdentityAlias(models.Model):
    """Another name a provider gives a customer: ``phone:79…``, ``bsuid:RU.13…``."""

    _name = "chat.identity.alias"
    _description = "Another name of a chat customer"
    _order = "id"

    identity_id = fields.Many2one(
        "chat.identity",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(required=True, index=True)

    _name_unique = models.Constraint(
        "UNIQUE(identity_id, name)", "The customer has this name already."
    )
