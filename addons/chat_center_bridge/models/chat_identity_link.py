from odoo import fields, models

from .chat_identity import PROOFS


class ChatIdentityLink(models.Model):
    """That a customer of a gateway was said to be a partner: by whom, and until when.

    Nothing else is written when a customer is linked, so undoing it is complete.
    """

    _name = "chat.identity.link"
    _description = "Link of a chat customer to a partner"
    _order = "id desc"

    identity_id = fields.Many2one(
        "chat.identity",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="identity_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    proof = fields.Selection(PROOFS, string="Known by", required=True, readonly=True)
    former_partner_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    former_proof = fields.Selection(PROOFS, string="Known by before", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Linked by", required=True, readonly=True
    )
    undone_at = fields.Datetime(readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)
