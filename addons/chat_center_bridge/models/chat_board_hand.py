from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules.figures import BOT
from .discuss_channel_door import WITH_OR_WITHOUT_HOLDER
from .discuss_channel_supervision import TAKEN_OVER


class ChatBoard(models.AbstractModel):
    """What a supervisor does by hand: each looks who asks, and of which direction."""

    # one file a concern of the board
    _inherit = "chat.board"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def give(self, conversation_id, operator_id):
        """Give a waiting conversation to an operator, also before its turn.

        :raises AccessError: the user does not supervise the direction
        :raises UserError: no free slot, an operator of other directions or one who is
            not available, or somebody was quicker
        """
        channel = self._led([conversation_id])
        operator = self.env["chat.operator"].browse(operator_id).exists()
        operator.check_access("read")
        channel._chat_give(operator.sudo())
        return True

    @api.model
    def take_over(self, conversation_id):
        """Take a conversation from its operator, or the queue, to answer oneself.

        Whatever state one is in: who takes it is there.

        :raises AccessError: the user does not supervise the direction
        :raises UserError: the user is no operator, or has no free slot; or somebody is
            changing the conversation just now
        """
        channel = self._led([conversation_id])
        me = self.env["chat.operator"].search([("user_id", "=", self.env.uid)])
        if not me:
            raise UserError(
                self.env._(
                    "Only operators have slots: add yourself to the operators first."
                )
            )
        channel._chat_claim(WITH_OR_WITHOUT_HOLDER)
        channel._chat_pass_to(me.sudo(), TAKEN_OVER)
        return True

    @api.model
    def close(self, conversation_ids, reason_id=None):
        """End conversations at once.

        :param list conversation_ids: ids
        :param int reason_id: chat.reason of their direction, if it has any
        :return: dict closed, skipped: how many; somebody is changing the skipped ones,
            or they are over
        :raises AccessError: the user does not supervise one of the directions
        :raises UserError: the reason is missing or another direction's
        """
        channels = self._led(conversation_ids)
        reason = self.env["chat.reason"].browse(reason_id or [])
        closed = channels._chat_close_by_hand(fields.Datetime.now(), reason)
        return {"closed": len(closed), "skipped": len(channels) - len(closed)}

    def _led(self, conversation_ids):
        """Conversations of the user's directions, as the system.

        Taking and closing write slots, members and history, which no person may write.

        :raises AccessError: one is another direction's, or no conversation at all
        """
        directions = self._directions()
        channels = self._conversations().browse(conversation_ids).exists()
        others = channels.filtered(
            lambda channel: (
                channel.chat_direction_id not in directions
                or channel.chat_state in (False, BOT)
            )
        )
        if others or not channels:
            raise AccessError(
                self.env._(
                    "This conversation is not of a direction you supervise, or is not"
                    " in its queue yet: ask its supervisor."
                )
            )
        return channels
