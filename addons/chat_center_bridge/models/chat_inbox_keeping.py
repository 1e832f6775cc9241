from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ChatInbox(models.Model):
    """How long events are kept: repeated ones are known, and failed ones seen."""

    # one file a concern of the inbox
    _name = "chat.inbox"
    _inherit = ["chat.inbox", "chat.keeping.mixin"]

    def action_put_aside(self):
        """Say that failed events were looked at: they are kept no longer than others.

        :raises AccessError: the user may not change events
        :raises UserError: one of them has not failed
        """
        self.check_access("write")
        if self.filtered(lambda row: row.state != "dead"):
            raise UserError(
                self.env._("Only events that failed are put aside: choose those.")
            )
        # sudo: chat.inbox - its state is what the action is for
        self.sudo().state = "ignored"
        return True

    @api.autovacuum
    def _gc_old(self):
        """Events that were done; those that failed stay until somebody looked at them.

        An event that comes again is known as long as its row is there.
        """
        return self._delete_old("chat_inbox_days", SQL("state IN ('done', 'ignored')"))
