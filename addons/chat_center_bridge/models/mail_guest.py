from odoo import api, fields, models
from odoo.fields import Domain


class MailGuest(models.Model):
    """A customer of a messenger is a guest, whose name core shows to all colleagues."""

    _inherit = "mail.guest"

    chat_identity_ids = fields.One2many(
        "chat.identity",
        "guest_id",
        string="Customers at gateways",
        groups="chat_center_bridge.group_operator",
    )
    chat_is_visible = fields.Boolean(
        compute="_compute_chat_is_visible",
        search="_search_chat_is_visible",
        compute_sudo=True,
        help="What the record rule asks for; always of who is no customer of ours.",
    )

    @api.depends_context("uid", "guest", "allowed_company_ids")
    @api.depends("chat_identity_ids.conversation_ids")
    def _compute_chat_is_visible(self):
        visible = self.filtered_domain(self._chat_visible_domain())
        for guest in self:
            guest.chat_is_visible = guest in visible

    def _search_chat_is_visible(self, operator, _value):
        return self._chat_visible_domain() if operator == "in" else NotImplemented

    @api.model
    def _chat_visible_domain(self):
        """The same customers as in the rule of ``chat.identity``."""
        shown = Domain("conversation_ids.chat_is_shown", "=", True)
        shown |= Domain("gateway_id.direction_id.is_supervised", "=", True)
        nobodys = Domain("chat_identity_ids", "=", False)
        return nobodys | Domain("chat_identity_ids", "any", shown)
