from odoo import api, models

EVENT = "chat_center_bridge/board"
# fields of a conversation that the board shows
SHOWN = {
    "chat_state",
    "chat_direction_id",
    "chat_operator_id",
    "chat_is_head",
    "chat_is_test",
}


class ChatDirection(models.Model):
    """Tells open boards that something of the direction has changed."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    def _signal_board(self):
        """One small event a direction and transaction; who sees it reads the board."""
        told = self.env.cr.precommit.data.setdefault(EVENT, set())
        supervisors = self.env.ref("chat_center_bridge.group_supervisor").sudo()
        for direction in self.filtered(lambda one: one.id not in told):
            told.add(direction.id)
            supervisors._bus_send(EVENT, {"direction_id": direction.id})


class DiscussChannel(models.Model):
    """A conversation that moves is seen on the board."""

    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """The board of the direction hears of it."""
        channels = super().create(vals_list)
        channels.chat_direction_id._signal_board()
        return channels

    def write(self, vals):
        """The boards of the directions before and after hear of it."""
        if not SHOWN & set(vals):
            return super().write(vals)
        before = self.chat_direction_id
        result = super().write(vals)
        (before | self.chat_direction_id)._signal_board()
        return result


class ChatOperator(models.Model):
    """An operator who comes, goes or gets other slots is seen on the board."""

    _inherit = "chat.operator"

    def write(self, vals):
        """The boards of the operator's directions hear of it."""
        result = super().write(vals)
        if {"state", "base_slots", "extra_slots", "active"} & set(vals):
            self.line_ids.direction_id._signal_board()
        return result
