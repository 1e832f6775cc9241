import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import delivery
from ..rules.adapter import Problem
from ..rules.delivery import State

DIALOGUE = 1


class ChatOutbox(models.Model):
    """A message of ours on its way to a customer's messenger.

    It is made in the transaction that posts the message, and sent by the job of its
    lane (``chat.outbox.lane``). What a provider takes as several requests has several
    parts, and a part that was sent is never sent again.
    """

    _name = "chat.outbox"
    _inherit = ["chat.problem.mixin"]
    _description = "Message to a messenger"
    _order = "id desc"

    message_id = fields.Many2one(
        "mail.message", required=True, readonly=True, ondelete="cascade"
    )
    conversation_id = fields.Many2one(
        "discuss.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, ondelete="cascade"
    )
    identity_id = fields.Many2one(
        "chat.identity",
        string="To",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    lane = fields.Integer(readonly=True)
    priority = fields.Integer(
        readonly=True,
        default=DIALOGUE,
        help="Replies in a conversation (1) go before campaigns (0).",
    )
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
        groups="chat_center_bridge.group_manager",
    )
    state = fields.Selection(
        [
            (State.QUEUED.value, "Waiting to be sent"),
            (State.SENDING.value, "Being sent"),
            (State.SENT.value, "Sent"),
            (State.DELIVERED.value, "Delivered"),
            (State.READ.value, "Read"),
            (State.FAILED.value, "Not delivered"),
            (State.EXPIRED.value, "Not sent in time"),
            (State.UNKNOWN.value, "Perhaps not delivered"),
        ],
        default=State.QUEUED.value,
        required=True,
        readonly=True,
    )
    attempt = fields.Integer(string="Attempts", readonly=True)
    next_at = fields.Datetime(
        string="Next attempt",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    expires_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: self._expiry()
    )
    part_ids = fields.One2many("chat.outbox.part", "outbox_id", string="Requests")

    _message_unique = models.Constraint(
        "UNIQUE(message_id)", "The message is on its way already."
    )
    _queued_idx = models.Index("(lane, priority, id) WHERE state = 'queued'")
    _sending_idx = models.Index("(lane) WHERE state = 'sending'")
    _order_idx = models.Index("(identity_id, id) WHERE state IN ('queued', 'sending')")
    _key_idx = models.Index("(key)")
    _gateway_time_idx = models.Index("(gateway_id, create_date)")

    @api.model
    def _expiry(self):
        return fields.Datetime.now() + delivery.EXPIRES_AFTER

    # -- going on ----------------------------------------------------------------------

    def _queue(self):
        """Let the lane go on with the message at once."""
        self.write({"state": State.QUEUED.value, "next_at": fields.Datetime.now()})
        self.env["chat.outbox.lane"]._wake_after_commit(set(self.mapped("lane")))

    def _come_to(self, state, problem=False):
        """Say what a message came to, and tell who cares.

        :param dict problem: as it is kept
        """
        self.write({"state": str(state), "problem": problem})
        self._tell()

    def _settle(self):
        """Take over what the provider has told of the parts, once it has them all."""
        self.ensure_one()
        if self._next_part():
            return
        parts = self.part_ids.filtered("is_message")
        state = delivery.overall(parts.mapped("state"))
        problems = parts.filtered(lambda part: part.state == State.FAILED)
        self._come_to(state, problems[:1].problem)

    def _go_on(self):
        """Send the rest: the part that was in doubt has arrived."""
        self.ensure_one()
        if self.state in delivery.UNDELIVERED and self._next_part():
            self._queue()

    def _next_part(self):
        """The first part that the provider has not taken; empty if it has all."""
        return self.part_ids.filtered(lambda part: not part.provider_id)[:1]

    # -- doors -------------------------------------------------------------------------

    def action_send_again(self):
        """Send messages again that were not delivered, or perhaps not.

        What the provider has taken of a message is not repeated, unless it said later
        that it failed.

        :raises UserError: one of them is delivered or still on its way, the customer's
            window is closed, or the provider would refuse it now
        """
        for row in self._to_send_again():
            row.part_ids._forget_failed()
            row._accepted_requests()
            row.write({"attempt": 0, "problem": False, "expires_at": row._expiry()})
            row._queue()
            row._tell()
        return True

    def _to_send_again(self):
        """The rows, locked and as the system, if their reader may lead them.

        :raises UserError: a message is not undelivered
        """
        self.check_access("read")
        self.env["discuss.channel"].browse(self.conversation_id.ids).check_access(
            "read"
        )
        rows = self.sudo().with_context(lang=self.env.lang)
        rows.lock_for_update()
        if rows.filtered(lambda row: row.state not in delivery.UNDELIVERED):
            raise UserError(
                self.env._("The message is on its way, or the customer has it already.")
            )
        return rows

    # -- taking work -------------------------------------------------------------------

    @api.model
    def _next(self, lane):
        """The next message of a lane that may be sent now, locked; as the system."""
        rows = self.env.execute_query(
            SQL(
                """SELECT outbox.id FROM %s AND outbox.next_at <= %s
                    ORDER BY outbox.priority DESC, outbox.id
                    LIMIT 1 FOR UPDATE OF outbox SKIP LOCKED""",
                self._in_turn(lane),
                fields.Datetime.now(),
            )
        )
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _next_moment(self, lane):
        """When a message of a lane is to be tried next; None if none waits."""
        query = SQL("SELECT min(outbox.next_at) FROM %s", self._in_turn(lane))
        [[moment]] = self.env.execute_query(query)
        return moment

    @api.model
    def _in_turn(self, lane):
        """What follows FROM for the messages of a lane that nothing but time holds up.

        A customer's messages stay in order: one that waits holds back those behind it.
        """
        self.flush_model()
        return SQL(
            """chat_outbox outbox
                     JOIN chat_gateway gateway ON gateway.id = outbox.gateway_id
                    WHERE outbox.lane = %s AND outbox.state = 'queued'
                      AND gateway.state = 'live'
                      AND NOT EXISTS (
                          SELECT 1 FROM chat_outbox before
                           WHERE before.identity_id = outbox.identity_id
                             AND before.state IN ('queued', 'sending')
                             AND before.priority >= outbox.priority
                             AND before.id < outbox.id)""",
            lane,
        )

    @api.model
    def _expire(self, lane):
        """Give up messages of a lane that wait too long."""
        late = self.sudo().search(
            [
                ("lane", "=", lane),
                ("state", "=", "queued"),
                ("expires_at", "<=", fields.Datetime.now()),
            ]
        )
        for row in late:
            row._come_to(State.EXPIRED, row.problem or self._told(Problem("expired")))

    def _hold_back(self, seconds):
        """Let the lane's other messages of the gateway wait too: it is not reached."""
        until = fields.Datetime.now() + timedelta(seconds=seconds)
        others = self.search(
            [
                ("gateway_id", "=", self.gateway_id.id),
                ("lane", "=", self.lane),
                ("state", "=", "queued"),
                ("next_at", "<", until),
            ]
        )
        others.next_at = until
