from odoo import fields, models
from odoo.fields import Domain

from ..rules import life

VISITOR = "visitor"


class DiscussChannel(models.Model):
    """What a conversation holds of its customer, when he is to be forgotten.

    That it took place stays, with its stretches and turns: moments and no words. What
    Discuss told the screens waits a day in core's bus, which deletes it itself.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def _chat_erase(self):
        """Erase words, files, names and who the customer was, for good."""
        for channel in self.filtered(lambda one: one.chat_state != "closed"):
            channel._chat_close(fields.Datetime.now(), life.ERASED)
        self._chat_erase_words()
        self._chat_erase_names()

    def _chat_erase_words(self):
        """All that was written, also between colleagues, and every file."""
        owned = [("model", "=", self._name), ("res_id", "in", self.ids)]
        messages = self.env["mail.message"].search(owned)
        previews = messages.message_link_preview_ids.link_preview_id
        loose = messages.attachment_ids.filtered(lambda file: not file.res_id)
        messages.unlink()
        previews.filtered(lambda one: not one.message_link_preview_ids).unlink()
        self.chatbot_message_ids.unlink()
        self._chat_erase_files(loose)
        self.chat_segment_ids.write({"comment": False})

    def _chat_erase_files(self, loose):
        """The conversations' files; another record's, sent along, remain its own.

        :param loose: ir.attachment of erased messages that belong to no record; what
            stands in other messages as well stays
        """
        used = self.env["mail.message"].search([("attachment_ids", "in", loose.ids)])
        owned = self.env["ir.attachment"].search(self._chat_owned())
        (owned | loose - used.attachment_ids).unlink()

    def _chat_erase_names(self):
        """Whatever tells who the customer was."""
        erased = self.env._("Erased customer")
        self.write(
            {
                "name": erased,
                "description": False,
                "livechat_note": False,
                "country_id": False,
            }
        )
        ratings = self.env["rating.rating"].search(self._chat_owned())
        ratings.write({"feedback": False, "partner_id": False, "res_name": erased})
        self.channel_member_ids.custom_channel_name = False
        # who was a visitor is told by the history, so that goes last
        self.channel_member_ids.filtered(
            lambda member: member.livechat_member_type == VISITOR
        ).unlink()
        self.livechat_customer_history_ids.unlink()

    def _chat_owned(self):
        """What belongs to the conversations by model and id, such as files."""
        return Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
