from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import life

HELD = ("active", "hold")
WITH_OR_WITHOUT_HOLDER = ("queued", "active", "hold")


class DiscussChannel(models.Model):
    """What operators do with their conversations, and supervisors with all of theirs.

    Each method says who may, then calls what does it, and answers True: XML-RPC knows
    no nothing. Errors, if not said otherwise:
    AccessError to whoever neither holds the conversation nor supervises its direction;
    UserError if it is not in a state for that, or somebody else changes it just now.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    # -- who ---------------------------------------------------------------------------

    def _chat_led(self, states):
        """The conversation, locked, for whom leads it.

        :param tuple states: those in which it can be done
        """
        self.ensure_one()
        # sudo: discuss.channel - operators write no slot and no stretch by hand; who
        # may have it done is asked here
        conversation = self.sudo()
        if not conversation._chat_is_led_by(self.env.user):
            raise AccessError(
                self.env._(
                    "Only the operator of a conversation and the supervisors of its"
                    " direction may do that."
                )
            )
        conversation._chat_claim(states)
        return conversation

    def _chat_is_led_by(self, user):
        """Whether a user holds the conversation, or supervises its direction."""
        direction = self.chat_direction_id
        if not direction or not user.has_group("chat_center_bridge.group_operator"):
            return False
        return self.chat_operator_id.user_id == user or direction._is_led_by(user)

    def _chat_claim(self, states):
        """Lock the conversation, or say why it cannot be had.

        :raises UserError: it is in another state, or with somebody else's change
        """
        if not self._chat_lock(states):
            state = self.chat_state
            labels = dict(self._fields["chat_state"]._description_selection(self.env))
            raise UserError(
                self.env._("Somebody is changing the conversation just now: try again.")
                if state in states
                else self.env._(
                    "That cannot be done with this conversation now. Its state: %s.",
                    labels.get(state, self.env._("none")),
                )
            )

    # -- the operator's own ------------------------------------------------------------

    def chat_accept(self):
        """Accept what one was assigned; the first reply does the same.

        :raises UserError: it is somebody else's
        """
        conversation = self._chat_led(("active",))
        if conversation.chat_operator_id.user_id != self.env.user:
            raise UserError(
                self.env._("The conversation is with somebody else: transfer it.")
            )
        conversation._chat_accept(fields.Datetime.now())
        return True

    def chat_hold(self, until):
        """Put it on hold: the slot is free, and it comes back by itself.

        :param until: UTC datetime, or a string of one; ahead of now
        :raises UserError: that moment is over
        """
        conversation, now = self._chat_led(("active",)), fields.Datetime.now()
        until = fields.Datetime.to_datetime(until)
        if not until or until <= now:
            raise UserError(
                self.env._("A conversation is put on hold until a moment to come.")
            )
        conversation._chat_hold(until, now)
        return True

    def chat_resume(self):
        """Go on with what is on hold, in a free slot of its operator.

        :raises UserError: there is none
        """
        self._chat_led(("hold",))._chat_resume_or_refuse(fields.Datetime.now())
        return True

    def _chat_resume_or_refuse(self, moment):
        if not self._chat_resume(moment):
            raise UserError(
                self.env._(
                    "%s has no free slot: a conversation has to be closed or put on"
                    " hold first.",
                    self.chat_operator_id.user_id.name,
                )
            )

    def chat_close(self, reason_id=None):
        """End the conversation; the operator's slot is free after the notes.

        :param int reason_id: chat.reason of its direction; needed if it has any
        :raises UserError: the reason is missing, or another direction's
        """
        conversation = self._chat_led(WITH_OR_WITHOUT_HOLDER)
        reason = self.env["chat.reason"].browse(reason_id or [])
        conversation.chat_direction_id._check_closing_reason(reason)
        conversation._chat_close(fields.Datetime.now(), life.CLOSED, reason)
        return True

    def chat_wrapped_up(self):
        """The notes are written: free the slot before their time is over."""
        self._chat_led(("wrap_up",))._chat_wrapped_up(fields.Datetime.now())
        return True

    # -- to others ---------------------------------------------------------------------

    def chat_return(self, comment=None):
        """Give it back to the queue, ahead of it; others are asked first.

        :param str comment: for the next holder; the customer never sees it
        """
        conversation = self._chat_led(HELD)
        conversation._chat_take_back(fields.Datetime.now(), life.RETURNED, comment)
        return True

    def chat_transfer_to_operator(self, operator_id, comment=None):
        """Give it to an operator of its direction, in a free slot of his.

        To oneself it is a take-over, and out of the queue an assignment by hand.

        :param int operator_id: chat.operator
        :param str comment: for him; the customer never sees it
        :raises UserError: he is not available, serves another direction or has no slot;
            of oneself only the slot is asked for
        """
        conversation = self._chat_led(WITH_OR_WITHOUT_HOLDER)
        operator = conversation.env["chat.operator"].browse(operator_id).exists()
        conversation._chat_pass_to(operator, life.TRANSFERRED, comment)
        return True

    def chat_transfer_to_direction(self, direction_id, skill_ids=(), comment=None):
        """Give it to a direction, ahead of its queue.

        :param int direction_id: chat.direction of the same company; its own is right
            too, where other skills are wanted
        :param skill_ids: list of chat.skill that an operator should have
        :param str comment: for the next holder; the customer never sees it
        :raises UserError: the direction is another company's, or archived
        """
        conversation = self._chat_led(WITH_OR_WITHOUT_HOLDER)
        conversation._chat_check_direction(direction_id)
        skills = self.env["chat.skill"].browse(skill_ids).exists()
        conversation._chat_leave_operator()
        conversation.write(
            {
                "chat_direction_id": direction_id,
                "chat_skill_ids": [fields.Command.set(skills.ids)],
                "chat_asked_for_id": False,
            }
        )
        moment = fields.Datetime.now()
        conversation._chat_queue(
            moment, life.TRANSFERRED, is_head=True, comment=comment
        )
        return True

    def _chat_check_direction(self, direction_id):
        """Refuse a direction that the conversation cannot go to."""
        domain = [
            ("id", "=", direction_id),
            ("company_id", "=", self.chat_direction_id.company_id.id),
        ]
        if not self.env["chat.direction"].search_count(domain):
            raise UserError(
                self.env._(
                    "There is no such direction to transfer it to: choose another."
                )
            )

    # -- marks -------------------------------------------------------------------------

    def chat_block(self, reason):
        """End it, and let no message of this customer reach operators any more.

        ``chat.identity.chat_unblock`` takes it back.

        :param str reason: why, for colleagues; the customer never sees it
        :raises UserError: there is no reason
        """
        conversation = self._chat_led(WITH_OR_WITHOUT_HOLDER)
        conversation.chat_identity_id._block(reason)
        return True

    def chat_mark_test(self, is_test=True):
        """Keep it out of all figures, or count it again.

        :param bool is_test: whether it is a test
        """
        conversation = self._chat_led((*WITH_OR_WITHOUT_HOLDER, "wrap_up", "closed"))
        conversation.chat_is_test = is_test
        return True
