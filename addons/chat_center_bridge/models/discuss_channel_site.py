from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import life
from .discuss_channel import OPEN_STATES


class DiscussChannel(models.Model):
    """Conversations that begin in a window of ours, and not at a webhook."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _chat_open_window(self, identity):
        """A conversation for the first message of a visitor.

        Until it comes nobody is asked to answer: the state is ``bot``.
        """
        gateway = identity.gateway_id
        moment = fields.Datetime.now()
        previous = self._chat_last_of(identity)
        values = self._chat_values(identity, gateway.direction_id, previous, moment)
        persona = identity.guest_id or identity.partner_id
        language = self.env["res.lang"].search([("code", "=", identity.lang)])
        return self.create(
            {
                **values,
                "chat_state": "bot",
                "livechat_channel_id": gateway.livechat_channel_id.id,
                "livechat_lang_id": language.id,
                "country_id": persona.country_id.id,
            }
        )

    def message_post(self, **kwargs):
        """A visitor's message is one for the queue, as that of a messenger.

        :raises UserError: the conversation is over
        """
        message = super().message_post(**kwargs)
        # sudo: discuss.channel - visitors post in the conversation, the queue reads it
        conversation = self.sudo()
        if conversation._chat_is_of_visitor(message.sudo()):
            conversation._chat_asked_by_visitor(fields.Datetime.now())
        return message

    def _chat_is_of_visitor(self, message):
        """Whether a message is one of a customer in our own window."""
        identity = self.chat_identity_id
        return (
            identity.gateway_id.gateway_type == "site"
            and message.message_type == "comment"
            and identity._wrote_message(message)
        )

    def _chat_asked_by_visitor(self, moment):
        """A visitor wrote: the first time he begins to wait.

        :raises UserError: the conversation is over; his next one is not
        """
        if self.chat_state not in OPEN_STATES:
            raise UserError(
                self.env._("This conversation is over: open the chat again to go on.")
            )
        if self.chat_state == "bot" and not self._chat_segment():
            self._chat_queue(moment, life.NEW)
        self._chat_asked(moment)

    @api.autovacuum
    def _gc_windows_without_words(self):
        """Windows that were opened for a message that never came."""
        empty = self.search(
            [
                ("chat_state", "=", "bot"),
                ("chat_identity_id.gateway_id.gateway_type", "=", "site"),
                ("message_ids", "=", False),
                ("create_date", "<", "-1H"),
            ]
        )
        empty.unlink()
