from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..rules import delivery


class ChatOutbox(models.Model):
    """How long it is known how far a message has come."""

    # one file a concern of the outbox
    _name = "chat.outbox"
    _inherit = ["chat.outbox", "chat.keeping.mixin"]

    is_put_aside = fields.Boolean(
        string="Put aside",
        readonly=True,
        copy=False,
        help="Somebody has looked at it: nothing more is to be done.",
    )

    def action_put_aside(self):
        """Say that undelivered messages were looked at: they are kept no longer.

        :raises AccessError: the user is no supervisor, or may not see one of them
        :raises UserError: one of them is delivered or still on its way
        """
        if not self.env.user.has_group("chat_center_bridge.group_supervisor"):
            raise AccessError(
                self.env._("Only supervisors of the chat center may do that.")
            )
        self.check_access("read")
        if self.filtered(lambda row: row.state not in delivery.UNDELIVERED):
            raise UserError(
                self.env._(
                    "Only messages that were not delivered are put aside: choose those."
                )
            )
        # sudo: chat.outbox - the mark, and nothing else
        self.sudo().is_put_aside = True
        return True

    def _come_to(self, state, problem=False):
        """What fails again is to be looked at again."""
        self.is_put_aside = False
        return super()._come_to(state, problem)

    @api.autovacuum
    def _gc_old(self):
        """Messages that the customer has, and the others once they were looked at.

        The words stay in the conversation.
        """
        is_over = SQL(
            """state IN ('sent', 'delivered', 'read')
               OR is_put_aside AND state = ANY(%s)""",
            [str(state) for state in delivery.UNDELIVERED],
        )
        return self._delete_old("chat_outbox_days", is_over)
