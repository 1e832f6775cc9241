from odoo import fields, models
from odoo.exceptions import MissingError, UserError

from ..rules import choice, life
from .discuss_channel import OPEN_STATES

TAKEN_OVER = "taken_over"


class DiscussChannel(models.Model):
    """What a supervisor does with conversations by hand."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def _chat_give(self, operator):
        """Give a waiting conversation to an operator, whoever waits before it.

        The order of the queue is the supervisor's to break, the slots are not.

        :raises UserError: the operator cannot have it, or somebody was quicker
        """
        self.ensure_one()
        slot = self._chat_slot_by_hand(operator)
        if not self._chat_lock(["queued"]):
            raise UserError(
                self.env._(
                    "“%(conversation)s” was not given: somebody has just taken it, or"
                    " the slot. See the board.",
                    conversation=self.name,
                )
            )
        self._chat_hand_over(operator, slot, fields.Datetime.now(), life.ASSIGNED)

    def _chat_pass_to(self, operator, reason, comment=None):
        """Let an operator have it instead of whoever has it, or of the queue.

        Who passes it to himself has accepted it by that.

        :param str reason: why the holder changes
        :param str comment: for the next holder; the customer never sees it
        :raises UserError: the operator cannot have it
        """
        self.ensure_one()
        # refused before anything is taken from whoever has it
        slot = self._chat_slot_by_hand(operator)
        moment = fields.Datetime.now()
        self._chat_leave_operator()
        self._chat_hand_over(operator, slot, moment, reason, comment)
        if operator.user_id == self.env.user:
            self._chat_accept(moment)

    def _chat_slot_by_hand(self, operator):
        """A free slot, locked, of an operator whom somebody chose for it.

        :raises UserError: the operator cannot have it
        """
        self._chat_check_can_have(operator)
        slot = self._chat_free_slot(operator)
        if not slot:
            raise UserError(
                self.env._(
                    "%(operator)s has no free slot for “%(conversation)s”: choose"
                    " somebody else, or close one of the conversations first.",
                    operator=operator.display_name,
                    conversation=self.name,
                )
            )
        return slot

    def _chat_check_can_have(self, operator):
        """Whether an operator can be given the conversation.

        He serves its direction and is available. A supervisor who takes it himself
        knows that he is there, and leads the direction already.

        :raises UserError: why not, and what to do
        :raises MissingError: he is deleted
        """
        if not operator:
            raise MissingError(
                self.env._("This operator is no longer there: choose another.")
            )
        if operator == self.chat_operator_id:
            raise UserError(
                self.env._(
                    "“%(conversation)s” is with %(operator)s already: see Discuss.",
                    conversation=self.name,
                    operator=operator.display_name,
                )
            )
        user = self.env.user
        if operator.user_id != user or not self.chat_direction_id._is_led_by(user):
            self._chat_check_is_there(operator)

    def _chat_check_is_there(self, operator):
        """Whether an operator serves the direction, and is available.

        :raises UserError: he does not, or is not
        """
        name = operator.display_name
        if self.chat_direction_id not in operator.line_ids.direction_id:
            raise UserError(
                self.env._(
                    "%(operator)s does not serve “%(direction)s”: choose somebody who"
                    " does, or add the direction to the operator.",
                    operator=name,
                    direction=self.chat_direction_id.name,
                )
            )
        if operator.state != choice.AVAILABLE:
            raise UserError(
                self.env._(
                    "%(operator)s is not available: choose somebody who is, or the"
                    " direction.",
                    operator=name,
                )
            )

    def _chat_check_nobodys(self):
        """Refuse a conversation that somebody holds.

        :raises UserError: who it is, and what to do
        """
        if self.chat_operator_id:
            raise UserError(
                self.env._(
                    "“%(conversation)s” is with %(operator)s: ask for a transfer.",
                    conversation=self.name,
                    operator=self.chat_operator_id.display_name,
                )
            )

    def _chat_close_by_hand(self, moment, chat_reason):
        """End conversations at once; what somebody else is changing is left to him.

        :param chat_reason: chat.reason of their direction; empty if it has none
        :return: those that are closed
        :raises UserError: a direction wants a reason, or this one is another's
        """
        for direction in self.chat_direction_id:
            direction._check_closing_reason(chat_reason)
        locked = self.filtered(lambda channel: channel._chat_lock(OPEN_STATES))
        for channel in locked:
            channel._chat_close(moment, life.BY_SUPERVISOR, chat_reason)
        return locked
