import secrets

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..rules import adapters

KEY_BYTES = 24


class ChatGateway(models.Model):
    """One account at a provider of messages, such as a Telegram bot.

    Messages come in at an address that holds its key, and are believed only if the
    provider proves who sends them. What the provider needs to be set up is said by the
    adapter of its type, see ``rules.adapters``.
    """

    _name = "chat.gateway"
    _inherit = ["mail.thread", "chat.cached.mixin"]
    _description = "Chat gateway"
    _check_company_auto = True
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    gateway_type = fields.Selection(
        [
            ("telegram", "Telegram"),
            ("whatsapp", "WhatsApp"),
            ("site", "Site, portal and app"),
        ],
        string="Type",
        required=True,
    )
    state = fields.Selection(
        [("draft", "Being set up"), ("live", "Live"), ("paused", "Paused")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(KEY_BYTES),
        groups="chat_center_bridge.group_manager",
    )
    webhook_url = fields.Char(
        string="Address of the webhook",
        compute="_compute_webhook_url",
        groups="chat_center_bridge.group_manager",
    )
    setting_ids = fields.One2many(
        "chat.gateway.setting",
        "gateway_id",
        string="Account",
        compute="_compute_setting_ids",
        store=True,
        readonly=False,
    )
    direction_id = fields.Many2one(
        "chat.direction",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Whose queue new conversations wait in.",
    )
    priority = fields.Integer(
        string="Priority of the channel",
        tracking=True,
        help="Conversations of a channel with a higher number go first; 0 is usual.",
    )
    inbox_ids = fields.One2many("chat.inbox", "gateway_id", string="Events")
    last_event_at = fields.Datetime(string="Last event", compute="_compute_health")
    lag_seconds = fields.Integer(
        string="Lag, s",
        compute="_compute_health",
        help="How long the oldest event that is not worked off has been waiting.",
    )
    dead_count = fields.Integer(string="Events that failed", compute="_compute_health")

    _key_unique = models.Constraint(
        "UNIQUE(key)", "Another gateway has this key already: make a new one."
    )

    # -- set-up ------------------------------------------------------------------------

    @api.depends("gateway_type")
    def _compute_setting_ids(self):
        """One row for each value the adapter of the type asks for."""
        for gateway in self:
            wanted = [field.name for field in gateway._adapter_fields()]
            kept = gateway.setting_ids.filtered_domain([("name", "in", wanted)])
            there = kept.mapped("name")
            missing = [name for name in wanted if name not in there]
            gateway.setting_ids = [
                fields.Command.set(kept.ids),
                *(fields.Command.create({"name": name}) for name in missing),
            ]

    @api.depends("gateway_type", "key")
    def _compute_webhook_url(self):
        for gateway in self:
            gateway.webhook_url = (
                f"{gateway.get_base_url()}/chat_center/{gateway.gateway_type}"
                f"/{gateway.key}"
            )

    def _adapter(self):
        """The plain functions that speak the provider's language."""
        self.ensure_one()
        return adapters.adapter_of(self.gateway_type)

    def _adapter_fields(self):
        return self._adapter().FIELDS if self.gateway_type else []

    def _secrets(self):
        """Everything the adapter needs, by name; not for screens or logs.

        :raises UserError: the keys of the installation do not open a secret
        """
        self.ensure_one()
        rows = self.env["chat.gateway.setting"].sudo()
        return {
            name: rows.browse(row_id)._open(sealed)
            for row_id, name, sealed in self._sealed_account()
        }

    @tools.ormcache("self.id")
    def _sealed_account(self):
        """(id, name, sealed text) of each value: webhooks ask at every request."""
        return [(row.id, row.name, row.sealed) for row in self.sudo().setting_ids]

    def action_go_live(self):
        """Take messages from now on.

        :raises UserError: something the provider or the proof needs is missing
        """
        for gateway in self:
            gateway._check_complete()
        self.write({"state": "live"})
        return True

    def action_pause(self):
        """Take no messages; what is stored is still worked off."""
        self.write({"state": "paused"})
        return True

    def _check_complete(self):
        """:raises UserError: something the provider or the proof needs is missing"""
        names = self._adapter().missing(self._secrets())
        rows = self.setting_ids.filtered(lambda row: row.name in names)
        missing = rows.mapped("label")
        if missing:
            raise UserError(
                self.env._(
                    "“%(gateway)s” is not set up: fill in %(missing)s first.",
                    gateway=self.name,
                    missing=", ".join(missing),
                )
            )

    # -- taking events -----------------------------------------------------------------

    @api.model
    def _of_address(self, gateway_type, key):
        """The live gateway at an address, as the system in its company, if any."""
        found = self._live_addresses().get((gateway_type, key))
        if not found:
            return self.browse()
        gateway_id, company_id = found
        gateway = self.sudo().with_company(company_id).browse(gateway_id)
        # a webhook asks for nothing else of it: it is spared a query
        gateway._update_cache({"gateway_type": gateway_type}, validate=False)
        return gateway

    @api.model
    @tools.ormcache()
    def _live_addresses(self):
        """(type, key) -> (id, id of the company) of the gateways that are live.

        In one piece: were each address asked for cached by itself, whoever tries keys
        would push everything else out of the cache.
        """
        live = self.sudo().search([("state", "=", "live")])
        return {
            (gateway.gateway_type, gateway.key): (gateway.id, gateway.company_id.id)
            for gateway in live
        }

    def _is_proven(self, headers, body):
        """Whether the provider has sent a request.

        :param headers: mapping of the request's headers
        :param bytes body: exactly as it came
        """
        return self._adapter().prove(headers, body, self._secrets())

    # -- health ------------------------------------------------------------------------

    @api.depends("inbox_ids.state")
    def _compute_health(self):
        now = fields.Datetime.now()
        rows = {
            gateway: (last, oldest, dead)
            for gateway, last, oldest, dead in self._read_health()
        }
        for gateway in self:
            last, oldest, dead = rows.get(gateway.id, (False, False, 0))
            gateway.last_event_at = last
            gateway.lag_seconds = (now - oldest).total_seconds() if oldest else 0
            gateway.dead_count = dead

    def _read_health(self):
        """(gateway id, time of the last event, of the oldest new one, dead ones).

        Each from an index, however many events there are.
        """
        self.env["chat.inbox"].flush_model(["state", "create_date", "gateway_id"])
        return self.env.execute_query(
            tools.SQL(
                """SELECT gateway.id,
                          (SELECT max(create_date) FROM chat_inbox
                            WHERE gateway_id = gateway.id),
                          (SELECT min(create_date) FROM chat_inbox
                            WHERE gateway_id = gateway.id AND state = 'new'),
                          (SELECT count(*) FROM chat_inbox
                            WHERE gateway_id = gateway.id AND state = 'dead')
                     FROM chat_gateway gateway
                    WHERE gateway.id = ANY(%s)""",
                self.ids,
            )
        )
