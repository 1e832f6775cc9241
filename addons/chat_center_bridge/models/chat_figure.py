from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .answer import without_none

# name of a figure -> where its seconds are
TIMES = {
    "asa": "answer_seconds",
    "first_reply": "first_reply_seconds",
    "reply": "reply_seconds",
    "handle": "handle_seconds",
}
COUNTS = ("offered", "answered", "within", "abandoned", "short")
# what a report may be told by -> the column
COLUMNS = {
    "direction": "direction_id",
    "channel": "gateway_type",
    "operator": "operator_id",
    "hour": "hour",
    "day": "day",
}
PERCENTILES = {"p50": 0.5, "p90": 0.9}


class ChatFigure(models.Model):
    """The figures of the contact centre, for pivot and graph.

    What each means and where its formula comes from is in ``rules.figures`` and
    docs/chat-figures.md. A conversation belongs to the moment it came into human care.
    """

    _name = "chat.figure"
    _description = "Figures of chats"
    _auto = False
    _order = "entered_at desc, id desc"
    _rec_name = "conversation_id"
    _depends = {"chat.gateway": ["gateway_type"]}

    conversation_id = fields.Many2one("discuss.channel", readonly=True)
    direction_id = fields.Many2one("chat.direction", readonly=True)
    operator_id = fields.Many2one("chat.operator", readonly=True)
    gateway_id = fields.Many2one("chat.gateway", readonly=True)
    gateway_type = fields.Selection(
        selection="_gateway_types",
        string="Channel",
        readonly=True,
    )
    entered_at = fields.Datetime(string="Came in", readonly=True)
    day = fields.Date(readonly=True)
    hour = fields.Integer(
        string="Hour of the day", readonly=True, aggregator=None, help="On your clock."
    )
    offered = fields.Integer(readonly=True, help="Short abandonments left out.")
    answered = fields.Integer(readonly=True)
    within = fields.Integer(string="Answered in time", readonly=True)
    abandoned = fields.Integer(readonly=True)
    short = fields.Integer(string="Short abandonments", readonly=True)
    service_level = fields.Float(
        string="SL of the offered, %", readonly=True, aggregator="avg"
    )
    service_level_answered = fields.Float(
        string="SL of the answered, %", readonly=True, aggregator="avg"
    )
    abandonment = fields.Float(string="Abandonment, %", readonly=True, aggregator="avg")
    answer_seconds = fields.Float(string="ASA, s", readonly=True, aggregator="avg")
    answer_p50 = fields.Float(string="ASA p50, s", readonly=True, aggregator="avg")
    answer_p90 = fields.Float(string="ASA p90, s", readonly=True, aggregator="avg")
    first_reply_seconds = fields.Float(
        string="A1RT, s", readonly=True, aggregator="avg"
    )
    first_reply_p50 = fields.Float(
        string="A1RT p50, s", readonly=True, aggregator="avg"
    )
    first_reply_p90 = fields.Float(
        string="A1RT p90, s", readonly=True, aggregator="avg"
    )
    reply_seconds = fields.Float(string="ART, s", readonly=True, aggregator="avg")
    reply_p50 = fields.Float(string="ART p50, s", readonly=True, aggregator="avg")
    reply_p90 = fields.Float(string="ART p90, s", readonly=True, aggregator="avg")
    handle_seconds = fields.Float(string="ACPT, s", readonly=True, aggregator="avg")

    @api.model
    def _gateway_types(self):
        gateways = self.env["chat.gateway"]
        return gateways._fields["gateway_type"]._description_selection(self.env)

    @property
    def _table_query(self):
        """Measured rows, with day and hour of the reader's clock."""
        return SQL(
            """SELECT measured.*, gateway.gateway_type,
                      local.entered_at::date AS day,
                      extract(hour FROM local.entered_at)::int AS hour,
                      CASE WHEN offered = 1 THEN 100.0 * within END AS service_level,
                      CASE WHEN answered = 1 THEN 100.0 * within END
                          AS service_level_answered,
                      CASE WHEN offered = 1 THEN 100.0 * abandoned END AS abandonment,
                      answer_seconds AS answer_p50, answer_seconds AS answer_p90,
                      first_reply_seconds AS first_reply_p50,
                      first_reply_seconds AS first_reply_p90,
                      reply_seconds AS reply_p50, reply_seconds AS reply_p90
                 FROM chat_figure_row measured
            LEFT JOIN chat_gateway gateway ON gateway.id = measured.gateway_id,
              LATERAL (SELECT timezone(%s, timezone('UTC', measured.entered_at))
                           AS entered_at) local""",
            self.env.tz.zone,
        )

    def _read_group_select(self, aggregate_spec, query):
        """Percentiles, and ACPT a conversation, are no averages of the rows."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        if aggregator == "avg" and name == "handle_seconds":
            return self._handle_mean(query)
        share = PERCENTILES.get(name.rpartition("_")[2])
        if aggregator == "avg" and share:
            column = self._field_to_sql(self._table, name, query)
            return self._percentile(share, column)
        return super()._read_group_select(aggregate_spec, query)

    def _handle_mean(self, query):
        """``sum(focus + wrap-up) / conversations``: a transferred one counts once."""
        return SQL(
            """SUM(%(seconds)s) / NULLIF(COUNT(DISTINCT %(conversation)s)
                   FILTER (WHERE %(seconds)s IS NOT NULL), 0)""",
            seconds=self._field_to_sql(self._table, "handle_seconds", query),
            conversation=self._field_to_sql(self._table, "conversation_id", query),
        )

    def _percentile(self, share, column):
        """The same as ``rules.figures.percentile``."""
        return SQL(
            "PERCENTILE_CONT(%(share)s) WITHIN GROUP (ORDER BY %(column)s)",
            share=share,
            column=column,
        )

    # -- for whoever asks without a screen ---------------------------------------------

    @api.model
    @api.readonly
    def get_figures(self, start, end, by=None):
        """All figures of the conversations that came in within a period.

        The formulas are those of ``rules.figures.figures``; the reader's record rules
        hold, and hours and days are those of his clock.

        :param start, end: UTC, datetime or "2026-03-02 09:00:00"; the end is not in it
        :param str by: ``direction``, ``channel``, ``operator``, ``hour`` or ``day``
        :return: list of dicts in the order of ``key`` (an id, code, hour or day):
            offered, answered, within, abandoned, short; service_level,
            service_level_answered and abandonment in percent; asa, first_reply,
            reply and handle, each a dict of count, total, mean, p50, p90 in seconds;
            False where there is nothing to tell
        :raises UserError: there is no such ``by``
        """
        return without_none(self._figures(start, end, by))

    def _figures(self, start, end, by=None):
        """What ``get_figures`` tells, with None where there is nothing to tell."""
        if by is not None and by not in COLUMNS:
            raise UserError(
                self.env._(
                    "Figures are told by one of %(known)s, not by “%(asked)s”.",
                    known=", ".join(COLUMNS),
                    asked=by,
                )
            )
        self.check_access("read")
        period = [("entered_at", ">=", start), ("entered_at", "<", end)]
        query = self._search(period)
        handles = dict(self._handle_spreads(query, by))
        return [
            self._figures_of(row, handles) for row in self._rows_of_figures(query, by)
        ]

    def _key(self, query, by):
        """The column figures are told by."""
        if by is None:
            return SQL("NULL::int")
        return self._field_to_sql(self._table, COLUMNS[by], query)

    def _rows_of_figures(self, query, by):
        """Rows of key, counts and the spreads but that of handling."""
        counts = [
            SQL("SUM(%s)", self._field_to_sql(self._table, name, query))
            for name in COUNTS
        ]
        spreads = [
            self._spread(self._field_to_sql(self._table, name, query))
            for name in list(TIMES.values())[:-1]
        ]
        select = query.select(SQL("%s AS key", self._key(query, by)), *counts, *spreads)
        grouped = SQL("GROUP BY 1 ORDER BY 1") if by else SQL()
        return self.env.execute_query(SQL("%s %s", select, grouped))

    def _spread(self, column):
        """Count, total, mean and percentiles of a column: ``rules.figures.spread``.

        Both percentiles are asked for at once: the column is sorted once.
        """
        shares = list(PERCENTILES.values())
        return SQL(
            "COUNT(%(column)s), SUM(%(column)s), AVG(%(column)s), %(percentiles)s",
            column=column,
            percentiles=self._percentile(SQL("%s::float8[]", shares), column),
        )

    def _handle_spreads(self, query, by):
        """(key, spread) of ACPT: parts of one conversation are one value."""
        seconds = self._field_to_sql(self._table, "handle_seconds", query)
        parts = query.select(
            SQL("%s AS key", self._key(query, by)),
            SQL("SUM(%s) AS seconds", seconds),
        )
        conversation = self._field_to_sql(self._table, "conversation_id", query)
        rows = self.env.execute_query(
            SQL(
                "SELECT key, %s FROM (%s GROUP BY 1, %s) parts GROUP BY key",
                self._spread(SQL("seconds")),
                parts,
                conversation,
            )
        )
        return [(key, values) for key, *values in rows]

    def _figures_of(self, row, handles):
        """One dict of ``get_figures``."""
        key, *values = row
        told = {name: value or 0 for name, value in zip(COUNTS, values, strict=False)}
        times = [values[at : at + 4] for at in range(len(COUNTS), len(values), 4)]
        times.append(handles.get(key, [0, 0, None, None]))
        told.update(zip(TIMES, map(self._spread_of, times), strict=True))
        return {
            "key": key,
            **told,
            "service_level": _percent(told["within"], told["offered"]),
            "service_level_answered": _percent(told["within"], told["answered"]),
            "abandonment": _percent(told["abandoned"], told["offered"]),
        }

    def _spread_of(self, values):
        count, total, mean, shares = values
        percentiles = dict(
            zip(PERCENTILES, shares or [None] * len(PERCENTILES), strict=True)
        )
        return {"count": count, "total": total or 0.0, "mean": mean, **percentiles}


def _percent(part, whole):
    return 100 * part / whole if whole else None
