from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import life
from .discuss_channel import OPEN_STATES


class ChatIdentity(models.Model):
    """Customers whose messages reach no operator: why, since when and by whom."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    spam_reason = fields.Char(string="Why blocked", readonly=True)
    spam_by_id = fields.Many2one("res.users", string="Blocked by", readonly=True)
    spam_at = fields.Datetime(string="Blocked on", readonly=True)

    def chat_block(self, reason):
        """Let no message of the customer reach operators any more.

        A conversation that is open ends; ``chat_unblock`` takes it back.

        :param str reason: why, for colleagues; the customer never sees it
        :raises AccessError: the user does not serve the customer
        :raises UserError: there is no reason, or somebody is changing the conversation
        """
        self._check_served()
        # sudo: chat.identity - who serves the customer blocks him, and writes no more
        self.sudo()._block(reason)
        return True

    def _block(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._(
                    "Say why %s is blocked: colleagues will want to know.",
                    self.display_name,
                )
            )
        self.write(
            {
                "is_spam": True,
                "spam_reason": reason,
                "spam_by_id": self.env.uid,
                "spam_at": fields.Datetime.now(),
            }
        )
        conversation = self.env["discuss.channel"]._chat_open_of(self)
        if conversation:
            conversation._chat_claim(OPEN_STATES)
            conversation._chat_close(fields.Datetime.now(), life.SPAM)

    def chat_unblock(self):
        """Let messages of the customer reach operators again.

        :raises AccessError: the user does not supervise the customer's direction
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_supervised_by(self.env.user):
            raise AccessError(
                self.env._(
                    "Only the supervisors of the direction may unblock %s: ask one.",
                    self.display_name,
                )
            )
        # sudo: chat.identity - supervisors take a block back, and write no more
        self.sudo().write(
            {
                "is_spam": False,
                "spam_reason": False,
                "spam_by_id": False,
                "spam_at": False,
            }
        )
        return True
