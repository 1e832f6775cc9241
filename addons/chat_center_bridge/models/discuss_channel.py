from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import life

CHAT_STATES = [
    ("bot", "With the bot"),
    ("queued", "Waiting"),
    ("active", "With an operator"),
    ("hold", "On hold"),
    ("wrap_up", "Notes are written"),
    ("closed", "Closed"),
]
# customers may read their conversations by RPC: not who is behind them, nor why
COLLEAGUES = "base.group_user"
OPEN_STATES = ("bot", "queued", "active", "hold")


class DiscussChannel(models.Model):
    """A conversation with a customer, whatever the channel it came by.

    It is a session of im_livechat: the live state is here, its history in segments and
    turns. Of whatever else is a livechat session these fields are empty.
    """

    _inherit = "discuss.channel"

    chat_state = fields.Selection(
        CHAT_STATES, string="State", readonly=True, copy=False
    )
    chat_direction_id = fields.Many2one(
        "chat.direction",
        string="Direction",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    chat_identity_id = fields.Many2one(
        "chat.identity",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    chat_operator_id = fields.Many2one(
        "chat.operator",
        string="Chat operator",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=COLLEAGUES,
    )
    chat_skill_ids = fields.Many2many(
        "chat.skill", string="Skills wanted", groups=COLLEAGUES
    )
    chat_is_repeat = fields.Boolean(
        string="Comes back",
        readonly=True,
        help="The customer wrote again within the direction's hours.",
    )
    chat_is_head = fields.Boolean(
        string="Ahead of the queue",
        readonly=True,
        help="It was with an operator before: given back, on hold or transferred.",
    )
    chat_queued_at = fields.Datetime(string="In the queue since", readonly=True)
    chat_deadline_at = fields.Datetime(
        string="Looked at next",
        readonly=True,
        help="When the system looks at the conversation next.",
    )
    chat_hold_until = fields.Datetime(string="On hold until", readonly=True)
    chat_reason_id = fields.Many2one(
        "chat.reason",
        string="Closing reason",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=COLLEAGUES,
    )
    chat_previous_id = fields.Many2one(
        "discuss.channel",
        string="The one before",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    chat_is_test = fields.Boolean(
        string="Test",
        readonly=True,
        groups=COLLEAGUES,
        help="Kept out of all figures.",
    )
    chat_segment_ids = fields.One2many(
        "chat.segment", "conversation_id", string="Stretches", groups=COLLEAGUES
    )
    chat_turn_ids = fields.One2many(
        "chat.turn", "conversation_id", string="Turns", groups=COLLEAGUES
    )

    _chat_queued_idx = models.Index(
        "(chat_direction_id, chat_queued_at) WHERE chat_state = 'queued'"
    )
    _chat_deadline_idx = models.Index(
        "(chat_deadline_at) WHERE chat_deadline_at IS NOT NULL"
    )
    _chat_open_unique = models.UniqueIndex(
        "(chat_identity_id) WHERE chat_state IN ('bot', 'queued', 'active', 'hold')"
    )

    # -- beginning ---------------------------------------------------------------------

    @api.model
    def _chat_open_of(self, identity):
        """The conversation a customer is in; empty if the last one is over."""
        return identity.open_conversation_id.with_env(self.env)

    @api.model
    def _chat_of(self, identity, gateway, moment):
        """The conversation a message of a customer belongs to; begun if need be."""
        return self._chat_open_of(identity) or self._chat_begin(
            identity, gateway.direction_id, moment
        )

    def _chat_post_of_customer(self, identity, body, moment=None):
        """Write into the conversation as the customer.

        Core takes a guest for the author only if the public user acts for him. Nobody
        answers it by e-mail, so no address is looked for.

        :param Markup body: of the message
        :param moment: naive UTC datetime when it was written; now by default. What
            comes late is shown last, with its own time
        """
        # env.ref would ask whether the user is still there, at every message
        public_id = self.env["ir.model.data"]._xmlid_to_res_id("base.public_user")
        channel = self.with_user(public_id).with_context(guest=identity.guest_id)
        message = channel.sudo().message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            date=moment or fields.Datetime.now(),
            reply_to=False,
            record_alias_domain_id=False,
        )
        return message.with_env(self.env)

    @api.model
    def _chat_begin(self, identity, direction, moment=None):
        """A conversation of a customer, waiting in a direction's queue.

        :param moment: naive UTC datetime of the first message; now by default
        """
        moment = moment or fields.Datetime.now()
        previous = self._chat_last_of(identity)
        # core makes whoever creates a channel its member, but for the public user
        public = self.with_user(self.env.ref("base.public_user")).sudo()
        values = self._chat_values(identity, direction, previous, moment)
        channel = public.create(values).with_env(self.env)
        channel._chat_queue(moment, life.NEW)
        return channel

    def _chat_last_of(self, identity):
        """The last conversation with the customer, over any of his channels."""
        same = identity._of_same_customer()
        return self.search(
            [
                ("chat_identity_id", "in", same.ids),
                ("chat_state", "in", ("wrap_up", "closed")),
                # a window that was closed before a word was no conversation
                ("chat_segment_ids", "!=", False),
            ],
            order="id desc",
            limit=1,
        )

    def _chat_values(self, identity, direction, previous, moment):
        direction = self._chat_direction_of(identity, direction, previous, moment)
        queue = self.env.ref("chat_center_bridge.partner_queue")
        member = fields.Command.create
        return {
            "channel_type": "livechat",
            "name": identity.name or identity.external_id,
            "livechat_operator_id": (direction.public_partner_id or queue).id,
            "livechat_failure": "no_answer",
            "livechat_status": "in_progress",
            "channel_member_ids": [
                # to core the visitor is the first member
                member({**identity._as_member(), "livechat_member_type": "visitor"}),
                member({"partner_id": queue.id, "livechat_member_type": "bot"}),
            ],
            "chat_identity_id": identity.id,
            "chat_direction_id": direction.id,
            "chat_previous_id": previous.id,
            "chat_is_repeat": direction._is_repeat(previous, moment),
        }

    def _chat_direction_of(self, identity, direction, previous, moment):
        """Where a new conversation waits: who comes back waits where he was last.

        Whoever was transferred need not be transferred again. A gateway of another
        direction was chosen by the customer, and counts more; unless somebody is with
        him just now.

        :param direction: chat.direction of the gateway
        :param previous: discuss.channel, may be empty
        """
        last = previous.chat_direction_id
        front = previous.chat_identity_id.gateway_id.direction_id
        is_led = previous.chat_state in ("active", "hold")
        is_there = last.active and last.company_id == identity.company_id
        if is_there and (is_led or front == direction):
            return last if last._is_repeat(previous, moment) else direction
        return direction

    def _chat_lock(self, states):
        """Lock the conversation if it is in one of ``states`` and nobody else has it.

        :return: whether it is ours until the end of the transaction
        """
        self.ensure_one()
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM discuss_channel
                    WHERE id = %s AND chat_state = ANY(%s) FOR UPDATE SKIP LOCKED""",
                self.id,
                list(states),
            )
        )
        return bool(rows)
