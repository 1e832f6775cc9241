from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..rules import life
from .discuss_channel import OPEN_STATES

VACUUM = "chat_vacuum"


class DiscussChannel(models.Model):
    """Core ends, hides and deletes livechat sessions that nobody touches.

    A conversation that is open is not forgotten: it waits over a weekend, or is on
    hold. Only its own life ends it.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    @api.constrains("livechat_status")
    def _check_livechat_status(self):
        for channel in self:
            if channel.chat_state and channel.livechat_status == "need_help":
                raise ValidationError(
                    self.env._(
                        "“Looking for help” would show the conversation with %s to"
                        " everybody: transfer it instead.",
                        channel.name,
                    )
                )

    def _search(self, domain, *args, **kwargs):
        if self.env.context.get(VACUUM):
            domain = Domain(domain) & Domain("chat_state", "not in", OPEN_STATES)
        return super()._search(domain, *args, **kwargs)

    def unlink(self):
        """Core's vacuum deletes sessions without messages; open ones stay."""
        if self.env.context.get(VACUUM):
            self = self.filtered(lambda channel: channel.chat_state not in OPEN_STATES)
        return super().unlink()

    @api.autovacuum
    def _gc_bot_only_ongoing_sessions(self):
        vacuum = self.with_context(**{VACUUM: True})
        return super(DiscussChannel, vacuum)._gc_bot_only_ongoing_sessions()

    @api.autovacuum
    def _gc_empty_livechat_sessions(self):
        vacuum = self.with_context(**{VACUUM: True})
        return super(DiscussChannel, vacuum)._gc_empty_livechat_sessions()

    def _close_livechat_session(self, **kwargs):
        """The visitor of the site left: what he waited for nobody waits for."""
        result = super()._close_livechat_session(**kwargs)
        # sudo: discuss.channel - the visitor may end his own conversation
        conversation = self.sudo()
        if conversation.chat_state in OPEN_STATES:
            conversation._chat_claim(OPEN_STATES)
            conversation._chat_close(fields.Datetime.now(), life.CUSTOMER_CLOSED)
        return result

    def _rating_get_operator(self):
        """Customers rate who spoke with them last."""
        last = self._chat_last_operator().user_id.partner_id
        return last or super()._rating_get_operator()
