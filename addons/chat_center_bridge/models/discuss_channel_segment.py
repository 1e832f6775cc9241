from odoo import fields, models


class DiscussChannel(models.Model):
    """The history of a conversation: who held it when, and how soon was replied."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_replied_at = fields.Datetime(
        string="Last reply",
        readonly=True,
        help="When a human wrote to the customer last.",
    )

    def _chat_segment(self):
        """The stretch that is going on; empty once the conversation is over."""
        return self.chat_open_segment_id

    def _chat_last_segment(self):
        """The stretch that is going on, or was the last one."""
        return self.env["chat.segment"].search(
            [("conversation_id", "=", self.id)], order="seq desc", limit=1
        )

    def _chat_next_segment(self, moment, holder_kind, reason, comment=None, **values):
        """Close the stretch that is going on and begin another one.

        :param moment: naive UTC datetime of the change
        :param str reason: why the holder changes
        :param str comment: for the next holder; the customer never sees it
        """
        self.ensure_one()
        last = self._chat_close_segment(moment, reason, comment)
        return self.env["chat.segment"].create(
            {
                "conversation_id": self.id,
                "seq": last.seq + 1,
                "holder_kind": holder_kind,
                "direction_id": self.chat_direction_id.id,
                "opened_at": moment,
                "reason_in": reason,
                **values,
            }
        )

    def _chat_close_segment(self, moment, reason, comment=None):
        """Close the stretch that is going on.

        :return: the last stretch of the conversation
        """
        last = self._chat_last_segment()
        if last and not last.closed_at:
            last.write({"closed_at": moment, "reason_out": reason, "comment": comment})
            # the index of open ones must see it before the next one is inserted
            last.flush_recordset()
        return last

    def _chat_open_turn(self):
        """The customer's burst that nobody replied to yet; may be empty."""
        return self.chat_open_turn_id

    def _chat_waiting_since(self):
        """Since when the customer waits for a word; None: he does not."""
        return self._chat_open_turn().asked_at or None

    def _chat_asked(self, moment):
        """The customer wrote: a burst begins, if none is going on.

        What was on hold comes back, for somebody waits for an answer again. Words that
        come late, from before the last reply, are waited for since that reply: nobody
        could answer them sooner.

        :param moment: naive UTC datetime of the message
        """
        moment = max(filter(None, (moment, self.chat_replied_at)))
        if not self._chat_open_turn():
            self.env["chat.turn"].create(
                {
                    "conversation_id": self.id,
                    "segment_id": self._chat_segment().id,
                    "asked_at": moment,
                }
            )
        self._chat_wrote(moment)

    def _chat_answered(self, moment):
        """The operator replied to the customer, and by that accepts."""
        segment = self._chat_segment()
        if not segment.first_reply_at:
            segment.first_reply_at = moment
        self._chat_accept(moment)
        self._chat_close_turn(moment)

    def _chat_close_turn(self, moment):
        """A human replied, so the customer's burst is over."""
        turn = self._chat_open_turn()
        turn.write({"answered_at": moment, "segment_id": self._chat_segment().id})
        # the index of open ones must see it before the customer writes again
        turn.flush_recordset()
        self.chat_replied_at = moment
        self._chat_forget_silence()
        self._chat_set_deadline()
