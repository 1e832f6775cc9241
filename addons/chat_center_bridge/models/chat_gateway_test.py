import uuid

from odoo import fields, models
from odoo.exceptions import UserError

from ..rules.adapter import Out, Refused


class ChatGateway(models.Model):
    """Messages that only show whether a gateway works."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    def action_test_message(self):
        """Ask to whom a test message goes.

        :raises UserError: nothing can be sent: something is missing
        """
        self._check_can_ask()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test message"),
            "res_model": "chat.gateway.test.message",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gateway_id": self.id},
        }

    def _send_test(self, recipient, text, window_until=None):
        """Send a text at once, past the outbox: it belongs to no conversation.

        Afterwards nothing is written that others write too, so the request is not made
        again, and the customer has the text once.

        :param recipient: rules.adapter.Sender
        :param datetime window_until: till when the customer may be written to
        :raises UserError: the messenger refuses, or would
        """
        self._check_can_ask()
        out = Out(str(uuid.uuid4()), recipient, text, window_until=window_until)
        for request in self._render(out):
            self._ask_outside(request)
        self._message_log(
            body=self.env._(
                "Test message to %(customer)s: %(text)s",
                customer=recipient.name or recipient.external_id,
                text=text,
            )
        )

    def _render(self, out):
        """The requests of a message that no conversation holds.

        :raises UserError: the messenger would refuse it
        """
        now = fields.Datetime.now()
        try:
            return self._adapter().render(out, self._account(), now)
        except Refused as refused:
            problems = self.env["chat.problem.mixin"]
            told = problems._sentence(problems._refused(refused))
            raise UserError(self._with_way_out(told, refused.code)) from refused
