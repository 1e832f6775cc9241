from odoo import api, fields, models

from ..rules import delivery
from ..rules.adapter import Refused
from ..rules.delivery import State


class ChatOutboxPart(models.Model):
    """One request of a message: how far it came, and its id at the provider."""

    _name = "chat.outbox.part"
    _inherit = ["chat.problem.mixin"]
    _description = "Request of a message to a messenger"
    _order = "outbox_id, seq, id"

    outbox_id = fields.Many2one(
        "chat.outbox",
        string="Message",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, index=True, ondelete="cascade"
    )
    seq = fields.Integer(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    is_message = fields.Boolean(
        readonly=True, help="The customer sees it; an upload he does not."
    )
    is_repeatable = fields.Boolean(readonly=True, help="Made twice it does no harm.")
    provider_id = fields.Char(string="Message at the provider", readonly=True)
    state = fields.Selection(
        [
            (State.QUEUED.value, "Not sent"),
            (State.SENT.value, "Sent"),
            (State.DELIVERED.value, "Delivered"),
            (State.READ.value, "Read"),
            (State.FAILED.value, "Not delivered"),
        ],
        default=State.QUEUED.value,
        required=True,
        readonly=True,
    )

    _seq_unique = models.Constraint(
        "UNIQUE(outbox_id, seq)", "The message has this request already."
    )
    _provider_idx = models.Index(
        "(gateway_id, provider_id) WHERE provider_id IS NOT NULL"
    )

    @api.model
    def _make(self, outbox, requests):
        """A part for each request of a message.

        :param list requests: of rules.adapter.Request
        """
        uploads = {seq - 1 for seq, request in enumerate(requests) if request.upload_at}
        deduplicates = outbox.gateway_id._adapter().DEDUPLICATES
        return self.create(
            [
                {
                    "outbox_id": outbox.id,
                    "gateway_id": outbox.gateway_id.id,
                    "seq": seq,
                    "name": request.name,
                    "is_message": seq not in uploads,
                    "is_repeatable": request.is_repeatable or deduplicates,
                }
                for seq, request in enumerate(requests)
            ]
        )

    # -- sending -----------------------------------------------------------------------

    def _request(self):
        """What to ask the provider, and the contents of its files.

        :return: rules.adapter.Request, {key of an OutFile: bytes}
        :raises Refused: the provider would not take it now, or the message changed
        :raises UserError: the keys of the installation do not open the account
        """
        self.ensure_one()
        parts = self.outbox_id.part_ids
        requests = self.outbox_id._requests()
        if [request.name for request in requests] != parts.mapped("name"):
            raise Refused("changed")
        request = requests[self.seq]
        if request.upload_at:
            request = request.with_upload(parts[self.seq - 1].provider_id)
        return request, self._contents(request)

    def _contents(self, request):
        attachments = self.env["ir.attachment"].sudo()
        return {
            file.key: attachments.browse(file.key).raw
            for file in request.files.values()
        }

    def _accepted(self, provider_id):
        """The provider has taken it; a status may have said so, and more, before."""
        self.ensure_one()
        self.provider_id = self.provider_id or provider_id
        self.state = delivery.forward(self.state, State.SENT)

    def _forget_failed(self):
        """Make ready to send again what the provider took and then did not deliver."""
        failed = self.filtered(lambda part: part.state == State.FAILED)
        failed.write(
            {"provider_id": False, "state": State.QUEUED.value, "problem": False}
        )

    # -- what the provider tells later -------------------------------------------------

    @api.model
    def _of_status(self, gateway, event):
        """The part a status is about; empty if it is none of ours.

        A status may be quicker than the answer to the request, or all that is ever
        heard of it: then the message's key tells, and the part in doubt is meant.

        :param event: rules.adapter.Event
        """
        own = [("gateway_id", "=", gateway.id)]
        part = self.search(
            [*own, ("provider_id", "=", event.provider_message_id)], limit=1
        )
        if part or not event.key:
            return part
        outbox = self.env["chat.outbox"].search([*own, ("key", "=", event.key)])
        in_doubt = outbox.attempt and outbox._next_part()
        if not in_doubt or not in_doubt.is_message:
            return part
        in_doubt.provider_id = event.provider_message_id
        outbox._go_on()
        return in_doubt

    def _advance(self, event):
        """Move forward to what a status says; backwards it never goes.

        :param event: rules.adapter.Event
        """
        self.ensure_one()
        state = delivery.forward(self.state, State(event.status))
        if state == State.FAILED and event.problem:
            self.problem = self._told(event.problem)
        self.state = state
        self.outbox_id._settle()

    @api.model
    def _message_of(self, gateway, provider_id):
        """The message of ours that an id of the provider stands for; may be empty."""
        return self.search(
            [("gateway_id", "=", gateway.id), ("provider_id", "=", provider_id)],
            limit=1,
        ).outbox_id.message_id
