from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

# as old as a message may be when it is made
A_MOMENT = timedelta(minutes=1)


class MailMessage(models.Model):
    """A message of a conversation is read by who may see the conversation.

    To core who created a message may read it, and the public user, who is everybody
    without a name, has created those of all guests. And whoever may write in a channel
    may change and delete what others said there; of a conversation nobody rewrites what
    was said. Discuss's own editing of one's own words asks for no right to write.
    """

    # one file a concern of the message
    _inherit = "mail.message"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        """Into a conversation everybody writes in his own name, and now.

        :raises AccessError: somebody puts words into another's mouth, or into the past,
            or has notified himself of a conversation only to learn whose it is
        """
        messages = super().create(vals_list)
        if not self.env.su:
            messages._chat_said()._chat_check_said()
        return messages

    def _chat_check_said(self):
        channels = self.env["discuss.channel"].browse(self.sudo().mapped("res_id"))
        channels.check_access("read")
        if self._chat_is_forged():
            raise AccessError(
                self.env._("Write to customers in your own name, and without a date.")
            )

    def _chat_is_forged(self):
        past = fields.Datetime.now() - A_MOMENT
        return any(
            message.date < past or not message.is_current_user_or_guest_author
            for message in self
        )

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        if operation == "read" and self.env.user._is_public():
            forbidden |= (self - forbidden)._chat_hidden()
        if operation in ("write", "unlink"):
            forbidden |= (self - forbidden)._chat_said()
        return forbidden

    def _chat_said(self):
        """Of these messages those of conversations."""
        posted = self.filtered(lambda one: one.sudo().model == "discuss.channel")
        ids = {message.sudo().res_id for message in posted}
        channels = self.env["discuss.channel"].sudo().browse(ids).exists()
        ours = set(channels.filtered("chat_state").ids)
        return posted.filtered(lambda message: message.sudo().res_id in ours)

    def _chat_hidden(self):
        """Of these messages those in conversations the reader may not see."""
        posted = self.filtered(lambda one: one.sudo().model == "discuss.channel")
        ids = {message.id: message.sudo().res_id for message in posted}
        channels = self.env["discuss.channel"].browse(set(ids.values())).exists()
        visible = set(channels.sudo().filtered("chat_is_visible").ids)
        return posted.filtered(lambda message: ids[message.id] not in visible)
