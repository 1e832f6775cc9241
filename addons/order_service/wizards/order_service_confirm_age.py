from odoo import fields, models
from odoo.exceptions import AccessError

from ..models.res_partner_age_confirmation import HOW


class OrderServiceConfirmAge(models.TransientModel):
    """Records that the person of an order is of age; no birth date, no document."""

    _name = "order.service.confirm.age"
    _description = "Confirm the age for an order"

    order_id = fields.Many2one("sale.order", required=True)
    person = fields.Char(compute="_compute_person")
    age = fields.Integer(related="order_id.service_minimum_age")
    how = fields.Selection(HOW, required=True, default="document")
    valid_until = fields.Date(
        help="The last day it counts. Empty: as long as the company's settings say."
    )

    def _compute_person(self):
        for dialog in self:
            order = dialog.order_id.sudo()
            person = order.service_age_person_id.display_name
            dialog.person = person or order.service_recipient_name

    def action_confirm(self):
        """Keep the confirmation on the person.

        :raises AccessError: the user neither takes orders nor runs the store
        """
        self.ensure_one()
        order, user = self.order_id, self.env.user
        order._service_check_staff()
        if not (
            user.has_group("order_service.group_operator")
            or user.has_group("order_service.group_storeadmin")
        ):
            raise AccessError(
                self.env._("Operators and administrators of the store confirm an age.")
            )
        end = self.valid_until and fields.Datetime.add(
            fields.Datetime.to_datetime(self.valid_until), days=1
        )
        order._service_confirm_age(self.how, valid_until=end or None)
        return {"type": "ir.actions.act_window_close"}
