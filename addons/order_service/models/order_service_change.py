import uuid

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import answer

STAMPED_AT_ONCE = 5000
REMOVED_AT_ONCE = 20_000
READ_LOCK = "order_service.change"
POSITIONS = "order_service_change_position_seq"
FEED_KEY = "order_service.feed"


class FeedCursorExpired(ValueError):
    """A cursor of another feed, of removed rows, or no cursor at all."""


class OrderServiceChange(models.Model):
    """One row of the feed that outside systems read, stamped when it is read.

    ``position`` stays empty until a reader stamps it: ids are handed out before
    commit, so a feed over ids would lose rows of slow transactions.
    """

    _name = "order.service.change"
    _description = "Order change for the feed"
    _order = "position, id"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    source_id = fields.Many2one("order.service.source", index="btree_not_null")
    seq = fields.Integer(required=True)
    kind = fields.Selection(
        [
            ("stage", "Stage"),
            ("payment", "Payment"),
            ("slot", "Slot"),
            ("line", "Line"),
            ("deferral", "Deferral"),
            ("return", "Return"),
        ],
        required=True,
    )
    data = fields.Json(help="What this kind of change tells.")
    snapshot = fields.Json(
        help="Status, stage, payment, total and reason as they were."
    )
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    position = fields.Integer(readonly=True)
    told = fields.Boolean(string="Read", compute="_compute_told")

    _unstamped_idx = models.Index("(id) WHERE position IS NULL")
    _position_unique = models.UniqueIndex("(position)")
    _at_idx = models.Index("(at)")
    _source_idx = models.Index("(source_id, position)")

    def init(self):
        """The sequence of positions; it goes with the table."""
        self.env.cr.execute(
            """
            CREATE SEQUENCE IF NOT EXISTS order_service_change_position_seq
                OWNED BY order_service_change.position
            """
        )

    @api.depends("position")
    def _compute_told(self):
        for change in self:
            change.told = bool(change.position)

    # -- reading ----------------------------------------------------------------------

    @api.model
    def _read_feed(self, sources, cursor, limit):
        """What changed for ``sources`` after ``cursor``, always in the same order.

        :param sources: order.service.source records of the caller
        :param cursor: text of an earlier answer, "now", or None for the oldest row
        :param int limit: rows at most
        :return: dict of the public API
        :raises FeedCursorExpired: the cursor does not lead into this feed (any more)
        """
        feed = self._feed_uuid()
        stamped = self._stamp()
        if cursor == "now":
            while stamped == STAMPED_AT_ONCE:
                stamped = self._stamp()
            last = self._last_position()
            return {"cursor": f"{feed}:{last}", "more": False, "changes": []}
        position = self._cursor_position(sources, feed, cursor)
        changes = self.search(
            [("source_id", "in", sources.ids), ("position", ">", position)],
            order="position",
            limit=limit + 1,
        )
        shown = changes[:limit]
        if shown:
            position = shown[-1].position
        return {
            "cursor": f"{feed}:{position}",
            "more": len(changes) > limit or stamped == STAMPED_AT_ONCE,
            "changes": [change._told_as() for change in shown],
        }

    def _told_as(self):
        """The row as the public API tells it."""
        order = self.order_id
        return answer.shape(
            {
                "kind": self.kind,
                "source": self.source_id.code,
                "external_ref": order.service_external_ref or None,
                "order_id": order.id,
                "order_name": order.name,
                "seq": self.seq,
                "at": order._service_iso(self.at),
                **(self.snapshot or {}),
                "data": self.data or {},
            }
        )

    @api.model
    def _cursor_position(self, sources, feed, cursor):
        """The position a cursor stands for.

        :raises FeedCursorExpired: see there
        """
        if not cursor:
            return 0
        owner, _colon, number = str(cursor).partition(":")
        if owner != feed or not number.isdecimal() or len(number) > len(str(2**31)):
            raise FeedCursorExpired(cursor)
        position = int(number)
        removed = max(sources.mapped("removed_position"), default=0)
        if position < removed or position > self._last_position():
            raise FeedCursorExpired(cursor)
        return position

    @api.model
    def _last_position(self):
        """The highest position given so far."""
        [[last]] = self.env.execute_query(
            SQL(
                """SELECT CASE WHEN is_called THEN last_value ELSE 0 END
                     FROM order_service_change_position_seq"""
            )
        )
        return last

    # -- stamping ---------------------------------------------------------------------

    @api.model
    def _stamp(self):
        """Give positions to the committed rows that have none; one reader at a time.

        Rows of transactions still open are not visible and get later positions, so
        a position, once read past, never gets a row before it. That holds only if who
        stamps has seen every stamp before: see ``_guard_against_late_stamp``.

        :return: number of rows stamped
        """
        self.flush_model()
        [[mine]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", READ_LOCK)
        )
        if not mine:
            return 0
        try:
            with self.env.cr.savepoint(flush=False):
                stamped = self._stamp_visible()
                if stamped:
                    self._guard_against_late_stamp()
        except SerializationFailure:
            # a reader before us stamped after our snapshot was taken
            return 0
        self.invalidate_model(["position"])
        return stamped

    @api.model
    def _stamp_visible(self):
        self.env.cr.execute(
            SQL(
                """WITH waiting AS MATERIALIZED (
                        SELECT id FROM order_service_change
                         WHERE position IS NULL ORDER BY id LIMIT %s),
                     numbered AS MATERIALIZED (
                        SELECT id, nextval(%s) AS number
                          FROM (SELECT id FROM waiting ORDER BY id) AS sorted)
                   UPDATE order_service_change AS change SET position = number
                     FROM numbered WHERE change.id = numbered.id""",
                STAMPED_AT_ONCE,
                POSITIONS,
            ),
            log_exceptions=False,
        )
        return self.env.cr.rowcount

    @api.model
    def _guard_against_late_stamp(self):
        """Fail with 40001 if another reader has stamped since our snapshot.

        The lock orders the stampers, not their snapshots: ours may be older than the
        commit of the stamper before us. Mostly both stamp the same rows and the second
        fails on them. But a stamper takes the lowest ids first, so with a backlog over
        STAMPED_AT_ONCE the two sets may be disjoint: rows of a long transaction with
        low ids that we cannot see yet, stamped by the other, and rows with high ids
        left for us. We would stamp ours above, read them without seeing the others',
        and answer a cursor beyond rows that our caller never got. All stampers update
        this one row, so the later of two that overlap always fails.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE ir_config_parameter
                      SET write_date = now() AT TIME ZONE 'UTC' WHERE key = %s""",
                FEED_KEY,
            ),
            log_exceptions=False,
        )

    # -- which feed -------------------------------------------------------------------

    @api.model
    def _feed_uuid(self):
        """The name of this feed; a copied or restored database gets a new one."""
        parameters = self.env["ir.config_parameter"].sudo()
        database = self._database_identity()
        feed, _bar, owner = (parameters.get_param(FEED_KEY) or "").partition("|")
        if owner != database:
            feed = uuid.uuid4().hex
            parameters.set_param(FEED_KEY, f"{feed}|{database}")
        return feed

    @api.model
    def _database_identity(self):
        """Changes when the database is copied, restored or its server promoted."""
        [[identity]] = self.env.execute_query(
            SQL(
                """SELECT concat_ws('.', system_identifier, database.oid, timeline_id)
                     FROM pg_control_system(), pg_control_checkpoint(),
                          pg_database AS database
                    WHERE datname = current_database()"""
            )
        )
        return identity

    # -- removing ---------------------------------------------------------------------

    @api.autovacuum
    def _gc_rows(self):
        """Remove rows older than the company keeps them; stamped ones only."""
        self._feed_uuid()
        self._stamp()
        sources = self.env["order.service.source"].with_context(active_test=False)
        left = False
        for source in sources.search([]):
            left |= source._remove_changes(REMOVED_AT_ONCE)
        return None, left
