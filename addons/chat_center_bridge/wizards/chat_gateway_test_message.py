from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules.adapter import Sender


class ChatGatewayTestMessage(models.TransientModel):
    """To whom a test message of a gateway goes, and what it says."""

    _name = "chat.gateway.test.message"
    _description = "Test message of a chat gateway"

    gateway_id = fields.Many2one("chat.gateway", required=True, readonly=True)
    identity_id = fields.Many2one(
        "chat.identity",
        string="Customer",
        domain="[('gateway_id', '=', gateway_id)]",
        help="Write to the gateway from your own messenger, then choose yourself.",
    )
    external_id = fields.Char(
        string="Or ID at the messenger",
        help="Of somebody whose messages have not come here yet.",
    )
    text = fields.Text(
        required=True,
        default=lambda self: self.env._("A test message: please do not answer it."),
    )

    @api.constrains("gateway_id", "identity_id")
    def _check_identity(self):
        for wizard in self.filtered("identity_id"):
            if wizard.identity_id.gateway_id != wizard.gateway_id:
                raise ValidationError(
                    self.env._(
                        "“%(customer)s” is no customer of “%(gateway)s”: choose one of"
                        " its own.",
                        customer=wizard.identity_id.display_name,
                        gateway=wizard.gateway_id.name,
                    )
                )

    def action_send(self):
        """Send the message, and show the gateway again.

        :raises UserError: nobody is chosen, or the messenger refuses
        """
        self.ensure_one()
        if not (self.identity_id or self.external_id):
            raise UserError(
                self.env._("Choose a customer, or enter the ID at the messenger.")
            )
        identity = self.identity_id or self._find_identity()
        recipient = identity._as_recipient() if identity else self._typed()
        self.gateway_id._send_test(recipient, self.text, identity.window_until or None)
        return self.gateway_id._done(self.env._("The messenger has the message."))

    def _find_identity(self):
        """Whose ID was entered, if he has written before; else empty."""
        return self.env["chat.identity"]._known(self.gateway_id, self._typed())

    def _typed(self):
        """Who has the ID that was entered; messengers with numbers know him by it."""
        word = self.external_id.strip()
        digits = word.removeprefix("+")
        return Sender(word, phone=digits if digits.isdecimal() else "")
