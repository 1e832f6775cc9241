from odoo import api, fields, models
from odoo.fields import Domain


class ChatIdentity(models.Model):
    """Who may see a customer: whoever serves or supervises a direction he writes to."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    direction_id = fields.Many2one(
        "chat.direction",
        compute="_compute_direction_id",
        store=True,
        index="btree_not_null",
        help="Where the customer's last conversation is, or was.",
    )
    is_seen = fields.Boolean(
        compute="_compute_is_seen",
        search="_search_is_seen",
        compute_sudo=True,
        help="What the record rules of customers ask for.",
    )

    @api.depends("conversation_ids.chat_direction_id")
    def _compute_direction_id(self):
        for identity in self:
            last = identity._last_conversation()
            identity.direction_id = last.chat_direction_id or identity.direction_id

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("gateway_id.direction_id", "direction_id")
    def _compute_is_seen(self):
        seen = self.search(self._seen_domain() & Domain("id", "in", self.ids))
        for identity in self:
            identity.is_seen = identity in seen

    def _search_is_seen(self, operator, _value):
        return self._seen_domain() if operator == "in" else NotImplemented

    @api.model
    def _seen_domain(self):
        """Customers of the reader's directions and gateways, and whom he speaks with.

        Ids stand in it instead of joins: a list costs the same however many
        conversations there are.
        """
        directions = self.env["chat.direction"].sudo().with_context(active_test=False)
        mine = Domain("is_supervised", "=", True) | Domain("is_served", "=", True)
        mine = directions.search(mine)
        gateways = self.env["chat.gateway"].sudo().with_context(active_test=False)
        gateways = gateways.search([("direction_id", "in", mine.ids)])
        conversations = self.env["discuss.channel"].sudo()
        own = [("is_member", "=", True), ("chat_identity_id", "!=", False)]
        return (
            Domain("direction_id", "in", mine.ids)
            | Domain("gateway_id", "in", gateways.ids)
            | Domain("id", "in", conversations.search(own).chat_identity_id.ids)
        )
