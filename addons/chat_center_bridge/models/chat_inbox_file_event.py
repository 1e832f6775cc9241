from odoo import models


class ChatInbox(models.Model):
    """Files that come with a customer's message."""

    # one file a concern of the inbox
    _inherit = "chat.inbox"  # pylint: disable=consider-merging-classes-inherited

    def _apply_message(self, gateway, event):
        """The files are fetched later: the provider may be slow, the queue may not."""
        state = super()._apply_message(gateway, event)
        if event.files and self.message_id:
            files = self.env["chat.inbox.file"]
            files._expect(self.message_id, gateway, event.files)
        return state
