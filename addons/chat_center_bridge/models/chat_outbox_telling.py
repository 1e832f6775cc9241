from odoo import models

from odoo.addons.mail.tools.discuss import Store

from ..rules import delivery


class ChatOutbox(models.Model):
    """Who hears how far a message has come."""

    # one file a concern of the outbox
    _inherit = "chat.outbox"  # pylint: disable=consider-merging-classes-inherited

    def _as_sign(self):
        """What the screen shows at the message, in the reader's language."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        label = labels[self.state]
        return {
            "id": self.id,
            "state": self.state,
            "title": f"{label}: {self.error}" if self.error else label,
            "can_send_again": self.state in delivery.UNDELIVERED,
        }

    def _tell(self):
        """Show the state to whoever has the conversation open.

        Each in his own language, so it does not go through the conversation's channel.
        """
        self.ensure_one()
        for user in self.conversation_id._chat_insiders() | self._authors():
            row = self.with_context(lang=user.lang)
            sign = Store.Attr("chat_delivery", row._as_sign())
            store = Store(bus_channel=user)
            store.add_records_fields(row.message_id, [sign]).bus_send()
            if self.state in delivery.UNDELIVERED and user in self._authors():
                user._bus_send("chat_center_bridge/undelivered", row._as_notice())

    def _authors(self):
        users = self.message_id.author_id.user_ids
        return users.filtered(lambda user: not user.share)

    def _as_notice(self):
        """What the author reads of his message that did not arrive."""
        return {
            **self._as_sign(),
            "channel_id": self.conversation_id.id,
            "customer": self.identity_id.name or self.identity_id.external_id,
        }
