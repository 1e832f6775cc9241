from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .discuss_channel import OPEN_STATES
from .discuss_channel_vacuum import VACUUM


class DiscussChannelMember(models.Model):
    """A member of a conversation: it stays in Discuss while open, and is written."""

    _inherit = "discuss.channel.member"

    def _search(self, domain, *args, **kwargs):
        if self.env.context.get(VACUUM):
            others = Domain("channel_id.chat_state", "not in", OPEN_STATES)
            domain = Domain(domain) & others
        return super()._search(domain, *args, **kwargs)

    @api.autovacuum
    def _gc_unpin_livechat_sessions(self):
        vacuum = self.with_context(**{VACUUM: True})
        return super(DiscussChannelMember, vacuum)._gc_unpin_livechat_sessions()

    def _rtc_join_call(self, *args, **kwargs):
        """Join a call; a conversation has none, whichever channel it came by.

        :raises UserError: the channel is a conversation
        """
        # sudo: discuss.channel - customers do not read what the queue says of them
        if self.channel_id.sudo().chat_state:
            raise UserError(
                self.env._("There are no calls in a conversation: write, or phone.")
            )
        return super()._rtc_join_call(*args, **kwargs)
