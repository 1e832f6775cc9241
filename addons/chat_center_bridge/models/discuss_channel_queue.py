from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store

from ..rules import choice, language, life
from .discuss_channel import COLLEAGUES


class DiscussChannel(models.Model):
    """A conversation's way through queue, operators' slots and the end.

    Every change of holder is one of these methods: state, slot, members, segment and
    what Discuss shows change together or not at all.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_asked_for_id = fields.Many2one(
        "chat.operator",
        string="Comes back to",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=COLLEAGUES,
        help="The operator who put it on hold: he is given it again, if he is free.",
    )

    # -- into the queue ----------------------------------------------------------------

    def _chat_queue(self, moment, reason, is_head=False, comment=None):
        """Wait in the direction's queue from now on.

        :param bool is_head: ahead of all who wait: somebody was busy with it before
        :param str comment: for the next holder
        """
        self.ensure_one()
        self.write(
            {
                "chat_state": "queued",
                "chat_queued_at": self._chat_waiting_since() or moment,
                "chat_is_head": is_head,
                "chat_hold_until": False,
            }
        )
        self._chat_next_segment(moment, "queue", reason, comment)
        self._chat_set_deadline()
        self.chat_direction_id._wake_after_commit()

    def _chat_take_back(self, moment, reason, comment=None):
        """Take it from its operator, to the head of the queue."""
        self.ensure_one()
        self._chat_leave_operator()
        self._chat_queue(moment, reason, is_head=True, comment=comment)

    def _chat_come_back(self, moment, reason):
        """End a hold: ahead of the queue, and to the same operator if he is free."""
        self.ensure_one()
        self.chat_asked_for_id = self.chat_operator_id
        self._chat_take_back(moment, reason)

    def _chat_as_waiting(self):
        """The conversation as plain data for ``rules.choice``."""
        self.ensure_one()
        previous = self.chat_previous_id
        return choice.Waiting(
            id=self.id,
            direction=self.chat_direction_id.id,
            queued_at=self.chat_queued_at,
            channel_priority=self.chat_identity_id.gateway_id.priority,
            skills=frozenset(self.chat_skill_ids.ids),
            language=self._chat_spoken(),
            previous_operator=previous._chat_last_operator().id or None,
            previous_at=previous.livechat_end_dt or None,
            personal_manager=self._chat_personal_manager().id or None,
            asked_for=self.chat_asked_for_id.id or None,
            is_repeat=self.chat_is_repeat,
            head_of_queue=self.chat_is_head,
            declined=frozenset(self._chat_declined().ids),
        )

    def _chat_last_operator(self):
        """Who holds the conversation, or did last; empty if no human did."""
        segments = self.chat_segment_ids.filtered("first_reply_at")
        return self.chat_operator_id or segments[-1:].operator_id

    def _chat_declined(self):
        """Operators that let the conversation go: they are asked again last."""
        return self.chat_segment_ids.filtered(
            lambda segment: segment.reason_out in life.LAPSED
        ).operator_id

    def _chat_personal_manager(self):
        """The operator who looks after the customer's company anyway."""
        company = self.chat_identity_id.partner_id.commercial_partner_id
        return company.user_id.chat_operator_ids

    def _chat_spoken(self):
        """The language the customer speaks, if anybody told it: ``ru``."""
        identity = self.chat_identity_id
        return language.spoken(identity.partner_id.lang or identity.lang)

    # -- to an operator ----------------------------------------------------------------

    def _chat_take(self, operator, kind, moment=None, reason=life.ASSIGNED):
        """Give a waiting conversation to an operator, if both are still free.

        The slot belongs to the operator: without a free one nothing happens, so nobody
        ever has more than there are.

        :param str kind: ``base`` or ``extra``
        :return: whether the operator has it now
        :raises SerializationFailure: somebody else was quicker; the caller begins again
        """
        self.ensure_one()
        if not self._chat_lock(["queued"]):
            return False
        slot = self.env["chat.slot"]._free_of(operator, kind)
        if not slot:
            return False
        moment = moment or fields.Datetime.now()
        self._chat_hand_over(operator, slot, moment, reason)
        return True

    def _chat_free_slot(self, operator):
        """A slot in which an operator can take it, locked; empty if there is none.

        The extra ones are for who comes back, when the others are full.
        """
        slots = self.env["chat.slot"]
        free = slots._free_of(operator, choice.BASE)
        if not free and self.chat_is_repeat:
            free = slots._free_of(operator, choice.EXTRA)
        return free

    def _chat_hand_over(self, operator, slot, moment, reason, comment=None):
        """Let an operator have it in a slot of his; nobody else holds it any more."""
        slot.conversation_id = self
        self.write(
            {
                "chat_state": "active",
                "chat_operator_id": operator.id,
                "chat_asked_for_id": False,
                "chat_is_head": False,
                "chat_hold_until": False,
                "chat_warned_at": False,
                "livechat_operator_id": self._chat_shown_as(operator).id,
            }
        )
        operator.last_assigned_at = moment
        self._chat_next_segment(
            moment,
            "operator",
            reason,
            comment,
            operator_id=operator.id,
            slot_kind=slot.kind,
            offered_at=moment,
        )
        self._chat_set_deadline()
        self._chat_let_in(operator.user_id)

    def _chat_shown_as(self, operator):
        """Who the customer sees to speak with an operator: a partner."""
        return (
            self.chat_direction_id.public_partner_id
            or operator.user_id.partner_id
            or self.env.ref("chat_center_bridge.partner_queue")
        )

    def _chat_let_in(self, user):
        """Show it in the user's Discuss, without a word to the customer.

        Core tells whom a user invites that he is invited, but for the public user: the
        offer is told already.
        """
        public = self.env.ref("base.public_user")
        self.with_user(public).sudo()._add_members(
            users=user,
            post_joined_message=False,
            create_member_params={"livechat_member_type": "agent"},
        )

    def _chat_accept(self, moment):
        """The operator has seen it, and goes on with it."""
        segment = self._chat_segment()
        if not segment.accepted_at:
            segment.accepted_at = moment
            self._chat_set_deadline()

    def _chat_free_its_slot(self):
        """Leave the slot to other conversations, if the operator still has it."""
        slot = self.env["chat.slot"].search([("conversation_id", "=", self.id)])
        operator = slot.operator_id
        slot.conversation_id = False
        operator._fit_slots()
        operator.line_ids.direction_id._wake_after_commit()

    def _chat_leave_operator(self):
        """Free the slot, and let the operator see the conversation no more."""
        partner = self.chat_operator_id.user_id.partner_id
        self._chat_free_its_slot()
        self.chat_operator_id = False
        if self.chat_state != "closed":
            self.livechat_operator_id = self._chat_shown_as(self.chat_operator_id)
        if partner:
            self._action_unfollow(partner=partner, post_leave_message=False)

    def _action_unfollow(self, partner=None, guest=None, post_leave_message=True):
        """Who leaves what he holds gives it back; customers see nobody leave."""
        if not self.sudo().chat_state:
            return super()._action_unfollow(partner, guest, post_leave_message)
        # sudo: discuss.channel - slot and queue change with the membership one gives up
        conversation = self.sudo()
        holder = conversation.chat_operator_id.user_id.partner_id
        if partner and partner == holder:
            return conversation._chat_left_by_holder(fields.Datetime.now())
        member = conversation.channel_member_ids.filtered(
            lambda one: partner and one.partner_id == partner
        )
        result = super()._action_unfollow(partner, guest, post_leave_message=False)
        if member and not partner.partner_share:
            conversation._chat_hide_from(partner, member)
        return result

    def _chat_hide_from(self, partner, member):
        """Tell who left that it is not his, in his own channel of the bus.

        Core tells it in the conversation's, which a page opened just now does not hear
        any more; what made it his it does hear once more.
        """
        gone = Store.Many("channel_member_ids", [], mode="DELETE", value=member)
        nobodys = {"chat_holder_partner_id": False, "chat_accept_until": False}
        store = Store(bus_channel=partner.main_user_id)
        store.add(self, [gone]).add(self, nobodys).bus_send()

    def _chat_left_by_holder(self, moment):
        """The operator left it in Discuss: somebody else has to go on."""
        self._chat_claim(("active", "hold", "wrap_up"))
        if self.chat_state == "wrap_up":
            self._chat_wrapped_up(moment)
        else:
            self._chat_take_back(moment, life.LEFT)

    # -- on hold -----------------------------------------------------------------------

    def _chat_hold(self, until, moment):
        """Wait for something until a moment, without a slot.

        The operator goes on seeing it, and takes it up again with the first word.

        :param until: naive UTC datetime
        """
        self.ensure_one()
        operator = self.chat_operator_id
        self._chat_accept(moment)
        self._chat_free_its_slot()
        self.write({"chat_state": "hold", "chat_hold_until": until})
        self._chat_next_segment(moment, "operator", life.HOLD, operator_id=operator.id)
        self._chat_set_deadline()

    def _chat_resume(self, moment):
        """Go on with it before the hold is over.

        :return: whether the operator has a free slot for it
        """
        self.ensure_one()
        operator = self.chat_operator_id
        slot = self._chat_free_slot(operator)
        if slot:
            self._chat_hand_over(operator, slot, moment, life.RESUMED)
            self._chat_accept(moment)
        return bool(slot)

    # -- the end -----------------------------------------------------------------------

    def _chat_close(self, moment, reason, chat_reason=None):
        """End the conversation; the next message begins another one.

        The operator keeps slot and view as long as notes are to be written.

        :param str reason: who ended it and why, kept with the last stretch
        :param chat_reason: chat.reason of the direction, if it has any
        """
        self.ensure_one()
        if reason in life.FAREWELLS:
            self._chat_tell("closing")
        self._chat_close_segment(moment, reason)
        notes = self.chat_state == "active" and reason not in life.AT_ONCE
        self.write(
            {
                "chat_state": "wrap_up" if notes else "closed",
                "chat_reason_id": chat_reason and chat_reason.id,
                "chat_hold_until": False,
                "chat_asked_for_id": False,
                "livechat_end_dt": moment,
            }
        )
        Store(bus_channel=self).add(self, "livechat_end_dt").bus_send()
        if not notes or not self.chat_direction_id.wrap_up_seconds:
            self._chat_wrapped_up(moment)
        else:
            self._chat_set_deadline()

    def _chat_wrapped_up(self, moment):
        """The notes are written, or their time is over: the slot is free."""
        self.ensure_one()
        if self.chat_state == "wrap_up":
            seconds = (moment - self.livechat_end_dt).total_seconds()
            self._chat_last_segment().wrap_seconds = seconds
        self.write({"chat_state": "closed", "chat_deadline_at": False})
        self._chat_leave_operator()
