from odoo import fields, models
from odoo.exceptions import UserError

from ..rules import figures, life
from .once import once


class ChatIdentity(models.Model):
    """Where a customer likes to be written to, and operators who write first (P9)."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    def chat_prefer(self):
        """Say that the customer wants to be written to here, and not elsewhere.

        :raises AccessError: the user does not serve the customer
        """
        self._check_served()
        # sudo: chat.identity - who serves the customer notes what he likes
        customer = self.sudo()
        customer._of_same_customer().is_preferred = False
        customer.is_preferred = True
        return True

    def chat_begin(self):
        """Begin a conversation with the customer, where he likes to be written to.

        It is with the operator who begins it, in a slot of his; one that waits is
        taken. No figure of answering counts it, for the customer asked nothing.

        :return: id of the discuss.channel
        :raises AccessError: the user is no operator, or may not see the customer
        :raises UserError: the operator is not available or has no free slot, the
            customer is with somebody else, or there is no channel to write in
        """
        self.ensure_one()
        self.check_access("read")
        operator = self.env["chat.operator"]._of_current_user()
        # sudo: chat.identity - operators write conversations only by methods as this
        return self.sudo()._where_to_write()._begin_with(operator).id

    def _where_to_write(self):
        """The customer in the channel for a first message.

        The preferred one, then this one, then the latest; of those in which he takes
        messages now.

        :raises UserError: there is none
        """
        reached = self._of_same_customer().filtered(lambda one: one._is_reached())
        if not reached:
            raise UserError(
                self.env._(
                    "%s takes no messages from us now: wait until the customer writes,"
                    " or telephone.",
                    self.display_name,
                )
            )
        return reached.sorted(
            lambda one: (one.is_preferred, one == self, one.id), reverse=True
        )[:1]

    def _is_reached(self):
        """Whether a message of ours would be taken from us now."""
        gateway, until = self.gateway_id, self.window_until
        return (
            gateway.state == "live"
            and gateway._has_provider()
            and not (self.is_blocked or self.is_spam)
            and not (until and until <= fields.Datetime.now())
        )

    def _begin_with(self, operator):
        """The customer's conversation, with an operator from now on."""
        conversation = self.env["discuss.channel"]._chat_open_of(self)
        if not conversation:
            conversation = self._make_outgoing(operator)
            conversation._chat_pass_to(operator, figures.OUTGOING)
        elif conversation.chat_operator_id != operator:
            conversation._chat_check_nobodys()
            conversation._chat_claim(("bot", "queued"))
            conversation._chat_pass_to(operator, life.TAKEN)
        return conversation

    def _make_outgoing(self, operator):
        """A conversation in which the customer has asked nothing."""
        conversations = self.env["discuss.channel"]
        last = self._last_conversation()
        served = operator.line_ids.direction_id
        direction = last.chat_direction_id & served or self.gateway_id.direction_id
        values = conversations._chat_values(
            self, direction, last, fields.Datetime.now()
        )
        # extra slots are for customers who come back by themselves
        values |= {"chat_state": "bot", "chat_is_repeat": False}
        public = conversations.with_user(self.env.ref("base.public_user")).sudo()
        with once(self.env.cr):
            return public.create(values).with_env(self.env)
