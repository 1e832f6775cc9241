from odoo import fields, models

from ..rules import life


class DiscussChannel(models.Model):
    """What happens to a conversation when nothing happens."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_warned_at = fields.Datetime(
        string="Asked whether there",
        readonly=True,
        help="When the customer, silent, was asked whether he is there.",
    )

    def _chat_life(self):
        """Where the conversation stands, as plain data for ``rules.life``."""
        self.ensure_one()
        segment, asked_at = self._chat_moments()
        return life.Life(
            state=self.chat_state,
            queued_at=self.chat_queued_at or None,
            wants_skills=bool(self.chat_skill_ids),
            offered_at=segment.offered_at or None,
            accepted_at=segment.accepted_at or None,
            asked_at=asked_at,
            replied_at=self.chat_replied_at or None,
            warned_at=self.chat_warned_at or None,
            hold_until=self.chat_hold_until or None,
            ended_at=self.livechat_end_dt or None,
        )

    def _chat_moments(self):
        """The stretch that is going on, and since when the customer waits.

        They count with an operator only: messages into the queue need not ask for it.
        """
        if self.chat_state == "active":
            return self._chat_segment(), self._chat_waiting_since()
        return self.env["chat.segment"], None

    def _chat_next_step(self):
        """What the clock does next: (moment, step), or None."""
        return life.next_step(self._chat_life(), self.chat_direction_id._pace())

    def _chat_set_deadline(self):
        """Tell the clock when to look at the conversation next."""
        due = self._chat_next_step()
        moment = due and due[0]
        # Discuss compares all it shows at every write, even of the same value
        if moment != (self.chat_deadline_at or None):
            self.chat_deadline_at = moment

    def _chat_wrote(self, moment):
        """The customer wrote: he is not silent, and what was on hold comes back."""
        self._chat_forget_silence()
        if self.chat_state == "hold":
            held_since = self._chat_segment().opened_at
            self._chat_come_back(max(moment, held_since), life.WROTE_ON_HOLD)
        self._chat_set_deadline()
        self._chat_tell_beginning(moment)

    def _chat_forget_silence(self):
        """Somebody wrote: the next silence is another one, with a text of its own."""
        if self.chat_warned_at:
            silence = self.chat_told_ids.filtered(lambda text: text.event == "silence")
            self.write(
                {
                    "chat_warned_at": False,
                    "chat_told_ids": [
                        fields.Command.unlink(text.id) for text in silence
                    ],
                }
            )

    def _chat_look(self, moment):
        """Do what is due, if nobody has the conversation and it still is.

        :param moment: naive UTC datetime it is now
        :return: the step that was done, or None
        :raises SerializationFailure: somebody changed it just now
        """
        self.ensure_one()
        if not self._chat_lock(("queued", "active", "hold", "wrap_up")):
            return None
        due = self._chat_next_step()
        if not due or due[0] > moment:
            self.chat_deadline_at = due and due[0]
            return None
        getattr(self, f"_chat_step_{due[1]}")(moment)
        return due[1]

    def _chat_step_ask_wider(self, _moment):
        """Nobody with the skills became free in time: anybody will do."""
        self.chat_deadline_at = False
        self.chat_direction_id._wake_after_commit()

    def _chat_step_not_accepted(self, moment):
        """The operator did not accept in time."""
        operator = self.chat_operator_id
        self._chat_take_back(moment, life.NOT_ACCEPTED)
        operator._missed_one()

    def _chat_step_silent(self, moment):
        """The customer has been waiting for the operator's reply too long."""
        self._chat_take_back(moment, life.OPERATOR_SILENT)

    def _chat_step_hold_over(self, moment):
        """What was waited for should be there now."""
        self._chat_come_back(moment, life.HOLD_OVER)

    def _chat_step_warn(self, moment):
        """The customer has been silent for long: ask whether he is there."""
        self.chat_warned_at = moment
        self._chat_tell("silence")
        self._chat_set_deadline()

    def _chat_step_silence(self, moment):
        """The customer remained silent."""
        self._chat_close(moment, life.SILENCE)

    def _chat_step_wrapped_up(self, moment):
        """The time for notes is over."""
        self._chat_wrapped_up(moment)
