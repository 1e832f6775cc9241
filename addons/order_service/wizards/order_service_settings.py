from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

SETTINGS = (
    "service_sms_ready",
    "service_portal_reason_id",
    "service_feed_days",
    "service_age_days",
    "service_slot_days",
    "service_slot_few_percent",
    "service_order_minutes",
    "service_line_minutes",
    "service_on_key_missing",
    "service_answer_minutes",
    "service_call_minutes",
)


class OrderServiceSettings(models.TransientModel):
    """What the manager decides for the own company, without rights on companies."""

    _name = "order.service.settings"
    _description = "Settings of the order service"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    service_sms_ready = fields.Boolean(
        string="An SMS provider is connected",
        default=lambda self: self.env.company.service_sms_ready,
    )
    service_portal_reason_id = fields.Many2one(
        "order.service.reason",
        string="Reason of the portal",
        domain="[('party', '=', 'customer'), '|', ('company_id', '=', False),"
        " ('company_id', '=', company_id)]",
        default=lambda self: self.env.company.service_portal_reason_id,
    )
    service_feed_days = fields.Integer(
        string="Feed kept for, days",
        default=lambda self: self.env.company.service_feed_days,
    )
    service_age_days = fields.Integer(
        string="An age confirmed counts for, days",
        default=lambda self: self.env.company.service_age_days,
    )
    service_slot_days = fields.Integer(
        string="Slots made ahead, days",
        default=lambda self: self.env.company.service_slot_days,
    )
    service_slot_few_percent = fields.Integer(
        string="Few places left from, %",
        default=lambda self: self.env.company.service_slot_few_percent,
    )
    service_order_minutes = fields.Float(
        string="Minutes an order",
        default=lambda self: self.env.company.service_order_minutes,
    )
    service_line_minutes = fields.Float(
        string="Minutes a line",
        default=lambda self: self.env.company.service_line_minutes,
    )
    service_on_key_missing = fields.Selection(
        lambda self: (
            self.env["res.company"]._fields["service_on_key_missing"].selection
        ),
        string="If a key item cannot be had",
        required=True,
        default=lambda self: self.env.company.service_on_key_missing,
    )
    service_answer_minutes = fields.Integer(
        string="Customers may decline for, minutes",
        default=lambda self: self.env.company.service_answer_minutes,
    )
    service_call_minutes = fields.Integer(
        string="A call is tried for, minutes",
        default=lambda self: self.env.company.service_call_minutes,
    )

    @api.constrains("service_feed_days")
    def _check_feed_days(self):
        for settings in self:
            if settings.service_feed_days < 1:
                raise ValidationError(
                    self.env._("The feed must be kept for a day at least.")
                )

    @api.constrains("service_portal_reason_id", "company_id")
    def _check_portal_reason(self):
        for settings in self:
            reason = settings.service_portal_reason_id
            foreign = reason.company_id and reason.company_id != settings.company_id
            if reason and (foreign or reason.party != "customer"):
                raise ValidationError(
                    self.env._(
                        "“%s” is not a reason of this company's customers.", reason.name
                    )
                )

    def action_save(self):
        """Keep the values on the company the user works in.

        :raises AccessError: the user is no manager, or meanwhile works elsewhere
        """
        self.ensure_one()
        if not self.env.user.has_group("order_service.group_manager"):
            raise AccessError(self.env._("Only a manager changes these settings."))
        if self.company_id != self.env.company:
            raise AccessError(
                self.env._("These are the settings of another company. Open them anew.")
            )
        self.company_id.sudo().write({name: self[name] for name in SETTINGS})
        return {"type": "ir.actions.act_window_close"}
