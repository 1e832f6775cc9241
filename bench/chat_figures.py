"""Figures of a year of conversations: beside reading them from the history itself."""

from datetime import datetime, timedelta

from world import median, seconds

CONVERSATIONS = 80_000
OPERATORS = 30
DIRECTIONS = 3
RUNS = 3
START = datetime(2026, 1, 1)
# so that they fill a year
APART_SECONDS = 390
YEAR = timedelta(days=365)
MONTH = timedelta(days=30)
DAY = timedelta(days=1)


def measure(world, report):
    """Nothing of it stays in the database."""
    env = world.env
    with env.cr.savepoint() as savepoint:
        _generate(env)
        due = env["chat.figure.due"]
        batch = median([seconds(due._count_next)[0] for _run in range(RUNS)])
        while due._count_next():
            pass
        env.cr.execute("ANALYZE chat_figure_row")
        _report(env, report, batch)
        savepoint.rollback()


def _report(env, report, batch):
    env.cr.execute("SELECT count(*) FROM chat_segment")
    segments = env.cr.fetchone()[0]
    report.add("chat: measuring 2 000 conversations anew", batch, "s")
    for name, period in (("a day", DAY), ("a month", MONTH), ("a year", YEAR)):
        report.add(
            f"chat: all figures of {name} by direction, {segments:,} segments in all",
            _figures(env, period),
            "s",
            "the mean alone, from the history itself",
            _from_history(env, period),
        )
    report.add(
        f"chat: pivot of a year with means, {segments:,} segments",
        _pivot(env),
        "s",
        most=1,
    )


def _figures(env, period):
    figure = env["chat.figure"]
    return median(
        [
            seconds(lambda: figure.get_figures(START, START + period, "direction"))[0]
            for _run in range(RUNS)
        ]
    )


def _pivot(env):
    domain = [("entered_at", ">=", START), ("entered_at", "<", START + YEAR)]
    measures = ["offered:sum", "service_level:avg", "answer_seconds:avg"]
    measures += ["first_reply_seconds:avg", "reply_seconds:avg"]
    figure = env["chat.figure"]
    return median(
        [
            seconds(lambda: figure._read_group(domain, ["direction_id"], measures))[0]
            for _run in range(RUNS)
        ]
    )


def _from_history(env, period):
    """Seconds of the mean wait alone, entry and acceptance of each looked up."""

    def read():
        env.cr.execute(
            """SELECT direction_id, avg(extract(epoch FROM accepted_at - entered_at))
                 FROM (SELECT DISTINCT ON (conversation_id) conversation_id,
                              opened_at AS entered_at
                         FROM chat_segment WHERE holder_kind != 'bot'
                        ORDER BY conversation_id, seq) entry
                 JOIN (SELECT DISTINCT ON (conversation_id) conversation_id,
                              direction_id, accepted_at
                         FROM chat_segment WHERE accepted_at IS NOT NULL
                        ORDER BY conversation_id, seq) accepted USING (conversation_id)
                WHERE entered_at >= %s AND entered_at < %s
                GROUP BY direction_id""",
            (START, START + period),
        )

    return median([seconds(read)[0] for _run in range(RUNS)])


def _generate(env):
    """Conversations with a wait, an operator, every second one a transfer, replies."""
    directions = env["chat.direction"].create(
        [{"name": f"Direction {number}"} for number in range(DIRECTIONS)]
    )
    users = env["res.users"].create(
        [
            {"name": f"Operator {number}", "login": f"bench_chat_{number}"}
            for number in range(OPERATORS)
        ]
    )
    operators = (
        env["chat.operator"]
        .with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True)
        .create([{"user_id": user.id} for user in users])
    )
    env.flush_all()
    values = {
        "count": CONVERSATIONS,
        "start": START,
        "apart": timedelta(seconds=APART_SECONDS),
        "directions": directions.ids,
        "operators": operators.ids,
    }
    for statement in STATEMENTS:
        env.cr.execute(statement, values)
    for table in ("discuss_channel", "chat_segment", "chat_turn"):
        env.cr.execute(f"ANALYZE {table}")


STATEMENTS = (
    """CREATE TEMP TABLE bench_chat ON COMMIT DROP AS
       SELECT n, nextval('discuss_channel_id_seq')::int AS id,
              %(start)s + n * %(apart)s AS at,
              (%(directions)s)[1 + n %% array_length(%(directions)s, 1)] AS direction,
              (%(operators)s)[1 + n * 7919 %% array_length(%(operators)s, 1)] AS one,
              (%(operators)s)[1 + n * 31 %% array_length(%(operators)s, 1)] AS other
         FROM generate_series(0, %(count)s - 1) n""",
    """INSERT INTO discuss_channel (id, name, channel_type, uuid, active)
       SELECT id, 'Anna', 'channel', md5(id::text), true FROM bench_chat""",
    """INSERT INTO chat_segment (conversation_id, seq, holder_kind, direction_id,
              opened_at, closed_at, reason_in, reason_out)
       SELECT id, 1, 'queue', direction, at, at + interval '20 s', 'new',
              CASE WHEN n %% 20 = 0 THEN 'customer_closed' ELSE 'assigned' END
         FROM bench_chat""",
    """INSERT INTO chat_segment (conversation_id, seq, holder_kind, direction_id,
              operator_id, opened_at, accepted_at, first_reply_at, closed_at, reason_in,
              reason_out, focus_seconds, wrap_seconds)
       SELECT id, 2, 'operator', direction, one, at + interval '20 s',
              at + interval '20 s' + n * 31 %% 90 * interval '1 s',
              at + interval '40 s' + n * 37 %% 90 * interval '1 s',
              at + interval '10 min', 'assigned', 'operator', n * 13 %% 500, 30
         FROM bench_chat WHERE n %% 20 != 0""",
    """INSERT INTO chat_segment (conversation_id, seq, holder_kind, direction_id,
              operator_id, opened_at, accepted_at, closed_at, reason_in, reason_out,
              focus_seconds, wrap_seconds)
       SELECT id, 3, 'operator', direction, other, at + interval '10 min',
              at + interval '11 min', at + interval '20 min', 'transfer', 'operator',
              n * 17 %% 500, 30
         FROM bench_chat WHERE n %% 2 = 1""",
    """INSERT INTO chat_turn (conversation_id, segment_id, asked_at, answered_at)
       SELECT conversation_id, id, opened_at + number * interval '2 min',
              opened_at + number * interval '2 min'
                  + (conversation_id + number * 17) %% 120 * interval '1 s'
         FROM chat_segment, generate_series(0, 2) number
        WHERE holder_kind = 'operator' AND seq = 2""",
    """INSERT INTO chat_figure_due (conversation_id) SELECT id FROM bench_chat""",
)
