import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .once import INTERFERENCE

_logger = logging.getLogger(__name__)

BATCH = 2_000
MOST_TRIES = 5


class ChatFigureDue(models.Model):
    """That a conversation has changed since it was measured.

    Rows are only added beside a change and taken by one cron: whoever leads the
    conversation never waits for who counts, and nothing depends on the order of clocks.
    """

    _name = "chat.figure.due"
    _description = "Conversation to be measured"
    _log_access = False

    conversation_id = fields.Many2one(
        "discuss.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )

    @api.model
    def _add(self, conversations):
        """Measure these conversations soon.

        :param conversations: discuss.channel
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO chat_figure_due (conversation_id)
                   SELECT unnest(%s::int[])""",
                conversations.ids,
            )
        )

    @api.model
    def _cron_count(self):
        """Measure what has changed, and who has become late."""
        while self._committed(self._count_next):
            pass
        self._committed(self.env["chat.figure.row"]._count_late)

    def _committed(self, count):
        """Count and commit; again where a conversation went on meanwhile.

        What finds no quiet moment is left to the next run.

        :param count: function that gives how many conversations it counted
        :return: how many, 0 of None
        """
        for _try in range(MOST_TRIES):
            try:
                counted = count() or 0
                self.env["ir.cron"]._commit_progress(counted)
            except INTERFERENCE:
                self.env.cr.rollback()
                self.env.invalidate_all()
            else:
                return counted
        _logger.info("The figures are left to the next run: too much goes on")
        return 0

    def _count_next(self):
        """Measure some of what has changed.

        :return: how many conversations
        """
        conversations = self._take()
        self.env["chat.figure.row"]._count(conversations)
        return len(conversations)

    def _take(self):
        """Conversations to be measured; each is named once however often it changed."""
        taken = self.env.execute_query(
            SQL(
                # an array is read once, whatever the planner thinks of a queue's size
                """DELETE FROM chat_figure_due
                    WHERE id = ANY(ARRAY(
                          SELECT id FROM chat_figure_due ORDER BY id LIMIT %s
                             FOR UPDATE SKIP LOCKED))
                RETURNING conversation_id""",
                BATCH,
            )
        )
        return self.env["discuss.channel"].browse({row[0] for row in taken})


class ChatSegment(models.Model):
    """A stretch that begins or ends is measured."""

    _inherit = "chat.segment"

    @api.model_create_multi
    def create(self, vals_list):
        """The conversation is measured again."""
        segments = super().create(vals_list)
        self.env["chat.figure.due"]._add(segments.conversation_id)
        return segments

    def write(self, vals):
        """The conversation is measured again."""
        self.env["chat.figure.due"]._add(self.conversation_id)
        return super().write(vals)


class ChatTurn(models.Model):
    """A reply is measured."""

    _inherit = "chat.turn"

    @api.model_create_multi
    def create(self, vals_list):
        """The conversation is measured again."""
        turns = super().create(vals_list)
        self.env["chat.figure.due"]._add(turns.conversation_id)
        return turns

    def write(self, vals):
        """The conversation is measured again."""
        self.env["chat.figure.due"]._add(self.conversation_id)
        return super().write(vals)


class DiscussChannel(models.Model):
    """What is marked as a test leaves the figures."""

    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """The conversation is measured again if the mark changes."""
        if "chat_is_test" in vals:
            self.env["chat.figure.due"]._add(self)
        return super().write(vals)
