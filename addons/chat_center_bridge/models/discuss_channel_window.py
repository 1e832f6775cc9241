from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.mail.tools.discuss import Store

STORED = ("chat_state", "chat_hold_until", "chat_is_test")
WORKED_OUT = (
    "chat_accept_until",
    "chat_waiting_since",
    "chat_gateway_type",
    "chat_window_until",
    "chat_has_blocked_us",
)


def is_conversation(channel):
    """Whether a channel is a conversation of ours: others are told nothing of it."""
    return bool(channel.chat_state)


class DiscussChannel(models.Model):
    """What the operator's window knows of a conversation, and who may look closer.

    The fields go to people of the company only: customers read the same bus.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_accept_until = fields.Datetime(
        compute="_compute_chat_accept_until",
        compute_sudo=True,
        help="Until when the operator may accept it; empty: accepted, or nobody's.",
    )
    chat_waiting_since = fields.Datetime(
        string="Customer waits since",
        compute="_compute_chat_waiting_since",
        compute_sudo=True,
        help="Since when the customer waits for a word of a human.",
    )
    chat_gateway_type = fields.Selection(
        related="chat_identity_id.gateway_id.gateway_type", string="Came by"
    )
    chat_window_until = fields.Datetime(related="chat_identity_id.window_until")
    chat_has_blocked_us = fields.Boolean(related="chat_identity_id.is_blocked")

    @api.depends("chat_state", "chat_segment_ids.accepted_at")
    def _compute_chat_accept_until(self):
        offers = self.env["chat.segment"].search(
            [
                ("conversation_id", "in", self.ids),
                ("closed_at", "=", False),
                ("offered_at", "!=", False),
                ("accepted_at", "=", False),
            ]
        )
        self.chat_accept_until = False
        for offer in offers:
            seconds = offer.direction_id.accept_seconds
            until = offer.offered_at + timedelta(seconds=seconds)
            offer.conversation_id.chat_accept_until = until

    @api.depends("chat_turn_ids.asked_at", "chat_turn_ids.answered_at")
    def _compute_chat_waiting_since(self):
        turns = self.env["chat.turn"].search(
            [("conversation_id", "in", self.ids), ("answered_at", "=", False)]
        )
        asked = {turn.conversation_id: turn.asked_at for turn in turns}
        for channel in self:
            channel.chat_waiting_since = asked.get(channel._origin)

    # -- what Discuss is told ----------------------------------------------------------

    def _chat_store_fields(self, names=(*STORED, *WORKED_OUT)):
        """The fields of a conversation that the operator's window shows."""
        holder = Store.Attr(
            "chat_holder_partner_id",
            # sudo: chat.operator - who holds it is shown to all who see it
            lambda channel: channel.sudo().chat_operator_id.user_id.partner_id.id,
            predicate=is_conversation,
        )
        return [
            holder,
            *(Store.Attr(name, predicate=is_conversation, sudo=True) for name in names),
        ]

    def _to_store_defaults(self, target):
        found = super()._to_store_defaults(target)
        return (
            found + self._chat_store_fields() if target.is_internal(self.env) else found
        )

    def _sync_field_names(self):
        field_names = super()._sync_field_names()
        # the others change with stretches and turns, which tell it themselves
        field_names["internal_users"].extend(self._chat_store_fields(STORED))
        return field_names

    def _chat_show(self):
        """Tell who has the conversation open how it stands; customers are not told."""
        for channel in self.filtered(is_conversation):
            Store(bus_channel=channel, bus_subchannel="internal_users").add(
                channel, self._chat_store_fields()
            ).bus_send()

    def action_chat_open(self):
        """Show the conversation where it is read and answered.

        :return: action, the address of Discuss
        """
        return self._get_access_action()

    # -- who may look closer -----------------------------------------------------------

    def _chat_watched(self):
        """The conversation, as the system, for those who see it at work.

        :raises AccessError: the user is neither an operator in the conversation nor a
            supervisor of its direction
        """
        self.ensure_one()
        user = self.env.user
        # sudo: discuss.channel - what the window shows of customers is chosen where it
        # is read, and operators need no rights on orders or the ledger for it
        conversation = self.sudo()
        direction = conversation.chat_direction_id
        is_operator = user.has_group("chat_center_bridge.group_operator")
        if not (
            is_operator
            and direction
            and (conversation.is_member or direction._is_led_by(user))
        ):
            raise AccessError(
                self.env._(
                    "Only operators in a conversation and the supervisors of its"
                    " direction may see this."
                )
            )
        return conversation

    def chat_choices(self):
        """What a conversation can be closed with, and whom it can be given to.

        :return: dict with ``reasons``, ``operators`` (available ones of its direction,
            the holder left out, with their free slots), ``directions`` (of the same
            company; its own comes first) and ``skills``: lists of dicts with ``id`` and
            ``name``
        :raises AccessError: the conversation is not the user's to lead
        """
        conversation = self._chat_watched()
        direction = conversation.chat_direction_id
        others = direction.search(
            [("company_id", "=", direction.company_id.id), ("id", "!=", direction.id)]
        )
        return {
            "reasons": _named(direction.reason_ids),
            "operators": conversation._chat_operator_choices(),
            "directions": _named(direction + others),
            "skills": _named(conversation.env["chat.skill"].search([])),
        }

    def _chat_operator_choices(self):
        """Who could take it over now, those with the most free slots first."""
        lines = self.chat_direction_id.operator_line_ids
        operators = lines.operator_id.filtered(lambda one: one.state == "available")
        operators -= self.chat_operator_id
        free = self.env["chat.slot"]._count_free(operators)
        kinds = ["base", "extra"] if self.chat_is_repeat else ["base"]
        choices = [
            {
                "id": operator.id,
                "name": operator.user_id.name,
                "free": sum(free[operator][kind][1] for kind in kinds),
            }
            for operator in operators
        ]
        return sorted(choices, key=lambda one: -one["free"])


def _named(records):
    return [{"id": record.id, "name": record.display_name} for record in records]
