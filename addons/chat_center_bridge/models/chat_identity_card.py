from odoo import api, fields, models
from odoo.tools.misc import get_lang

from ..rules import language
from .chat_identity_linking import OWN_PROOFS


class ChatIdentity(models.Model):
    """What the card of a customer shows and does; each button is one of the doors."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    proof_meaning = fields.Char(compute="_compute_proof_meaning")
    language = fields.Char(compute="_compute_language")
    is_proven = fields.Boolean(compute="_compute_proof_meaning")
    is_linked_by_hand = fields.Boolean(compute="_compute_is_linked_by_hand")
    is_served = fields.Boolean(compute="_compute_is_served")
    is_supervised = fields.Boolean(compute="_compute_is_served")
    suggested_partner_ids = fields.Many2many(
        "res.partner", compute="_compute_suggested_partner_ids", string="Perhaps it is"
    )

    @api.depends("proof")
    @api.depends_context("lang")
    def _compute_proof_meaning(self):
        meanings = self._proof_meanings()
        for identity in self:
            identity.proof_meaning = meanings[identity.proof]
            identity.is_proven = identity.proof in OWN_PROOFS

    @api.depends("lang")
    @api.depends_context("lang")
    def _compute_language(self):
        reader = get_lang(self.env).code
        for identity in self:
            identity.language = language.named(identity.lang, reader)

    def _proof_meanings(self):
        """What may be told to somebody known by each proof."""
        proven = self.env._(
            "The customer has proven it: orders and debts may be spoken of. It is not"
            " changed by hand."
        )
        return {
            **dict.fromkeys(OWN_PROOFS, proven),
            "operator": self.env._(
                "An operator said so, and the customer has proven nothing: ask before"
                " you tell what only the partner may know."
            ),
            "none": self.env._(
                "Nobody knows who writes: a phone or an address that looks alike proves"
                " nothing."
            ),
        }

    @api.depends("link_ids.undone_at")
    def _compute_is_linked_by_hand(self):
        for identity in self:
            identity.is_linked_by_hand = bool(identity._last_link())

    @api.depends_context("uid")
    def _compute_is_served(self):
        user = self.env.user
        for identity in self:
            identity.is_supervised = identity._is_supervised_by(user)
            identity.is_served = identity._is_served_by(user)

    @api.depends_context("uid")
    @api.depends("partner_id", "alias_ids.name")
    def _compute_suggested_partner_ids(self):
        """Whom to link, for those who may; of an open card, so one by one."""
        for identity in self:
            is_open = identity.is_served and not identity.partner_id
            identity.suggested_partner_ids = is_open and identity._suggested_partners()

    # -- buttons -----------------------------------------------------------------------

    def action_begin(self):
        """Write to the customer: the conversation is opened in Discuss.

        :raises AccessError, UserError: as of ``chat_begin``
        """
        conversation_id = self.chat_begin()
        return {
            "type": "ir.actions.client",
            "tag": "mail.action_discuss",
            "context": {"active_id": f"discuss.channel_{conversation_id}"},
        }

    def _ask_and_tell(self, partner):
        """Ask a partner whether it is he, and tell the operator where he was asked."""
        way = self.chat_send_proof_link(partner.id)
        told = {
            "chat": self.env._("%s was asked in another chat.", partner.name),
            "email": self.env._("%s was asked by e-mail.", partner.name),
        }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": told[way],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
