from datetime import timedelta

from odoo import api, fields, models

from ..rules import choice, life

MOST_MISSED = 3


class ChatOperator(models.Model):
    """Operators whose screen is gone get no conversations, and lose untouched ones."""

    # one file a concern of the operator
    _inherit = "chat.operator"  # pylint: disable=consider-merging-classes-inherited

    unseen_since = fields.Datetime(
        string="Without a screen since",
        readonly=True,
        help="No open screen of the operator since then; empty while there is one.",
    )

    @api.model
    def _watch_presence(self, moment):
        """Note whose screens are gone, and send away who is gone for too long.

        Core tells whether there is a connection, but not since when there is none.

        :param moment: naive UTC datetime it is now
        """
        working = self.search([("state", "!=", "away")])
        online = self.env["mail.presence"].search(
            [("user_id", "in", working.user_id.ids), ("status", "!=", "offline")]
        )
        unseen = working.filtered(lambda one: one.user_id not in online.user_id)
        (working - unseen).filtered("unseen_since").unseen_since = False
        unseen.filtered(lambda one: not one.unseen_since).unseen_since = moment
        unseen.filtered(lambda one: one._is_gone(moment))._leave(moment)

    def _is_gone(self, moment):
        """Whether the screen is gone for longer than the company lets it be."""
        minutes = self.company_id.chat_gone_minutes
        limit = moment - timedelta(minutes=minutes)
        return bool(minutes) and self.unseen_since <= limit

    def _leave(self, moment):
        """Be away; customers whom the operator has not answered yet go to others."""
        self.unseen_since = False
        for operator in self:
            lang = operator.user_id.lang
            reason = operator.with_context(lang=lang).env._("The screen was closed")
            operator._set_state("away", reason)
        held = self.env["discuss.channel"].search(
            [("chat_operator_id", "in", self.ids), ("chat_state", "=", "active")]
        )
        for conversation in held:
            untouched = not conversation._chat_segment().first_reply_at
            if untouched and conversation._chat_lock(["active"]):
                conversation._chat_take_back(moment, life.GONE)

    def _missed_one(self):
        """Be away after some offers in a row that nobody accepted.

        Who is not there would be offered the same customer for ever.
        """
        self.ensure_one()
        if self.state != choice.AVAILABLE:
            return
        states = self.env["chat.operator.state"]
        since = states.search([("operator_id", "=", self.id)], limit=1).begun_at
        offers = self.env["chat.segment"].search(
            [("operator_id", "=", self.id), ("offered_at", ">=", since)],
            order="id desc",
            limit=MOST_MISSED,
        )
        missed = offers.filtered(lambda offer: offer.reason_out == life.NOT_ACCEPTED)
        if len(missed) == MOST_MISSED:
            here = self.with_context(lang=self.user_id.lang)
            reason = here.env._("%s offers were not accepted", MOST_MISSED)
            self._set_state("away", reason)
