import json
import logging

from psycopg2 import DataError, IntegrityError, ProgrammingError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .batch_words import BatchWords

_logger = logging.getLogger(__name__)

# faults of one wave; a lost connection or a serialization failure is none of them
WAVE_FAULTS = (
    UserError,
    LookupError,
    TypeError,
    ValueError,
    DataError,
    IntegrityError,
    ProgrammingError,
)
READ_OUTCOMES = ("sent", "hold_out")  # the others are kept without words
BATCH_SIZE = 5_000
WAVE_SPREAD_SECONDS = 60


class PartnerNotificationPipeline(models.AbstractModel):
    """The one way from candidates to receipts: decide, render, store, tell.

    Set-based: a batch costs the same number of queries whatever its size.
    """

    _name = "partner.notification.pipeline"
    _description = "Notification pipeline"

    # -- waves -------------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Carry the waves on, one at a time, a transaction a batch.

        One at a time for all companies: two at once would both count before either
        has stored, and pass a cap twice. Odoo never runs a cron twice at once.
        """
        wave = self._next_wave()
        while wave:
            left = self._carry_on(wave)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break
            wave = self._next_wave()

    def _carry_on(self, wave):
        """One batch of a wave; a wave that fails rests and does not stop the others.

        :return: number of candidates still left to decide on
        """
        try:
            with self.env.cr.savepoint():
                return self._step(wave)
        except WAVE_FAULTS as error:
            self.env.invalidate_all()
            _logger.exception("Broadcast %s rests: a batch of it failed", wave.id)
            wave.write({"state": "paused", "failure": str(error)})
            return 0

    def _step(self, wave):
        """Start a wave that waits, or decide on a batch; close it after the last.

        Starting is a transaction of its own: a large ledger takes its time to read.
        """
        if wave.valid_until and wave.valid_until <= fields.Datetime.now():
            return self._let_expire(wave)
        if wave.state == "queued":
            self._start(wave)
            left = self._count_left(wave)
        else:
            left = self._run_batch(wave)
        if not left:
            self._finish(wave)
        return left

    def _let_expire(self, wave):
        """End a wave whose news are over before all have got them.

        :return: 0: nothing is left to decide on
        """
        wave.action_stop()
        wave.failure = self.env._(
            "Not sent any more: it was valid until %s (UTC).", wave.valid_until
        )
        return 0

    def _send_now(self, wave, query):
        """Carry a single event to its end in the caller's transaction.

        For up to 50 companies; more is a wave of the cron (``state`` queued). While
        the company's switch is off, the wave waits for the cron too. Who may cause the
        event is checked by the caller; nobody may write its rows by hand.

        :param wave: a queued partner.notification.broadcast without a rule
        :param SQL query: as of ``partner.notification.source._candidates``
        """
        self, wave = self.sudo(), wave.sudo()
        self._keep_candidates(wave, query)
        if not wave.company_id.notifications_on:
            return
        self._start(wave)
        while self._run_batch(wave):
            pass
        wave.write({"state": "done", "finished_at": fields.Datetime.now()})
        wave.notification_ids.receipt_ids.partner_id._bus_send(
            "partner_notifications/new", {}
        )

    def _next_wave(self):
        """The wave that is running, else the first queued one whose time has come."""
        Broadcast = self.env["partner.notification.broadcast"]
        domain = [
            ("state", "in", ("running", "queued")),
            ("company_id.notifications_on", "=", True),
            "|",
            ("scheduled_at", "=", False),
            ("scheduled_at", "<=", fields.Datetime.now()),
        ]
        return Broadcast.search(domain, order="state desc, id", limit=1)

    def _start(self, wave):
        """Ask the source of a rule's wave once and keep its answer as candidates.

        The candidates of an upload, a push and an event are stored already.
        """
        if wave.origin == "rule":
            source = wave.rule_id._source_model()
            self._keep_candidates(wave, source._candidates(wave))
            source._looked_at(wave)
        wave.write({"state": "running", "started_at": fields.Datetime.now()})

    def _keep_candidates(self, wave, query):
        """Store a source's rows as the wave's candidates.

        :param SQL query: as of ``partner.notification.source._candidates``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_candidate
                          (broadcast_id, commercial_partner_id, values, dedup_key,
                           amount, res_model, res_id, url)
                   SELECT %s, row.* FROM (%s) AS row""",
                wave.id,
                query,
            )
        )
        wave.candidate_count = self.env.cr.rowcount

    def _finish(self, wave):
        """Close the wave and tell all browsers once, not each person."""
        wave.write({"state": "done", "finished_at": fields.Datetime.now()})
        if wave.origin == "rule":
            wave.rule_id._source_model()._finished(wave)
        if wave.sent_count:
            self.env.ref("base.group_portal")._bus_send(
                "partner_notifications/wave", {"spread_s": WAVE_SPREAD_SECONDS}
            )

    # -- a batch -----------------------------------------------------------------------

    def _run_batch(self, wave):
        """Decide on the next candidates of a wave and store what comes of it.

        :return: number of candidates still left
        """
        self.env.flush_all()
        rows = self._take(wave)
        if rows:
            ids = [row_id for row_id, _values in rows]
            outcomes = self._decide(wave, ids)
            fresh = [
                (row_id, values, outcomes[row_id])
                for row_id, values in rows
                if row_id in outcomes
            ]
            self._store_receipts(wave, self._store(wave, fresh))
            self._forget(ids)
            self.env.invalidate_all()
        return self._count_left(wave)

    def _take(self, wave):
        """The next candidates: rows (id, values)."""
        return self.env.execute_query(
            SQL(
                """SELECT id, values FROM partner_notification_candidate
                    WHERE broadcast_id = %s ORDER BY id LIMIT %s""",
                wave.id,
                BATCH_SIZE,
            )
        )

    def _forget(self, ids):
        self.env.cr.execute(
            SQL("DELETE FROM partner_notification_candidate WHERE id IN %s", tuple(ids))
        )

    def _count_left(self, wave):
        return self.env["partner.notification.candidate"].search_count(
            [("broadcast_id", "=", wave.id)]
        )

    # -- deciding ----------------------------------------------------------------------

    def _decide(self, wave, ids):
        """The outcome of each candidate that is not a duplicate.

        The first reason that fits wins. Held out is who draws below the share: the
        draw is a hash of the wave and the company, so a rerun draws the same.

        :return: dict candidate id -> outcome
        """
        chosen = SQL(
            "SELECT * FROM partner_notification_candidate WHERE id IN %s", tuple(ids)
        )
        self.env.cr.execute(self._decision_sql(wave, chosen))
        return dict(self.env.cr.fetchall())

    def _decision_sql(self, wave, candidates):
        """SQL of the decisions on candidates, told or only tried.

        :param wave: partner.notification.broadcast, or a new one that is not stored
        :param SQL candidates: rows with the columns of partner_notification_candidate
        :return: SQL of rows (candidate id, outcome)
        """
        topic, company = wave.topic_id, wave.company_id
        return SQL(
            """
            WITH fresh AS (%(fresh)s), first_reason AS (%(first_reason)s), counted AS (
                -- what is held out takes nobody's place under a cap
                SELECT *, CASE WHEN held THEN 1 ELSE row_number() OVER (
                           PARTITION BY commercial_partner_id, reason IS NULL
                           ORDER BY id) END AS place
                  FROM first_reason
            )
            SELECT id, COALESCE(reason, CASE
                       WHEN NOT %(mandatory)s AND (
                            %(cap)s > 0 AND topic_had + place > %(cap)s
                            OR %(total_cap)s > 0 AND total_had + place > %(total_cap)s)
                       THEN 'capped'
                       WHEN held THEN 'hold_out'
                       ELSE 'sent' END)
              FROM counted
            """,
            fresh=self._fresh_sql(wave, candidates),
            first_reason=self._first_reason_sql(wave),
            mandatory=topic.mandatory,
            cap=topic.cap,
            total_cap=company.notification_cap,
        )

    def _fresh_sql(self, wave, candidates):
        """SQL of the candidates told neither before nor by an earlier one of them.

        ``OFFSET 0`` keeps it a look-up by index for each row: what a wave has stored
        so far is in no statistics, and was compared each with each.
        """
        return SQL(
            """SELECT candidate.*, row_number() OVER (
                          PARTITION BY commercial_partner_id, dedup_key
                          ORDER BY id) AS copy
                 FROM (%(candidates)s) candidate
                WHERE NOT EXISTS (
                      SELECT FROM partner_notification earlier
                       WHERE earlier.company_id = %(company)s
                         AND earlier.commercial_partner_id
                             = candidate.commercial_partner_id
                         AND earlier.topic_id = %(topic)s
                         AND earlier.dedup_key = candidate.dedup_key
                         AND earlier.outcome IN ('sent', 'hold_out')
                      OFFSET 0)""",
            candidates=candidates,
            company=wave.company_id.id,
            topic=wave.topic_id.id,
        )

    def _first_reason_sql(self, wave):
        """SQL of the first reason not to tell each row of ``fresh``, if there is one.

        :return: SQL of rows (id, commercial_partner_id, reason, whether it draws below
            the share held out, how many it had of the topic, how many of all topics)
        """
        topic = wave.topic_id
        return SQL(
            """SELECT fresh.id, fresh.commercial_partner_id,
                      CASE WHEN NOT %(active)s THEN 'inactive_topic'
                           WHEN %(left_out)s THEN 'excluded'
                           WHEN reachable.enabled IS NULL THEN 'no_portal_user'
                           WHEN NOT (reachable.enabled OR %(mandatory)s) THEN 'muted'
                      END AS reason,
                      %(allow_hold_out)s
                      AND (hashtextextended(%(seed)s || ':'
                           || commercial_partner_id, 0) & 1048575)
                          < %(share)s * 10485.76 AS held,
                      had.topic AS topic_had, had.total AS total_had
                 FROM fresh
                -- by index for each row, as of what was told before
                CROSS JOIN LATERAL (
                      SELECT bool_or(enabled) AS enabled
                        FROM (%(persons)s) AS person) AS reachable
                CROSS JOIN LATERAL (%(had)s) AS had
                WHERE fresh.copy = 1""",
            active=topic.active,
            left_out=self._left_out_sql(wave),
            mandatory=topic.mandatory,
            allow_hold_out=topic.allow_hold_out,
            seed=wave.seed,
            share=wave.hold_out_share,
            persons=self._persons_sql(topic),
            had=self._had_sql(wave),
        )

    def _left_out_sql(self, wave):
        """SQL condition: the rule leaves the company of ``fresh`` out today."""
        return SQL(
            """EXISTS (SELECT FROM partner_notification_rule_exclusion out
                       WHERE out.rule_id = %s
                         AND out.partner_id = fresh.commercial_partner_id
                         AND COALESCE(out.until >= %s, TRUE))""",
            wave.rule_id.id or None,
            wave._today(),
        )

    def _had_sql(self, wave):
        """SQL of what the company of a row of ``fresh`` got within the caps' days.

        :return: SQL of one row (number of the topic, number of all topics)
        """
        topic, company, now = wave.topic_id, wave.company_id, wave._moment()
        days = max(topic.cap_days, company.notification_cap_days)
        return SQL(
            """SELECT count(*) FILTER (WHERE topic_id = %(topic)s
                                       AND create_date > %(topic_since)s) AS topic,
                      count(*) FILTER (WHERE create_date > %(since)s) AS total
                 FROM partner_notification
                WHERE outcome = 'sent' AND create_date > %(oldest)s
                  AND commercial_partner_id = fresh.commercial_partner_id""",
            topic=topic.id,
            topic_since=fields.Datetime.subtract(now, days=topic.cap_days),
            since=fields.Datetime.subtract(now, days=company.notification_cap_days),
            oldest=fields.Datetime.subtract(now, days=days),
        )

    def _persons_sql(self, topic):
        """SQL of the persons with portal access of a company, a row of ``fresh``.

        :return: rows (commercial_partner_id, partner_id, user_id, enabled)
        """
        return SQL(
            """SELECT partner.commercial_partner_id, partner.id AS partner_id,
                      portal_user.id AS user_id,
                      COALESCE(wish.enabled, TRUE) OR %(mandatory)s AS enabled
                 FROM res_partner partner
                 JOIN res_users portal_user
                   ON portal_user.partner_id = partner.id AND portal_user.active
                 JOIN res_groups_users_rel membership
                   ON membership.uid = portal_user.id AND membership.gid = %(portal)s
                 LEFT JOIN partner_notification_preference wish
                   ON wish.user_id = portal_user.id AND wish.topic_id = %(topic)s
                WHERE partner.active
                  AND partner.commercial_partner_id = fresh.commercial_partner_id""",
            portal=self.env.ref("base.group_portal").id,
            topic=topic.id,
            mandatory=topic.mandatory,
        )

    # -- storing -----------------------------------------------------------------------

    def _store(self, wave, rows):
        """Insert the notifications, with words where somebody will read them.

        Only what differs in the words travels: the rest is put together by the
        database. The author stands on the broadcast, so no user is checked for each
        row. A company that has been deleted meanwhile is nobody to tell.

        :param rows: (candidate id, values, outcome)
        :return: ids of the notifications that were sent
        """
        words = BatchWords(wave)
        written = [
            {"id": row_id, "outcome": outcome}
            | (words.texts_of(values) if outcome in READ_OUTCOMES else {})
            for row_id, values, outcome in rows
        ]
        self.env.cr.execute(self._store_sql(wave, words, written))
        return [
            row_id for row_id, outcome in self.env.cr.fetchall() if outcome == "sent"
        ]

    def _store_sql(self, wave, words, written):
        """SQL that stores the candidates written about; returns (id, outcome)."""
        return SQL(
            """
            INSERT INTO partner_notification
                   (company_id, commercial_partner_id, topic_id, broadcast_id, subject,
                    body, amount, res_model, res_id, url, values, dedup_key, outcome,
                    valid_until, create_date, write_date)
            SELECT %(company)s, candidate.commercial_partner_id, %(topic)s,
                   candidate.broadcast_id,
                   CASE WHEN word.outcome IN %(read)s THEN %(subject)s END,
                   CASE WHEN word.outcome IN %(read)s THEN %(body)s END,
                   candidate.amount, candidate.res_model, candidate.res_id,
                   candidate.url, NULLIF(candidate.values, '{}'), candidate.dedup_key,
                   word.outcome, %(until)s::timestamp, %(now)s::timestamp,
                   %(now)s::timestamp
              FROM %(words)s
              JOIN partner_notification_candidate candidate USING (id)
              JOIN res_partner partner ON partner.id = candidate.commercial_partner_id
             ORDER BY candidate.id
            ON CONFLICT (company_id, commercial_partner_id, topic_id, dedup_key)
                  WHERE outcome IN ('sent', 'hold_out') DO NOTHING
            RETURNING id, outcome
            """,
            company=wave.company_id.id,
            topic=wave.topic_id.id,
            read=READ_OUTCOMES,
            subject=words.subject_sql(),
            body=words.body_sql(),
            until=wave.valid_until or None,
            now=fields.Datetime.now(),
            words=self._words_sql(written, words.columns),
        )

    def _words_sql(self, written, columns):
        """The written rows as a table ``word`` (id, outcome, *columns)."""
        return SQL(
            "json_to_recordset(%s) AS word (id integer, outcome varchar%s)",
            json.dumps(written, ensure_ascii=False),
            SQL().join(SQL(", %s text", SQL.identifier(name)) for name in columns),
        )

    def _store_receipts(self, wave, sent_ids):
        """A receipt for each person of the companies who has the topic on."""
        if not sent_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                WITH fresh AS (
                    SELECT id, commercial_partner_id, valid_until
                      FROM partner_notification
                     WHERE id IN %(sent)s
                )
                INSERT INTO partner_notification_receipt
                       (notification_id, partner_id, commercial_partner_id, topic_id,
                        appear_at, valid_until)
                SELECT DISTINCT fresh.id, person.partner_id,
                       fresh.commercial_partner_id, %(topic)s, %(now)s::timestamp,
                       fresh.valid_until
                  FROM fresh CROSS JOIN LATERAL (%(persons)s) AS person
                 WHERE person.enabled
                """,
                sent=tuple(sent_ids),
                persons=self._persons_sql(wave.topic_id),
                topic=wave.topic_id.id,
                now=fields.Datetime.now(),
            )
        )
