from odoo import fields, models


class DiscussChannel(models.Model):
    """How long an operator had a conversation before him: part of the handling time."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def chat_spend(self, seconds):
        """Add to the time in focus of the stretch that is going on.

        Windows tell what they have counted; a stretch is in focus for no longer than it
        lasts, whatever they tell. What is over, or with somebody else, is not counted.

        :param float seconds: since the window told it last
        :return: seconds in focus of the stretch, or False
        """
        self.ensure_one()
        # sudo: discuss.channel - operators write no stretch by hand; the holder's
        # window may add to the one he is in
        conversation = self.sudo()
        is_mine = conversation.chat_operator_id.user_id == self.env.user
        if not is_mine or conversation.chat_state != "active" or seconds <= 0:
            return False
        segment = conversation._chat_segment()
        lasted = (fields.Datetime.now() - segment.opened_at).total_seconds()
        segment.focus_seconds = min(segment.focus_seconds + seconds, lasted)
        return segment.focus_seconds
