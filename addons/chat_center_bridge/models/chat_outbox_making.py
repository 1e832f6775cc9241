from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.adapter import Out, Problem, Refused
from ..rules.lanes import lane_of
from ..rules.plain_text import plain_text
from .chat_outbox import DIALOGUE


class ChatOutbox(models.Model):
    """How a posted message becomes what the adapters take."""

    # one file a concern of the outbox
    _inherit = "chat.outbox"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _make(self, conversation, message, priority=DIALOGUE):
        """Put a message on its way; what the provider would refuse is not posted.

        :param message: mail.message that was posted in this transaction
        :return: the row
        :raises UserError: the provider would refuse it, or the gateway is not set up
        """
        identity = conversation.chat_identity_id
        identity.gateway_id._check_account()
        row = self.create(
            {
                "message_id": message.id,
                "conversation_id": conversation.id,
                "gateway_id": identity.gateway_id.id,
                "identity_id": identity.id,
                "lane": self._lane_of(identity),
                "priority": priority,
            }
        )
        row._make_parts()
        self.env["chat.outbox.lane"]._wake_after_commit({row.lane})
        return row

    @api.model
    def _lane_of(self, identity):
        """Messages to one customer share a lane, so they keep their order."""
        count = self.env["chat.outbox.lane"]._count()
        return lane_of(identity.gateway_id.id, identity.external_id, count)

    def _make_parts(self):
        """One part for each request the provider needs.

        :raises UserError: the provider would refuse one of them
        """
        self.ensure_one()
        if self.identity_id.is_blocked:
            raise UserError(self._sentence(self._told(Problem("blocked"))))
        self.env["chat.outbox.part"]._make(self, self._accepted_requests())

    def _accepted_requests(self):
        """What the provider is to be asked, in order.

        :raises UserError: it would refuse it
        """
        try:
            return self._requests()
        except Refused as refused:
            raise UserError(self._sentence(self._refused(refused))) from refused

    def _requests(self):
        """What the provider is to be asked, in order.

        :return: list of rules.adapter.Request
        :raises Refused: the provider would not take it
        """
        self.ensure_one()
        gateway = self.gateway_id
        return gateway._adapter().render(
            self._out(), gateway._account(), fields.Datetime.now()
        )

    def _out(self):
        """The message as the adapters take it."""
        self.ensure_one()
        files, links = self._files()
        text = plain_text(self.message_id.body)
        return Out(
            key=self.key,
            to=self.identity_id._as_recipient(),
            text="\n".join([text, *links] if text else links),
            files=tuple(files),
            reply_to=self._answered(),
            window_until=self.identity_id.window_until or None,
        )

    def _files(self):
        """Attachments that the provider takes, and lines with links to the others.

        :return: list of rules.adapter.OutFile, list of texts
        :raises Refused: one of them is empty
        """
        limits = self.gateway_id._adapter().LIMITS
        # read by the customer, whatever the operator's language is
        language = self.gateway_id.company_id.partner_id.lang
        attachments = self.message_id.attachment_ids.with_context(lang=language)
        files, links = [], []
        for attachment in attachments.sorted("id"):
            file = attachment._chat_file(limits)
            if file:
                files.append(file)
            else:
                links.append(attachment._chat_link())
        return files, links

    def _answered(self):
        """The provider's id of the message that is answered; may be empty."""
        parent = self.message_id.parent_id
        if not parent:
            return ""
        own = self.search([("message_id", "=", parent.id)]).part_ids
        if own:
            return own.filtered("is_message")[:1].provider_id or ""
        event = self.env["chat.inbox"].search(
            [
                ("message_id", "=", parent.id),
                ("gateway_id", "=", self.gateway_id.id),
                ("provider_message_id", "!=", False),
            ],
            order="id",
            limit=1,
        )
        return event.provider_message_id or ""
