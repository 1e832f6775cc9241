from odoo import models
from odoo.exceptions import UserError


class DiscussChannel(models.Model):
    """What is written in a messenger's conversation goes to the messenger."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def _message_post_after_hook(self, message, msg_vals):
        """Put what we write to a customer on its way, in the same transaction.

        :raises UserError: the messenger would refuse it, so it is not posted either
        """
        if self._chat_goes_out(message):
            # sudo: chat.outbox - the system sends what the author was allowed to post
            self.env["chat.outbox"].sudo()._make(self.sudo(), message.sudo())
        return super()._message_post_after_hook(message, msg_vals)

    def _chat_goes_out(self, message):
        """Whether a message is one of ours to a customer of a gateway.

        Notes and notices of the system stay here; what the customer wrote he has.
        """
        # sudo: discuss.channel - whoever posts, it is told by the conversation itself
        identity = self.sudo().chat_identity_id
        return (
            identity.gateway_id._has_provider()
            and not message.author_guest_id
            and message.message_type == "comment"
            and message.subtype_id == self.env.ref("mail.mt_comment")
            and message.author_id != identity.partner_id
        )

    def _chat_insiders(self):
        """Users who work here and have the conversation in their Discuss."""
        users = self.channel_member_ids.partner_id.user_ids
        return users.filtered(lambda user: not user.share)

    def _check_can_update_message_content(self, message):
        """What went to a messenger cannot be taken back, so it stays as it was sent.

        :raises UserError: the message is on its way, or the customer has it
        """
        if self._chat_goes_out(message.sudo()):
            raise UserError(
                self.env._(
                    "This message has gone to the customer's messenger and cannot be"
                    " changed there: write another one."
                )
            )
        return super()._check_can_update_message_content(message)
