from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


class MailMessage(models.Model):
    """Shows at a message how far it has come to the customer."""

    _inherit = "mail.message"

    chat_outbox_ids = fields.One2many(
        "chat.outbox",
        "message_id",
        string="To messengers",
        groups="chat_center_bridge.group_operator",
    )
    chat_file_ids = fields.One2many(
        "chat.inbox.file",
        "message_id",
        string="Files of the customer",
        groups="chat_center_bridge.group_supervisor",
    )

    def _to_store_defaults(self, target):
        """Add the sign of the delivery; customers of the site do not get it."""
        defaults = super()._to_store_defaults(target)
        if not target.is_internal(self.env):
            return defaults
        sign = Store.Attr(
            "chat_delivery",
            lambda message: message._chat_sign(),
            predicate=lambda message: message._chat_has_gateway(),
        )
        return [*defaults, sign, self._chat_files_field()]

    def _chat_files_field(self):
        """Files of a customer that are not there: on their way, or why they are not."""
        return Store.Attr(
            "chat_files",
            lambda message: message._chat_missing_files(),
            predicate=lambda message: message._chat_has_gateway(),
        )

    def _chat_file_fields(self, target):
        """What changes at a message when a file has come."""
        attachments = Store.Many(
            "attachment_ids",
            sort="id",
            dynamic_fields=lambda message: message._get_store_attachment_fields(target),
            sudo=True,
        )
        return [attachments, self._chat_files_field()]

    def _chat_missing_files(self):
        # sudo: chat.inbox.file - whoever may read the message may know of its files
        files = self.sudo().chat_file_ids.filtered(lambda file: file.state != "done")
        return [file._as_sign() for file in files]

    def _chat_has_gateway(self):
        # sudo: discuss.channel - only tells whether there is something to be shown
        return bool(self.channel_id.sudo().chat_identity_id)

    def _chat_sign(self):
        # sudo: chat.outbox - whoever may read the message may see how far it is
        outbox = self.sudo().chat_outbox_ids
        return outbox._as_sign() if outbox else False
