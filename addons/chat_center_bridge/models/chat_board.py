from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..rules.figures import UNKNOWN, Board, Target, waiting_colour
from .answer import without_none

MOST_SHOWN = 100
# known by these letters in every language
TIMES = {"asa": "ASA", "first_reply": "A1RT", "reply": "ART", "handle": "ACPT"}
HELD_STATES = ("active", "hold", "wrap_up")


class ChatBoard(models.AbstractModel):
    """The supervisors' board: what waits, who answers, and what is done by hand.

    Everything is about the directions the user supervises; an administrator of the chat
    center supervises those of his companies.
    """

    _name = "chat.board"
    _description = "Board of chat supervisors"

    @api.model
    def get_board(self):
        """All the board shows now.

        :return: dict now (UTC), directions, waiting, held and operators, each a list of
            dicts; of waiting and held the first hundred each, the numbers are whole;
            False where there is no number
        :raises AccessError: the user is no supervisor
        """
        directions = self._directions()
        now = fields.Datetime.now()
        return without_none(
            {
                "now": fields.Datetime.to_string(now),
                "directions": self._describe_directions(directions, now),
                "waiting": self._waiting(directions),
                "held": self._held(directions),
                "operators": self._operators(directions),
            }
        )

    def _directions(self):
        """The directions of the user; reading them is the check of who asks.

        :raises AccessError: the user is no supervisor
        """
        if not self.env.user.has_group("chat_center_bridge.group_supervisor"):
            raise AccessError(
                self.env._(
                    "The board is for supervisors: ask an administrator of the chat"
                    " center for the right."
                )
            )
        return self.env["chat.direction"]._supervised()

    def _conversations(self):
        """Conversations as the system: who asks is checked by their direction."""
        return self.env["discuss.channel"].sudo()

    def _describe_directions(self, directions, now):
        domain = [
            ("chat_direction_id", "in", directions.ids),
            ("chat_state", "=", "queued"),
        ]
        queues = {
            direction.id: (count, oldest)
            for direction, count, oldest in self._conversations()._read_group(
                domain, ["chat_direction_id"], ["__count", "chat_queued_at:min"]
            )
        }
        figures = self._figures_of_today(now)
        return [
            self._describe_direction(
                direction,
                *queues.get(direction.id, (0, None)),
                figures.get(direction.id),
                now,
            )
            for direction in directions
        ]

    def _figures_of_today(self, now):
        """Direction id -> figures since midnight on the user's clock."""
        local = pytz.utc.localize(now).astimezone(self.env.tz)
        midnight = self.env.tz.localize(datetime.combine(local, time.min))
        start = midnight.astimezone(pytz.utc).replace(tzinfo=None)
        end = now + timedelta(seconds=1)
        told = self.env["chat.figure"]._figures(start, end, "direction")
        return {row["key"]: row for row in told}

    def _describe_direction(self, direction, waiting, oldest, told, now):
        targets = direction._targets()
        colour = UNKNOWN
        if targets.asa:
            waited = (now - oldest).total_seconds() if oldest else None
            colour = waiting_colour(waited, targets.asa)
        return {
            "id": direction.id,
            "name": direction.name,
            "waiting": waiting,
            "oldest_at": oldest and fields.Datetime.to_string(oldest),
            "colour": colour,
            "figures": self._describe_figures(direction, targets, told),
            "reasons": [
                {"id": reason.id, "name": reason.name}
                for reason in direction.reason_ids
            ],
        }

    def _describe_figures(self, direction, targets: Board, told):
        """Each figure with its target and colour, in the order of the board."""
        seconds = direction.service_level_seconds
        levels = {
            "service_level": self.env._("SL %s s", seconds),
            "service_level_answered": self.env._("SL of the answered"),
        }
        rows = [
            (name, label, "%", told[name] if told else None)
            for name, label in levels.items()
        ]
        rows += [
            (name, label, "s", told[name]["mean"] if told else None)
            for name, label in TIMES.items()
        ]
        return [
            {
                "name": name,
                "label": label,
                "unit": unit,
                "value": value,
                **self._against(getattr(targets, name, None), value),
            }
            for name, label, unit, value in rows
        ]

    def _against(self, target: Target | None, value):
        if target is None:
            return {"target": None, "colour": UNKNOWN}
        return {"target": target.value, "colour": target.colour(value)}

    def _waiting(self, directions):
        """Conversations in the queues: taken back ones first, then as they came."""
        channels = self._conversations().search(
            [
                ("chat_direction_id", "in", directions.ids),
                ("chat_state", "=", "queued"),
            ],
            order="chat_is_head desc, chat_queued_at, id",
            limit=MOST_SHOWN,
        )
        return [self._describe(channel) for channel in channels]

    def _held(self, directions):
        """Conversations with operators, the longest first."""
        channels = self._conversations().search(
            [
                ("chat_direction_id", "in", directions.ids),
                ("chat_state", "in", HELD_STATES),
            ],
            order="chat_queued_at, id",
            limit=MOST_SHOWN,
        )
        return [self._describe(channel) for channel in channels]

    def _describe(self, channel):
        gateway = channel.chat_identity_id.gateway_id
        states = dict(channel._fields["chat_state"]._description_selection(self.env))
        return {
            "id": channel.id,
            "name": channel.name,
            "direction_id": channel.chat_direction_id.id,
            "channel": gateway.name or "",
            "state": channel.chat_state,
            "state_name": states[channel.chat_state],
            "queued_at": fields.Datetime.to_string(channel.chat_queued_at),
            "is_repeat": channel.chat_is_repeat,
            "is_head": channel.chat_is_head,
            "operator_id": channel.chat_operator_id.id,
            "operator": channel.chat_operator_id.display_name or "",
            "is_mine": channel.chat_operator_id.user_id == self.env.user,
        }

    def _operators(self, directions):
        """Who serves the directions, with slots, state and since when."""
        operators = self.env["chat.operator"].search(
            [("line_ids.direction_id", "in", directions.ids)]
        )
        free = self.env["chat.slot"]._count_free(operators)
        since = self._states_since(operators)
        return [
            self._describe_operator(operator, free[operator], since.get(operator))
            for operator in operators
        ]

    def _states_since(self, operators):
        """Operator -> beginning of the present state."""
        return dict(
            self.env["chat.operator.state"]._read_group(
                [("operator_id", "in", operators.ids)],
                ["operator_id"],
                ["begun_at:max"],
            )
        )

    def _describe_operator(self, operator, slots, since):
        states = dict(operator._fields["state"]._description_selection(self.env))
        return {
            "id": operator.id,
            "name": operator.display_name,
            "is_me": operator.user_id == self.env.user,
            "state": operator.state,
            "state_name": states[operator.state],
            "since": since and fields.Datetime.to_string(since),
            "direction_ids": operator.line_ids.direction_id.ids,
            **{
                kind: {"slots": total, "free": free}
                for kind, (total, free) in slots.items()
            },
        }
