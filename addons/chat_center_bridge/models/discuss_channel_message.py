from odoo import fields, models
from odoo.exceptions import UserError

from .discuss_channel import OPEN_STATES


class DiscussChannel(models.Model):
    """What people of the company write to customers, in Discuss or by RPC."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def _message_post_after_hook(self, message, msg_vals):
        """A reply of a human ends the customer's waiting."""
        # sudo: discuss.channel - who may post may not read slots and stretches
        conversation = self.sudo()
        if conversation.chat_state and conversation._chat_is_reply(message):
            author = message.author_id
            conversation._chat_replied(author, fields.Datetime.now())
        return super()._message_post_after_hook(message, msg_vals)

    def _chat_is_reply(self, message):
        """Whether a message is one of a human of the company to the customer."""
        is_note = message.is_internal or message.subtype_id.internal
        if message.message_type != "comment" or is_note:
            return False
        author = message.sudo().author_id
        # colleagues write to the shop as customers, too
        is_customer = author in self.livechat_customer_partner_ids
        return not is_customer and any(not user.share for user in author.user_ids)

    def _chat_replied(self, author, moment):
        """A human of the company replied.

        The holder accepts by that, and goes on with what was on hold. Somebody else,
        such as a supervisor who joined, ends the customer's waiting too; but slot and
        stretch remain the holder's, whose first reply is still to come.

        :param author: res.partner
        :raises UserError: the conversation is over, or on hold and no slot is free
        """
        if self.chat_state not in OPEN_STATES:
            raise UserError(
                self.env._(
                    "The conversation with %s is closed: the message would reach"
                    " nobody.",
                    self.name,
                )
            )
        if author != self.chat_operator_id.user_id.partner_id:
            self._chat_close_turn(moment)
            return
        if self.chat_state == "hold":
            self._chat_resume_or_refuse(moment)
        self._chat_answered(moment)
