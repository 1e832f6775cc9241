from odoo import models

from ..rules.adapter import OutFile, Refused, choose_limit

KILOBYTE, MEGABYTE = 1024, 1024**2


class IrAttachment(models.Model):
    """A file on its way to a messenger."""

    _inherit = "ir.attachment"

    def _chat_file(self, limits):
        """The file as the adapters take it; None if the provider would not.

        :param limits: rules.adapter.Limits
        :raises Refused: the file is empty, so a link would not help
        """
        self.ensure_one()
        file = OutFile(self.id, self.name, self.mimetype or "", self.file_size)
        try:
            choose_limit(file, limits)
        except Refused as refused:
            if refused.code == "file_empty":
                raise
            return None
        return file

    def _chat_link(self):
        """A line with a link that gives the file to whoever has it, for some weeks.

        The token is Odoo's own: signed, for this file alone, good for 14 to 42 days.
        """
        self.ensure_one()
        token = self._get_raw_access_token()
        url = f"{self.get_base_url()}/web/content/{self.id}"
        size = self._chat_size()
        return f"{self.name} ({size}): {url}?download=1&access_token={token}"

    def _chat_size(self):
        """How big the file is, as the customer reads it."""
        if self.file_size < MEGABYTE:
            return self.env._("%s KB", max(round(self.file_size / KILOBYTE), 1))
        return self.env._("%s MB", round(self.file_size / MEGABYTE))
