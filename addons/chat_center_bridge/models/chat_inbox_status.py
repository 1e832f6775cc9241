from odoo import models


class ChatInbox(models.Model):
    """What a provider tells of messages of ours."""

    # one file a concern of the inbox
    _inherit = "chat.inbox"  # pylint: disable=consider-merging-classes-inherited

    def _apply_status(self, gateway, event):
        """A message of ours has come further, or has failed."""
        part = self.env["chat.outbox.part"]._of_status(gateway, event)
        if part:
            part._advance(event)
            return "done"
        values = {"word": f"{event.status} {event.provider_message_id}"}
        self.problem = {"reason": "not_ours", "values": values}
        return "ignored"
