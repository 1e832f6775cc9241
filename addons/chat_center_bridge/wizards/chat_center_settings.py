from odoo import fields, models
from odoo.exceptions import AccessError

SETTINGS = (
    "chat_base_slots",
    "chat_extra_slots",
    "chat_gone_minutes",
    "chat_inbox_days",
    "chat_outbox_days",
)


class ChatCenterSettings(models.TransientModel):
    """What an administrator of the chat center decides for the own company, without
    rights on companies.
    """

    _name = "chat.center.settings"
    _description = "Settings of the chat center"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    chat_base_slots = fields.Integer(
        string="Conversations at a time",
        default=lambda self: self.env.company.chat_base_slots,
    )
    chat_extra_slots = fields.Integer(
        string="More for customers who come back",
        default=lambda self: self.env.company.chat_extra_slots,
    )
    chat_gone_minutes = fields.Integer(
        string="Operators without a screen, min",
        default=lambda self: self.env.company.chat_gone_minutes,
    )
    chat_inbox_days = fields.Integer(
        string="Keep events of messengers, days",
        default=lambda self: self.env.company.chat_inbox_days,
    )
    chat_outbox_days = fields.Integer(
        string="Keep the state of sent messages, days",
        default=lambda self: self.env.company.chat_outbox_days,
    )

    def action_save(self):
        """Keep the values on the company the user works in.

        :raises AccessError: the user is no administrator of the chat center, or
            meanwhile works elsewhere
        """
        self.ensure_one()
        if not self.env.user.has_group("chat_center_bridge.group_manager"):
            raise AccessError(
                self.env._("Only an administrator of the chat center changes these.")
            )
        if self.company_id != self.env.company:
            raise AccessError(
                self.env._("These are the settings of another company. Open them anew.")
            )
        # sudo: res.company - these are the chat center's, not the company's own
        self.company_id.sudo().write({name: self[name] for name in SETTINGS})
        return {"type": "ir.actions.act_window_close"}
