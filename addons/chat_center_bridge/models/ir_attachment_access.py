from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Files of a conversation stay as they were sent.

    To core whoever may write in a channel may change what others sent there.
    """

    # one file a concern of the file
    _inherit = "ir.attachment"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Refuse to change what was sent.

        :raises AccessError: the file stands in a conversation
        """
        self._chat_check_kept()
        return super().write(vals)

    def unlink(self):
        """Refuse to delete what was sent.

        :raises AccessError: the file stands in a conversation
        """
        self._chat_check_kept()
        return super().unlink()

    def _chat_check_kept(self):
        """Files that are only being chosen, in no message yet, are their owner's."""
        if self.env.su:
            return
        # sudo: ir.attachment, mail.message - only where the files stand is asked
        files = self.sudo().filtered(lambda one: one.res_model == "discuss.channel")
        if not files:
            return
        messages = files.env["mail.message"].search(
            [("model", "=", "discuss.channel"), ("attachment_ids", "in", files.ids)]
        )
        if messages._chat_said():
            raise AccessError(
                self.env._("A file that was sent in a conversation stays as it was.")
            )
