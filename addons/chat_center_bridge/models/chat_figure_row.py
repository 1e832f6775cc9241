from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.figures import ABANDONED, BOT, OUTGOING, SET_ASIDE


class ChatFigureRow(models.Model):
    """What was measured of a conversation: one row for each time and each outcome.

    Worked out of segments and turns by the formulas of ``rules.figures``, a
    conversation at a time (``chat.figure.due`` says which): a report over a year reads
    these, because from the history itself every look would take many seconds.
    """

    _name = "chat.figure.row"
    _description = "Measured row of a conversation"
    _log_access = False

    conversation_id = fields.Many2one(
        "discuss.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    direction_id = fields.Many2one(
        "chat.direction", required=True, readonly=True, index=True, ondelete="cascade"
    )
    operator_id = fields.Many2one(
        "chat.operator", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    gateway_id = fields.Many2one(
        "chat.gateway", readonly=True, index="btree_not_null", ondelete="set null"
    )
    entered_at = fields.Datetime(required=True, readonly=True, index=True)
    late_at = fields.Datetime(
        readonly=True, help="Who still waits then is not answered within the target."
    )
    offered = fields.Integer(readonly=True)
    answered = fields.Integer(readonly=True)
    within = fields.Integer(readonly=True)
    abandoned = fields.Integer(readonly=True)
    short = fields.Integer(readonly=True)
    answer_seconds = fields.Float(readonly=True)
    first_reply_seconds = fields.Float(readonly=True)
    reply_seconds = fields.Float(readonly=True)
    handle_seconds = fields.Float(readonly=True)

    _late_idx = models.Index("(late_at) WHERE late_at IS NOT NULL")

    @api.model
    def _count(self, conversations):
        """Measure conversations anew.

        :param conversations: discuss.channel
        """
        for model in ("chat.segment", "chat.turn", "discuss.channel"):
            self.env[model].flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM chat_figure_row WHERE conversation_id = ANY(%s)",
                conversations.ids,
            )
        )
        for select in (self._select_care, self._select_reply, self._select_handle):
            self.env.cr.execute(SQL("%s %s", self._with(conversations), select()))
        self.invalidate_model()

    @api.model
    def _count_late(self):
        """Who waits beyond the target is offered and not answered, as long as it is.

        ``rules.figures.service_level`` with the moment of now.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE chat_figure_row SET offered = 1, late_at = NULL
                    WHERE late_at < %s""",
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()

    # -- the formulas, see rules.figures -----------------------------------------------

    def _with(self, conversations):
        """Human care of some conversations, tests left out: its beginning and end."""
        return SQL(
            """WITH human AS (
                    SELECT segment.*, identity.gateway_id
                      FROM chat_segment segment
                      JOIN discuss_channel channel
                        ON channel.id = segment.conversation_id
                 LEFT JOIN chat_identity identity
                        ON identity.id = channel.chat_identity_id
                     WHERE segment.conversation_id = ANY(%(ids)s)
                       AND segment.holder_kind != %(bot)s
                       AND channel.chat_is_test IS NOT TRUE
               ), entry AS (
                    SELECT DISTINCT ON (conversation_id) conversation_id, gateway_id,
                           opened_at AS entered_at, reason_in
                      FROM human ORDER BY conversation_id, seq
               ), last AS (
                    SELECT DISTINCT ON (conversation_id) *
                      FROM human ORDER BY conversation_id, seq DESC
               ), accepted AS (
                    SELECT DISTINCT ON (conversation_id) *
                      FROM human WHERE accepted_at IS NOT NULL
                     ORDER BY conversation_id, seq
               ), replied AS (
                    SELECT conversation_id, min(first_reply_at) AS replied_at
                      FROM human GROUP BY conversation_id
               ), asked AS (
                    SELECT conversation_id, min(asked_at) AS asked_at
                      FROM chat_turn WHERE conversation_id = ANY(%(ids)s)
                     GROUP BY conversation_id
               )""",
            ids=conversations.ids,
            bot=BOT,
        )

    def _select_care(self):
        """SL, ASA, A1RT and abandonment, one row a conversation."""
        return SQL(
            """, care AS (%(care)s)
               INSERT INTO chat_figure_row (
                      conversation_id, gateway_id, entered_at, direction_id,
                      operator_id, answer_seconds, first_reply_seconds,
                      offered, answered, within, abandoned, short, late_at)
               SELECT conversation_id, gateway_id, entered_at, direction_id,
                      operator_id, answer_seconds, first_reply_seconds, %(levels)s
                 FROM care
                 JOIN (SELECT id AS direction_id, service_level_seconds, short_seconds
                         FROM chat_direction) target USING (direction_id)""",
            care=self._care(),
            levels=self._levels(),
        )

    def _care(self):
        """The ways into human care: ``cares`` and ``_first_word``."""
        return SQL(
            """SELECT entry.conversation_id, entry.gateway_id, entered_at,
                      coalesce(accepted.direction_id, last.direction_id)
                          AS direction_id,
                      accepted.operator_id,
                      extract(epoch FROM accepted.accepted_at - entered_at)
                          AS answer_seconds,
                      extract(epoch FROM replied_at - CASE
                          WHEN asked_at <= replied_at
                          THEN greatest(entered_at, asked_at)
                          ELSE entered_at END) AS first_reply_seconds,
                      CASE WHEN accepted.id IS NULL
                            AND last.reason_out = ANY(%(abandoned)s)
                           THEN extract(epoch FROM last.closed_at - entered_at)
                           END AS gave_up_seconds,
                      last.closed_at IS NOT NULL AS is_over
                 FROM entry
                 JOIN last USING (conversation_id)
                 JOIN replied USING (conversation_id)
            LEFT JOIN accepted USING (conversation_id)
            LEFT JOIN asked USING (conversation_id)
                WHERE entry.reason_in IS DISTINCT FROM %(outgoing)s
                  AND (accepted.id IS NOT NULL
                       OR (last.reason_out = ANY(%(set_aside)s)) IS NOT TRUE)""",
            abandoned=list(ABANDONED),
            set_aside=list(SET_ASIDE),
            outgoing=OUTGOING,
        )

    def _levels(self):
        """Offered, answered, within, abandoned, short, when it is late: ``_level``."""
        return SQL(
            """CASE WHEN answer_seconds IS NOT NULL THEN 1
                    WHEN gave_up_seconds < short_seconds THEN 0
                    WHEN is_over THEN 1 ELSE 0 END,
               CASE WHEN answer_seconds IS NOT NULL THEN 1 ELSE 0 END,
               CASE WHEN answer_seconds <= service_level_seconds THEN 1 ELSE 0 END,
               CASE WHEN gave_up_seconds >= short_seconds THEN 1 ELSE 0 END,
               CASE WHEN gave_up_seconds < short_seconds THEN 1 ELSE 0 END,
               CASE WHEN answer_seconds IS NULL AND NOT is_over
                    THEN entered_at + service_level_seconds * interval '1 second'
                    END"""
        )

    def _select_reply(self):
        """ART: ``reply_samples``."""
        return SQL(
            """INSERT INTO chat_figure_row (
                      conversation_id, gateway_id, entered_at, direction_id,
                      operator_id, reply_seconds)
               SELECT entry.conversation_id, entry.gateway_id, entry.entered_at,
                      human.direction_id, human.operator_id,
                      extract(epoch FROM
                              answered_at - greatest(entered_at, asked_at))
                 FROM chat_turn turn
                 JOIN human ON human.id = turn.segment_id
                 JOIN entry ON entry.conversation_id = human.conversation_id
                WHERE answered_at IS NOT NULL"""
        )

    def _select_handle(self):
        """ACPT: ``handle_samples``."""
        return SQL(
            """INSERT INTO chat_figure_row (
                      conversation_id, gateway_id, entered_at, direction_id,
                      operator_id, handle_seconds)
               SELECT entry.conversation_id, entry.gateway_id, entry.entered_at,
                      human.direction_id, human.operator_id,
                      coalesce(focus_seconds, 0) + coalesce(wrap_seconds, 0)
                 FROM human JOIN entry USING (conversation_id)
                WHERE accepted_at IS NOT NULL AND closed_at IS NOT NULL"""
        )
