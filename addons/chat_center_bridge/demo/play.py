"""Plays conversations of the past, with the steps of the model and moments of then."""

from datetime import timedelta
from random import Random

from markupsafe import Markup, escape

from odoo.tools import SQL

from ..rules import life
from .stories import OPERATOR

# seconds: between lines of one burst, until the customer writes again
BURST = (3, 25)
REPLY_OF_CUSTOMER = (15, 150)
# of ten replies of an operator one is slow
QUICK_REPLY, SLOW_REPLY = (8, 55), (70, 240)
# of ten conversations eight are taken within the target of a minute
QUICK_TAKE, SLOW_TAKE = (3, 22), (65, 190)
ACCEPT = (2, 8)
WRAP_UP = (10, 50)
# how much of the time it was with him the operator had it before him
FOCUS_PERCENT = (35, 75)


class Play:
    """One conversation after the other, with a random of its own.

    :param env: of the superuser
    :param int seed: the same seed plays the same day
    """

    def __init__(self, env, seed):
        # texts that customers are told by themselves would go out today
        self.env = env(context={**env.context, "chat_dry": True})
        self.random = Random(seed)
        self.comment = env.ref("mail.mt_comment")

    def seconds(self, span):
        """A random timedelta of a span (from, to) in seconds."""
        return timedelta(seconds=self.random.randint(*span))

    def luck(self, quick, slow):
        """Mostly from the first span, of ten times twice from the second."""
        return self.seconds(slow if self.random.randrange(10) > 7 else quick)

    def begin(self, identity, direction, moment):
        """A conversation that waits.

        :return: discuss.channel
        """
        channels = self.env["discuss.channel"]
        if identity.gateway_id.gateway_type != "site":
            return channels._chat_begin(identity, direction, moment)
        public = channels.with_user(self.env.ref("base.public_user")).sudo()
        channel = public._chat_open_window(identity).with_env(self.env)
        channel._chat_queue(moment, life.NEW)
        return channel

    def take(self, channel, operator, moment):
        """An operator gets it, and accepts it a moment later.

        Repeats take an extra slot when that is needed.
        """
        if not channel._chat_take(operator, "base", moment):
            channel._chat_take(operator, "extra", moment)
        channel._chat_accept(moment + self.seconds(ACCEPT))

    def say(self, channel, who, text, moment):
        """A line of customer or operator, with what it does to the history."""
        if who == OPERATOR:
            self._write(channel, text, moment, channel.chat_operator_id)
            channel._chat_answered(moment)
        else:
            self._write(channel, text, moment)
            channel._chat_asked(moment)

    def _write(self, channel, text, moment, operator=None):
        """Not posted: it was delivered long ago, and nobody is to be told."""
        author = (
            {"author_id": operator.user_id.partner_id.id}
            if operator
            else self._author_of_customer(channel.chat_identity_id)
        )
        self.env["mail.message"].create(
            {
                "model": "discuss.channel",
                "res_id": channel.id,
                "body": Markup("<p>%s</p>") % escape(text),
                "message_type": "comment",
                "subtype_id": self.comment.id,
                "author_id": False,
                "date": moment,
                **author,
            }
        )

    def _author_of_customer(self, identity):
        """Field of a message -> id."""
        fields_ = {"guest_id": "author_guest_id", "partner_id": "author_id"}
        return {fields_[name]: id_ for name, id_ in identity._as_member().items()}

    def talk(self, channel, lines, moment):
        """The lines one after the other.

        :param lines: of (who, text)
        :return: the moment of the last one
        """
        before = None
        for who, text in lines:
            moment += self._pause(before, who)
            self.say(channel, who, text, moment)
            before = who
        return moment

    def _pause(self, before, who):
        if before in (None, who):
            return self.seconds(BURST)
        if who == OPERATOR:
            return self.luck(QUICK_REPLY, SLOW_REPLY)
        return self.seconds(REPLY_OF_CUSTOMER)

    def end(self, channel, reason, moment):
        """The operator closes it and writes his notes.

        :param reason: chat.reason
        """
        moment += self.seconds(BURST)
        self.look_at(channel, moment)
        channel._chat_close(moment, life.CLOSED, reason)
        channel._chat_wrapped_up(moment + self.seconds(WRAP_UP))

    def look_at(self, channel, moment):
        """What the operator's window counted until now."""
        segment = channel._chat_segment()
        lasted = (moment - segment.opened_at).total_seconds()
        share = self.random.randint(*FOCUS_PERCENT) / 100
        segment.focus_seconds = round(lasted * share)

    def age(self, channels):
        """Let conversations have begun when their customers wrote."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE discuss_channel channel SET create_date = segment.opened_at,
                          last_interest_dt = coalesce(livechat_end_dt, chat_queued_at)
                     FROM chat_segment segment
                    WHERE segment.conversation_id = channel.id AND segment.seq = 1
                      AND channel.id = ANY(%s)""",
                channels.ids,
            )
        )
        channels.invalidate_recordset()
