from odoo import api, fields, models
from odoo.tools import SQL


class ChatSlot(models.Model):
    """A place of an operator for one conversation.

    A conversation is with an operator if and only if it has one of the slots, so nobody
    has more than there are, whoever takes at the same time.
    """

    _name = "chat.slot"
    _description = "Slot of a chat operator"
    _order = "operator_id, kind, id"

    operator_id = fields.Many2one(
        "chat.operator", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("base", "Base"), ("extra", "For those who come back")],
        required=True,
        readonly=True,
    )
    conversation_id = fields.Many2one(
        "discuss.channel", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _conversation_unique = models.UniqueIndex(
        "(conversation_id) WHERE conversation_id IS NOT NULL"
    )
    _free_idx = models.Index("(operator_id, kind) WHERE conversation_id IS NULL")

    @api.model
    def _free_of(self, operator, kind):
        """A free slot of an operator that nobody else is taking, locked; or empty."""
        # one taken earlier in this transaction is not free
        self.flush_model(["conversation_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM chat_slot
                    WHERE operator_id = %s AND kind = %s AND conversation_id IS NULL
                    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED""",
                operator.id,
                kind,
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _count_free(self, operators):
        """How many slots operators have, and how many of them are free.

        :return: dict operator -> dict kind -> (slots, free ones)
        """
        counted = {
            operator: {"base": (0, 0), "extra": (0, 0)} for operator in operators
        }
        for operator, kind, slots, taken in self._read_group(
            [("operator_id", "in", operators.ids)],
            ["operator_id", "kind"],
            ["__count", "conversation_id:count"],
        ):
            counted[operator][kind] = (slots, slots - taken)
        return counted
