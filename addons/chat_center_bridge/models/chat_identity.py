from odoo import api, fields, models

from ..rules.adapter import Sender

PROOFS = [
    ("none", "Nobody has proven it"),
    ("session", "Signed in to the portal"),
    ("token", "Signed in to the app"),
    ("link", "Opened a link sent to the other channel"),
    ("operator", "Linked by an operator"),
]


class ChatIdentity(models.Model):
    """Somebody as one gateway knows him: a Telegram user, a number, a visitor.

    Who it is in the ERP is known if the person proved it, or an operator linked it; a
    phone or an address only suggests it.
    """

    _name = "chat.identity"
    _description = "Customer at a chat gateway"
    _order = "id desc"
    _rec_names_search = ["search_key"]

    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="gateway_id.company_id", store=True, index=True
    )
    external_id = fields.Char(string="External ID", required=True, readonly=True)
    name = fields.Char()
    lang = fields.Char(string="Code of the language")
    guest_id = fields.Many2one(
        "mail.guest", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    proof = fields.Selection(
        PROOFS,
        default="none",
        required=True,
        readonly=True,
        string="Known by",
    )
    is_preferred = fields.Boolean(
        string="Preferred",
        readonly=True,
        help="Where this customer wants to be written to.",
    )
    is_blocked = fields.Boolean(
        string="Has blocked us",
        readonly=True,
        help="The customer takes no messages from this gateway.",
    )
    is_spam = fields.Boolean(
        string="Spam",
        readonly=True,
        help="Messages of this customer reach no operator.",
    )
    window_until = fields.Datetime(
        string="May be written to until",
        readonly=True,
        help="After it the provider takes only approved templates.",
    )
    alias_ids = fields.One2many(
        "chat.identity.alias", "identity_id", string="Also known as"
    )
    search_key = fields.Char(
        string="Name, phone or other name",
        compute="_compute_search_key",
        store=True,
        index="trigram",
        help="All that the customer is called, found by one index.",
    )
    conversation_ids = fields.One2many(
        "discuss.channel", "chat_identity_id", string="Conversations"
    )

    _external_unique = models.Constraint(
        "UNIQUE(gateway_id, external_id)", "The gateway knows this customer already."
    )

    @api.depends("name", "external_id")
    def _compute_display_name(self):
        for identity in self:
            identity.display_name = identity.name or identity.external_id

    @api.depends("name", "external_id", "alias_ids.name")
    def _compute_search_key(self):
        for identity in self:
            names = [identity.name, identity.external_id]
            names += identity.alias_ids.mapped("name")
            identity.search_key = " ".join(filter(None, names))

    @api.model
    def _of_sender(self, gateway, sender):
        """Who sends an event; made on the first one.

        A sender is known by any of his addresses: WhatsApp may leave out the phone, or
        change the id of a user.

        :param sender: rules.adapter.Sender
        """
        identity = self._known(gateway, sender) or self._make(gateway, sender)
        identity._keep_aliases(sender)
        return identity

    def _known(self, gateway, sender):
        own = [("gateway_id", "=", gateway.id)]
        found = self.search([*own, ("external_id", "=", sender.external_id)])
        kinds, aliases = gateway._adapter().ADDRESSES, sender.aliases
        names = [f"{kind}:{aliases[kind]}" for kind in kinds if kind in aliases]
        if found or not names:
            return found
        domain = [*own, ("alias_ids.name", "in", names)]
        return self.search(domain, limit=1, order="id")

    def _make(self, gateway, sender):
        guest = self.env["mail.guest"].create(
            {"name": sender.name or sender.external_id}
        )
        return self.create(
            {
                "gateway_id": gateway.id,
                "external_id": sender.external_id,
                "name": sender.name,
                "lang": sender.lang,
                "guest_id": guest.id,
            }
        )

    def _keep_aliases(self, sender):
        known = set(self.alias_ids.mapped("name"))
        names = {f"{kind}:{value}" for kind, value in sender.aliases.items() if value}
        self.env["chat.identity.alias"].create(
            [{"identity_id": self.id, "name": name} for name in sorted(names - known)]
        )

    def _as_recipient(self):
        """The customer as the adapters take him, by all the names he is known by."""
        self.ensure_one()
        names = dict(alias.name.split(":", 1) for alias in self.alias_ids)
        return Sender(
            external_id=self.external_id,
            phone=names.get("phone", ""),
            bsuid=names.get("bsuid", ""),
            name=self.name or "",
        )

    def _wrote(self, event):
        """The customer wrote: he takes messages, and the window begins anew.

        :param rules.adapter.Event event: a message
        """
        self.ensure_one()
        values = {"is_blocked": False} if self.is_blocked else {}
        until = event.window_until
        if until and (not self.window_until or until > self.window_until):
            values["window_until"] = until
        if values:
            self.write(values)

    def _react(self, message, emojis):
        """Leave just these signs of the customer below a message."""
        self.ensure_one()
        before = message.reaction_ids.filtered(
            lambda one: one.guest_id == self.guest_id
        )
        for emoji in set(before.mapped("content")) ^ set(emojis):
            action = "add" if emoji in emojis else "remove"
            message._message_reaction(
                emoji, action, self.env["res.partner"], self.guest_id
            )
