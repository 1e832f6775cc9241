from odoo import api, fields, models

from .once import once


class ChatGateway(models.Model):
    """A gateway whose customers write on the site, in the portal or in the app.

    Its window is that of an ``im_livechat.channel``; who answers is for the queue to
    say, as with every gateway, and not for core.
    """

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    livechat_channel_id = fields.Many2one(
        "im_livechat.channel",
        string="Window",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Colours and texts of the chat on the page, and the script for other"
        " sites. One is made if none is chosen.",
    )
    is_on_portal = fields.Boolean(
        string="Show in the portal",
        tracking=True,
        help="Customers of the company find the chat on their portal pages.",
    )
    takes_outside_hours = fields.Boolean(
        string="Takes messages outside hours",
        default=True,
        tracking=True,
        help="Else the chat is not offered while the direction is closed.",
    )
    app_url = fields.Char(
        string="Address for the app",
        compute="_compute_app_url",
        groups="chat_center_bridge.group_manager",
    )

    _livechat_channel_unique = models.Constraint(
        "UNIQUE(livechat_channel_id)",
        "Another gateway has this window already: choose another, or none.",
    )
    _livechat_channel_there = models.Constraint(
        "CHECK(gateway_type != 'site' OR livechat_channel_id IS NOT NULL)",
        "A gateway of the site needs a window: choose one.",
    )

    @api.depends("gateway_type", "key")
    def _compute_app_url(self):
        for gateway in self:
            gateway.app_url = (
                f"{gateway.get_base_url()}/chat_center/app/{gateway.key}/session"
            )

    @api.model_create_multi
    def create(self, vals_list):
        """A gateway of the site has a window from the beginning."""
        for vals in vals_list:
            if vals.get("gateway_type") == "site" and not vals.get(
                "livechat_channel_id"
            ):
                vals["livechat_channel_id"] = self._make_window(vals.get("name")).id
        return super().create(vals_list)

    @api.model
    def _make_window(self, name):
        # sudo: im_livechat.channel - administrators of chats need not be core's; core's
        # default would make the administrator an agent
        windows = self.env["im_livechat.channel"].sudo()
        window = windows.create({"name": name, "user_ids": []})
        for code, _language in self.env["res.lang"].get_installed():
            translated = window.with_context(lang=code)
            translated.write(translated.default_get(["button_text", "default_message"]))
        return window

    def write(self, vals):
        """A gateway that becomes one of the site gets a window."""
        if vals.get("gateway_type") == "site" and not vals.get("livechat_channel_id"):
            for gateway in self.filtered(lambda one: not one.livechat_channel_id):
                gateway.livechat_channel_id = self._make_window(gateway.name)
        return super().write(vals)

    def _has_provider(self):
        """Whether somebody has to bring our words to the customer."""
        return bool(self) and self.gateway_type != "site"

    # -- at the door -------------------------------------------------------------------

    @api.model
    def _of_window(self, livechat_channel_id):
        """The gateway of a window, as the system in its company; live or not.

        While it is paused the window is closed, and not core's to serve.
        """
        gateway = (
            self.sudo()
            .with_context(active_test=False)
            .search([("livechat_channel_id", "in", [livechat_channel_id or 0])])
        )
        return gateway.with_company(gateway.company_id)

    @api.model
    def _of_portal(self):
        """The gateway that portal pages of the company show to the current user.

        Colleagues see none: they have Discuss.
        """
        if self.env.user._is_internal():
            return self.sudo().browse()
        domain = [
            ("gateway_type", "=", "site"),
            ("state", "=", "live"),
            ("is_on_portal", "=", True),
            ("company_id", "=", self.env.company.id),
        ]
        # sudo: chat.gateway - customers see the window of the gateway, not the gateway
        return self.sudo().search(domain, order="priority desc, id", limit=1)

    def _takes_messages(self):
        """Whether customers may begin a conversation now."""
        self.ensure_one()
        if not self.active or self.state != "live":
            return False
        moment = fields.Datetime.now()
        is_open = self.direction_id._next_opening(moment) == moment
        return is_open or self.takes_outside_hours

    def _receive_visitor(self, partner, guest):
        """The conversation of who opened the window; empty if none may begin.

        :param partner: of the user who is signed in; empty: nobody is
        :param guest: mail.guest of the browser, if nobody is signed in
        :raises ConcurrencyError: the same visitor begins in another tab just now; the
            request is made again
        """
        channels = self.env["discuss.channel"]
        with once(self.env.cr):
            identity = self.env["chat.identity"]._of_visitor(self, partner, guest)
            going_on = channels._chat_open_of(identity)
            if going_on or identity.is_spam or not self._takes_messages():
                return going_on
            return channels._chat_open_window(identity)
