from odoo import models

from odoo.addons.mail.tools.discuss import Store

# conversation's field for each that an operator's composer follows
SHOWN = {"is_blocked": "chat_has_blocked_us", "window_until": "chat_window_until"}


class ChatIdentity(models.Model):
    """Whether a customer can be written to, in the windows of who would write."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Operators see at once that a customer can be written to, or no longer."""
        written = super().write(vals)
        if names := [SHOWN[name] for name in SHOWN if name in vals]:
            for identity in self:
                identity._show_composer(names)
        return written

    def _show_composer(self, names):
        """Tell who has the customer's conversation open; customers are not told.

        :param list names: of the conversation's fields that are new
        """
        channel = self.env["discuss.channel"]._chat_open_of(self)
        if channel:
            Store(bus_channel=channel, bus_subchannel="internal_users").add(
                channel, channel._chat_store_fields(names)
            ).bus_send()
