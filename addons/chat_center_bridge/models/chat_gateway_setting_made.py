from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_service.wizards.closing_note import closing_note

from ..rules import vault


class ChatGatewaySetting(models.Model):
    """Secrets between a messenger and us, which the system makes up itself."""

    # one file a concern of the account
    _inherit = "chat.gateway.setting"  # pylint: disable=consider-merging-classes-inherited

    is_made = fields.Boolean(
        string="Made by the system", compute="_compute_is_made", help="Not typed."
    )

    @api.depends("name", "gateway_id.gateway_type")
    def _compute_is_made(self):
        for row in self:
            field = row._field()
            row.is_made = bool(field and field.is_made)

    @api.model_create_multi
    def create(self, vals_list):
        """What the system makes up is there from the beginning."""
        rows = super().create(vals_list)
        for row in rows.filtered("is_made"):
            if not row.sudo().sealed:
                row._keep(vault.made())
        return rows

    def action_make_new(self):
        """Make a secret up again, for one that somebody may have seen.

        :return: an action that says what is to be done now
        :raises UserError: the value is the messenger's, not ours to make up
        """
        self.ensure_one()
        self.check_access("write")
        if not self.is_made:
            raise UserError(
                self.env._(
                    "“%s” comes from the messenger: make a new one there, and enter it"
                    " here.",
                    self.label,
                )
            )
        self._keep(vault.made())
        self._tell_change(self.env._("New secret: %s", self.label))
        return closing_note(
            self.env._(
                "There is a new secret. Press “Set webhook” now: until then the"
                " messenger has the old one."
            )
        )
