from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import choice, life
from .chat_operator import STATES


class ChatOperator(models.Model):
    """What operators say of themselves and take, and supervisors on their behalf."""

    # one file a concern of the operator
    _inherit = "chat.operator"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _of_current_user(self):
        """The operator who calls, as the system: his slots are not his to write.

        :raises AccessError: the user is no operator
        """
        # sudo: chat.operator - one's own, and only through the methods here
        operator = self.sudo().search([("user_id", "=", self.env.uid)])
        if not operator or not self.env.user.has_group(
            "chat_center_bridge.group_operator"
        ):
            raise AccessError(self.env._("You are no operator of the chat center."))
        return operator

    @api.model
    def chat_set_my_state(self, state, reason=None):
        """Say whether one takes conversations now.

        :param str state: available, busy, break, training or away
        :param str reason: why, for the log
        :return: True
        :raises AccessError: the user is no operator
        :raises UserError: there is no such state
        """
        self._of_current_user()._enter_state(state, reason)
        return True

    def chat_set_state(self, state, reason=None):
        """Set the state of operators whose directions one supervises.

        :param str state: available, busy, break, training or away
        :param str reason: why, for the log
        :return: True
        :raises AccessError: one of them serves no direction that the user supervises
        :raises UserError: there is no such state
        """
        for operator in self.sudo():
            directions = operator.line_ids.direction_id
            if not any(one._is_led_by(self.env.user) for one in directions):
                raise AccessError(
                    self.env._(
                        "Only supervisors of %s may do that.", operator.user_id.name
                    )
                )
        self.sudo()._enter_state(state, reason)
        return True

    def _enter_state(self, state, reason):
        if state not in dict(STATES):
            raise UserError(
                self.env._(
                    "There is no state “%(state)s”: choose one of %(states)s.",
                    state=state,
                    states=", ".join(dict(STATES)),
                )
            )
        if state != "away":
            self._check_may_work()
        self._set_state(state, reason)

    def _check_may_work(self):
        """:raises UserError: somebody has no right to answer customers"""
        for operator in self.filtered(lambda one: not one._may_work()):
            raise UserError(
                self.env._(
                    "%s cannot answer customers: the user needs the right “Operator” of"
                    " the chat center.",
                    operator.user_id.name,
                )
            )

    @api.model
    def chat_take_next(self):
        """Take the most urgent conversation that fits, and accept it.

        What somebody else takes at this moment is passed over.

        :return: id of the discuss.channel; False if there is none
        :raises AccessError: the user is no operator
        :raises UserError: the operator is not available, or has no free slot
        """
        operator = self._of_current_user()
        operator._check_can_take()
        moment = fields.Datetime.now()
        for conversation, kind in operator._fitting(moment):
            if conversation._chat_take(operator, kind, moment, life.TAKEN):
                conversation._chat_accept(moment)
                return conversation.id
        return False

    def _check_can_take(self):
        """Say why nothing can be taken: not available, or all slots are taken."""
        if self.state != "available":
            raise UserError(
                self.env._("Say that you are available, then take conversations.")
            )
        if not self.slot_ids.filtered(lambda slot: not slot.conversation_id):
            raise UserError(
                self.env._(
                    "All your slots are taken: close a conversation or put one on hold"
                    " first."
                )
            )

    def _fitting(self, moment):
        """The waiting conversations that fit an operator, the most urgent one first.

        :return: generator of (discuss.channel, kind of slot)
        """
        directions = self.line_ids.direction_id
        policies = {direction.id: direction._policy() for direction in directions}
        queue = choice.Queue(policies, directions._waiting())
        free = self.env["chat.slot"]._count_free(self)
        plain = self._as_choice(self.line_ids, free[self])
        while found := queue.next_for(plain, moment):
            waiting, kind = found
            queue.remove(waiting.id)
            yield self.env["discuss.channel"].browse(waiting.id), kind
