from odoo import api, models


class ChatOperator(models.Model):
    """What an operator's window shows of the operator, and of who waits for him."""

    # one file a concern of the operator
    _inherit = "chat.operator"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def chat_my_window(self):
        """How the operator who asks stands now.

        :return: dict: ``state``, ``states`` (pairs of value and label), ``base`` and
            ``extra`` (dicts with ``taken`` and ``slots``), ``waiting`` (conversations
            in his directions) and ``waiting_since`` (of the one that waits longest, UTC
            datetime or False)
        :raises AccessError: the user is no operator
        """
        operator = self._of_current_user()
        waiting, since = operator._waiting_for()
        return {
            "state": operator.state,
            "states": operator._fields["state"]._description_selection(self.env),
            **operator._slots_taken(),
            "waiting": waiting,
            "waiting_since": since,
        }

    def _slots_taken(self):
        """How many slots of each kind are taken: kind -> {"taken", "slots"}."""
        self.ensure_one()
        counted = self.env["chat.slot"]._count_free(self)[self]
        return {
            kind: {"taken": slots - free, "slots": slots}
            for kind, (slots, free) in counted.items()
        }

    def _waiting_for(self):
        """How many conversations wait in an operator's directions, and since when."""
        domain = [
            ("chat_state", "=", "queued"),
            ("chat_direction_id", "in", self.line_ids.direction_id.ids),
        ]
        [(count, since)] = self.env["discuss.channel"]._read_group(
            domain, aggregates=["__count", "chat_queued_at:min"]
        )
        return count, since

    def _log_state(self):
        """Who is set away by others, or by a closed screen, sees it at once."""
        result = super()._log_state()
        for operator in self:
            operator.user_id._bus_send("chat_center/my_window", {})
        return result
