from odoo import api, fields, models

from .discuss_channel import OPEN_STATES


class ChatInbox(models.Model):
    """Who sent an event, as far as he is known.

    What is going on with customers is worked out here for many at a time, so that a
    batch of events asks the database once and not once an event.
    """

    # one file a concern of the inbox
    _inherit = "chat.inbox"  # pylint: disable=consider-merging-classes-inherited

    identity_id = fields.Many2one(
        "chat.identity",
        string="Customer",
        compute="_compute_identity_id",
        compute_sudo=True,
        help="Known by the chat's id; empty: not met yet, or met by another name.",
    )

    @api.depends("gateway_id", "chat_key")
    def _compute_identity_id(self):
        found = self.env["chat.identity"].search(
            [
                ("gateway_id", "in", self.gateway_id.ids),
                ("external_id", "in", self.mapped("chat_key")),
            ]
        )
        known = {(one.gateway_id, one.external_id): one for one in found}
        for row in self:
            row.identity_id = known.get((row.gateway_id, row.chat_key))

    def _read_ahead(self):
        """Read what posting asks of each open conversation, of all of them at once."""
        channels = self.identity_id.open_conversation_id
        guests = channels.channel_member_ids.guest_id
        guests.mapped("name")
        guests.mapped("presence_ids")
        channels.mapped("livechat_channel_member_history_ids.livechat_member_type")
        channels.mapped("rating_count")


class ChatIdentity(models.Model):
    """The conversation a customer is in."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    open_conversation_id = fields.Many2one(
        "discuss.channel",
        string="Open conversation",
        compute="_compute_open_conversation_id",
        compute_sudo=True,
    )

    @api.depends("conversation_ids.active", "conversation_ids.chat_state")
    def _compute_open_conversation_id(self):
        found = self.env["discuss.channel"].search(
            [("chat_identity_id", "in", self.ids), ("chat_state", "in", OPEN_STATES)]
        )
        going_on = {channel.chat_identity_id: channel for channel in found}
        for identity in self:
            identity.open_conversation_id = going_on.get(identity)


class DiscussChannel(models.Model):
    """The stretch that is going on, and the customer's burst that waits for a reply."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_open_segment_id = fields.Many2one(
        "chat.segment",
        string="Stretch going on",
        compute="_compute_chat_open_segment_id",
        compute_sudo=True,
    )
    chat_open_turn_id = fields.Many2one(
        "chat.turn",
        string="Waits for a reply",
        compute="_compute_chat_open_turn_id",
        compute_sudo=True,
    )

    @api.depends("chat_segment_ids.closed_at")
    def _compute_chat_open_segment_id(self):
        found = self._chat_open_rows("chat.segment", "closed_at")
        for channel in self:
            channel.chat_open_segment_id = found.get(channel)

    @api.depends("chat_turn_ids.answered_at")
    def _compute_chat_open_turn_id(self):
        found = self._chat_open_rows("chat.turn", "answered_at")
        for channel in self:
            channel.chat_open_turn_id = found.get(channel)

    def _chat_open_rows(self, model, ending):
        """The one row of each conversation that has not ended.

        :param str ending: field that tells when a row ended
        :return: dict conversation -> record
        """
        rows = self.env[model].search(
            [("conversation_id", "in", self.ids), (ending, "=", False)]
        )
        return {row.conversation_id: row for row in rows}
