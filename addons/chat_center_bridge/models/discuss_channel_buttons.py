from odoo import models
from odoo.exceptions import AccessError, UserError


class DiscussChannel(models.Model):
    """What core's own buttons and addresses must not do with a conversation.

    Each says what to do instead. Leaving is not here: it gives the conversation back,
    see ``_action_unfollow``.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def _compute_is_editable(self):
        """Name, description and picture are the customer's: screens offer no change."""
        result = super()._compute_is_editable()
        self.filtered(lambda channel: channel.sudo().chat_state).is_editable = False
        return result

    def _chat_is_customer(self):
        """Whether who asks is the customer of the conversation himself."""
        partner, guest = self.env["res.partner"]._get_current_persona()
        me = {"guest_id": guest.id} if guest else {"partner_id": partner.id}
        # sudo: chat.identity - customers do not read how they are known here
        identity = self.sudo().chat_identity_id
        return bool(identity) and any(me.values()) and identity._as_member() == me

    def _close_livechat_session(self, **kwargs):
        """Only the customer ends a conversation by leaving it, without a reason.

        :raises AccessError: somebody else tries
        """
        if self.sudo().chat_state and not self._chat_is_customer():
            raise AccessError(
                self.env._(
                    "Only the customer ends a conversation by leaving it: use"
                    " “Close the conversation” or “Transfer”."
                )
            )
        return super()._close_livechat_session(**kwargs)

    def channel_pin(self, pinned=False):
        """Hide a conversation in one's Discuss, unless one has to answer in it.

        :raises UserError: it is with the user
        """
        conversation = self.sudo()
        if not pinned and conversation.chat_operator_id.user_id == self.env.user:
            raise UserError(
                self.env._(
                    "The conversation with %s is with you: close or transfer it, then"
                    " it is out of sight.",
                    conversation.name,
                )
            )
        super().channel_pin(pinned)
        return True

    def set_message_pin(self, message_id, pinned):
        """Pin a message; core tells all members, and the customer is one.

        :raises UserError: it is one of a conversation
        """
        if self.sudo().chat_state:
            raise UserError(
                self.env._(
                    "Messages of a conversation are not pinned, for the customer would"
                    " see it: use the star, which only you see."
                )
            )
        super().set_message_pin(message_id, pinned)
        return True

    def _create_sub_channel(self, from_message_id=None, name=None):
        """Begin a thread beside a channel; a customer would see it.

        :raises UserError: the channel is a conversation
        """
        if self.sudo().chat_state:
            raise UserError(
                self.env._(
                    "A conversation has no threads: write to colleagues in a chat of"
                    " their own."
                )
            )
        return super()._create_sub_channel(from_message_id, name)

    def _chatbot_post_message(self, chatbot_script, body):
        """Core's scripts, which whoever sees a live chat may run, speak in no queue.

        :raises UserError: it is a conversation
        """
        if self.sudo().chat_state:
            raise UserError(
                self.env._("No script of the live chat runs in this conversation.")
            )
        return super()._chatbot_post_message(chatbot_script, body)

    def _email_livechat_transcript(self, email):
        """The words of a customer are mailed by who answers for them alone.

        :raises AccessError: somebody else asks
        """
        # sudo: discuss.channel - who leads it is asked
        conversation, user = self.sudo(), self.env.user
        is_others = conversation.chat_state and not conversation._chat_is_led_by(user)
        if is_others and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only the operator of a conversation and the supervisors of its"
                    " direction may send it to somebody."
                )
            )
        return super()._email_livechat_transcript(email)
