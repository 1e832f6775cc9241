from odoo import models
from odoo.exceptions import UserError

# what customers, conversations and files were made under
FIXED_FIELDS = ("company_id", "gateway_type")


class ChatGateway(models.Model):
    """As long as a gateway knows anybody, it stays what it is."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Conversations stay in the company, and at the messenger, they were begun in.

        :raises UserError: a gateway with customers is to get another company or type
        """
        for name in FIXED_FIELDS:
            if name in vals:
                self._check_stays(name, vals[name])
        return super().write(vals)

    def _check_stays(self, name, value):
        """:raises UserError: a gateway with customers has another value of a field"""
        field = self._fields[name]
        for gateway in self:
            kept = field.convert_to_write(gateway[name], gateway)
            if kept != value and gateway._has_customers():
                raise UserError(
                    self.env._(
                        "“%(gateway)s” has customers already, so its field “%(field)s”"
                        " stays as it is: set up another gateway.",
                        gateway=gateway.name,
                        field=field._description_string(self.env),
                    )
                )

    def _has_customers(self):
        # sudo: chat.identity - that there are any is no secret to who may write
        identities = self.env["chat.identity"].sudo()
        return identities.search_count([("gateway_id", "=", self.id)], limit=1)
