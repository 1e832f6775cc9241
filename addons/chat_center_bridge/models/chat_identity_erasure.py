import re

from odoo import api, models
from odoo.tools import SQL


class ChatIdentity(models.Model):
    """A customer is erased with all he said; that somebody was served is kept.

    What is on its way to him goes with the customer, by the database itself: messages
    to messengers and the requests they were sent by.
    """

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    @api.ondelete(at_uninstall=False)
    def _unlink_what_was_said(self):
        """Erase what a customer leaves behind, before the customer goes."""
        # sudo: who may delete a customer need not see each of the conversations
        customers = self.sudo()
        customers._erase_events()
        customers._conversations()._chat_erase()
        customers._erase_questions()
        customers.guest_id.unlink()

    def _conversations(self):
        return (
            self.env["discuss.channel"]
            .with_context(active_test=False)
            .search([("chat_identity_id", "in", self.ids)])
        )

    # -- events ------------------------------------------------------------------------

    def _erase_events(self):
        """What providers sent of the customers, also what could not be read."""
        for customer in self:
            events = customer._events() | customer._unreadable_events()
            events.unlink()

    def _events(self):
        """Rows of the customer's chat: ids in them may hold a phone as well."""
        return self.env["chat.inbox"].search(
            [
                ("gateway_id", "=", self.gateway_id.id),
                "|",
                ("chat_key", "in", self._chat_keys()),
                ("message_id.res_id", "in", self._conversations().ids),
            ]
        )

    def _unreadable_events(self):
        """Bodies nobody could read in which one of the customer's ids stands.

        They are kept as they came, in base64; an id counts if it stands alone.
        """
        patterns = [
            f"(^|[^0-9A-Za-z]){re.escape(key)}($|[^0-9A-Za-z])"
            for key in self._chat_keys()
        ]
        self.env["chat.inbox"].flush_model(["raw", "gateway_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM chat_inbox
                    WHERE gateway_id = %s AND raw IS NOT NULL
                      AND encode(decode(raw, 'base64'), 'escape') ~ ANY(%s)""",
                self.gateway_id.id,
                patterns,
            )
        )
        return self.env["chat.inbox"].browse(row[0] for row in rows)

    def _chat_keys(self):
        """What the provider may call the customer's chat."""
        aliases = [name.partition(":")[2] for name in self.alias_ids.mapped("name")]
        return [self.external_id, *aliases]

    # -- questions ---------------------------------------------------------------------

    def _erase_questions(self):
        """Whether it is he who writes: asked where his name stands in the question."""
        self.env["chat.proof.link"].search([("identity_id", "in", self.ids)]).unlink()
