import os
import re

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..rules import vault

KEYS_VARIABLE = "CHAT_CENTER_KEYS"
KEYS_OPTION = "chat_center_keys"


class ChatGatewaySetting(models.Model):
    """One value of a provider's account; what is secret is sealed and never shown.

    Keys come from the environment (``CHAT_CENTER_KEYS``) or else from the server's
    configuration (``chat_center_keys``), the newest first.
    """

    _name = "chat.gateway.setting"
    _inherit = ["chat.cached.mixin"]
    _description = "Value of a gateway's account"
    _order = "id"

    gateway_id = fields.Many2one(
        "chat.gateway", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Value of", compute="_compute_label")
    hint = fields.Char(compute="_compute_label")
    is_secret = fields.Boolean(string="Secret", compute="_compute_label")
    is_required = fields.Boolean(string="Required", compute="_compute_label")
    sealed = fields.Text(groups=fields.NO_ACCESS, copy=False)
    shown = fields.Char(string="Kept", compute="_compute_shown")
    entered = fields.Char(
        string="New value",
        compute="_compute_entered",
        inverse="_inverse_entered",
        help="A secret is kept sealed and never shown again, but for its last signs.",
    )

    _name_unique = models.Constraint(
        "UNIQUE(gateway_id, name)", "The gateway has this value already."
    )

    @api.depends("name", "gateway_id.gateway_type")
    @api.depends_context("lang")
    def _compute_label(self):
        """As the adapter says it, whose words are marked for translation there."""
        for row in self:
            field = row._field()
            row.label = self.env._(field.label) if field else row.name
            row.hint = self.env._(field.help) if field else ""
            row.is_secret = bool(field and field.is_secret)
            row.is_required = bool(field and field.is_required)

    def _field(self):
        """What the adapter says of the value; None: it asks for it no longer."""
        fields_by_name = {
            field.name: field for field in self.gateway_id._adapter_fields()
        }
        return fields_by_name.get(self.name)

    @api.depends("sealed")
    def _compute_shown(self):
        for row in self:
            row.shown = row._show()

    def _show(self):
        """What a screen shows of the value; secrets but for their last signs."""
        try:
            opened = self._opened() if self.sudo().sealed else ""
        except UserError:
            return self.env._("cannot be opened")
        return vault.shown(opened) if opened and self.is_secret else opened

    def _compute_entered(self):
        self.entered = False

    def _inverse_entered(self):
        for row in self.filtered("entered"):
            value = row.entered.strip()
            row._check_looks(value)
            row._keep(value)
            row._tell_change(self.env._("New value: %s", row.label))
        # else whoever saves would be sent the secret back
        self.invalidate_recordset(["entered"])

    def _check_looks(self, value):
        """:raises UserError: the messenger gives no such values"""
        field = self._field()
        if field and field.pattern and not re.fullmatch(field.pattern, value):
            raise UserError(
                self.env._(
                    "This does not look like “%(value)s” of “%(gateway)s”. %(hint)s",
                    value=self.label,
                    gateway=self.gateway_id.name,
                    hint=self.hint,
                )
            )

    def _keep(self, value):
        """Seal a value, whoever may not read it."""
        self.ensure_one()
        # sudo: chat.gateway.setting - what is sealed is written by nobody else
        self.sudo().sealed = self._vault().seal({"value": value}) if value else False

    def _tell_change(self, sentence):
        """See ``chat.gateway._account_changed``."""
        self.gateway_id._account_changed(sentence)

    def action_forget(self):
        """Keep no value any longer that the messenger does not need.

        :raises UserError: it needs it
        """
        self.ensure_one()
        self.check_access("write")
        if self.is_required:
            raise UserError(
                self.env._("The messenger needs “%s”: enter another one.", self.label)
            )
        self._keep("")
        self._tell_change(self.env._("Value removed: %s", self.label))
        return True

    def _opened(self):
        """The value itself.

        :raises UserError: the keys of the installation do not open it
        """
        self.ensure_one()
        return self._open(self.sudo().sealed)

    def _open(self, sealed):
        """What is in the sealed text of the value.

        :raises UserError: as of ``_opened``
        """
        try:
            return self._vault().open(sealed).get("value", "")
        except vault.WrongKey as error:
            raise UserError(
                self.env._(
                    "The keys of this installation do not open “%(value)s” of"
                    " “%(gateway)s”: put the key that sealed it back, or enter the"
                    " value again.",
                    value=self.label,
                    gateway=self.gateway_id.name,
                )
            ) from error

    @api.model
    def _vault(self):
        """What seals and opens, with the keys of this installation.

        :raises UserError: there is no key
        """
        keys = os.environ.get(KEYS_VARIABLE) or tools.config.get(KEYS_OPTION)
        try:
            return vault.Vault(keys)
        except vault.NoKey as error:
            raise UserError(
                self.env._(
                    "Secrets of gateways cannot be kept: this installation has no key."
                    " Ask who runs the server to set %(variable)s (README, “Chats”).",
                    variable=KEYS_VARIABLE,
                )
            ) from error

    def _seal_again(self):
        """Seal what is kept with the newest key.

        :raises UserError: the keys of the installation do not open one of them
        """
        for row in self.sudo().filtered("sealed"):
            row._opened()
            row.sealed = self._vault().seal_again(row.sealed)
