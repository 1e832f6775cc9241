from dataclasses import replace

from markupsafe import Markup, escape

from odoo import fields, models

from ..rules import merge

LINE_BREAK = Markup("<br/>")
# a message of a customer in a form that cannot be shown
UNSUPPORTED = "unsupported"


class ChatInbox(models.Model):
    """What each kind of event does to identity and conversation.

    A method ``_apply_<kind>`` for each kind of ``rules.adapter.Kind``; it gives the
    row's new state, ``done`` by default.
    """

    # one file a concern of the inbox
    _inherit = "chat.inbox"  # pylint: disable=consider-merging-classes-inherited

    def _apply_message(self, gateway, event):
        """The customer wrote; what waits for this message is done after it."""
        if self.message_id:
            return None
        if message := self._message_of(gateway, event.provider_message_id):
            # an edit of it, tired of waiting, stands for it already
            self.message_id = message
            return "done"
        if message := self._message_of_album(gateway, event):
            return self._join_album(gateway, event, message)
        return self._post(gateway, event, self._body(event))

    def _post(self, gateway, event, body):
        """Write into the customer's conversation; begun if there is none.

        :param Markup body: what is shown
        :return: the row's new state
        """
        identity = self._sender_of(gateway, event)
        if identity.is_spam:
            return "ignored"
        identity._wrote(event)
        moment = event.at or fields.Datetime.now()
        channel = self.env["discuss.channel"]._chat_of(identity, gateway, moment)
        self.message_id = channel._chat_post_of_customer(identity, body, moment)
        channel._chat_asked(moment)
        return "done"

    def _sender_of(self, gateway, event):
        """Who wrote; made if he never did."""
        known = self.identity_id
        if known.external_id != event.sender.external_id:
            return self.env["chat.identity"]._of_sender(gateway, event.sender)
        known._keep_aliases(event.sender)
        return known

    # -- albums ------------------------------------------------------------------------

    def _message_of_album(self, gateway, event):
        """The message in which an album has begun; may be empty."""
        if not event.album:
            return self.env["mail.message"]
        domain = [
            ("gateway_id", "=", gateway.id),
            ("album", "=", event.album),
            ("message_id", "!=", False),
        ]
        return self.search(domain, limit=1).message_id

    def _join_album(self, gateway, event, message):
        """An album is one message: its text stands in whichever item has it."""
        self.message_id = message
        if event.text:
            channel = self.env["discuss.channel"].browse(message.res_id)
            body = LINE_BREAK.join(filter(None, [message.body, self._body(event)]))
            channel._message_update_content(message, body=body)
        return "done"

    # -- edits and signs that come before their message --------------------------------

    def _waiting_for(self):
        """Edits and signs that came before the messages of these events, by age."""
        posted = self.filtered("message_id")
        if not posted:
            return posted
        ids = {(row.gateway_id, row.provider_message_id) for row in posted}
        waiting = self.search(
            [
                ("gateway_id", "in", posted.gateway_id.ids),
                ("provider_message_id", "in", posted.mapped("provider_message_id")),
                ("state", "=", "waiting"),
            ],
            order="id",
        )
        return waiting.filtered(
            lambda row: (row.gateway_id, row.provider_message_id) in ids
        )

    def _end_waiting(self):
        """Edits whose message has not come stand for it: they hold the whole text.

        Signs below it are left out then: nobody knows what they are about.
        """
        limit = fields.Datetime.now() - merge.EDIT_WAIT
        rows = self.search([("state", "=", "waiting"), ("create_date", "<", limit)])
        rows.write({"state": "new"})

    def _body(self, event):
        """What stands in the conversation: text, place and visiting cards."""
        lines = [event.text] if event.text else []
        if place := event.location:
            url = f"https://www.openstreetmap.org/?mlat={place.latitude}&mlon={place.longitude}"
            name = place.name or place.address or self.env._("Place on the map")
            lines.append(Markup('<a href="%s" target="_blank">%s</a>') % (url, name))
        lines += [
            f"{contact.name} {', '.join(contact.phones)}" for contact in event.contacts
        ]
        return LINE_BREAK.join(
            line
            if isinstance(line, Markup)
            else LINE_BREAK.join(escape(line).splitlines())
            for line in lines
        )

    def _apply_edit(self, gateway, event):
        """The customer changed or withdrew a message."""
        message = self._message_of(gateway, event.provider_message_id)
        if not message:
            return self._edit_without_message(gateway, event)
        if self._is_outdated(gateway, event, merge.version):
            return "ignored"
        body = self._body(event)
        if event.is_revoked:
            body = Markup("<em>%s</em>") % self.env._(
                "The customer withdrew this message."
            )
        channel = self.env["discuss.channel"].browse(message.res_id)
        channel._message_update_content(message, body=body)
        return "done"

    def _is_outdated(self, gateway, event, order):
        """Whether what replaces the event is done already.

        :param order: of ``rules.merge``: what puts such events in order
        """
        ids, since = [event.provider_message_id], self.provider_at
        alike = self._events_done(gateway, event.kind, ids, since)
        return any(order(one) > order(event) for one in alike)

    def _edit_without_message(self, gateway, event):
        if self._is_early(event):
            return "waiting"
        return self._post(gateway, event, self._body(event))

    def _is_early(self, event):
        """Whether the message the event is about may still come."""
        now = fields.Datetime.now()
        return merge.is_waiting(event, self.create_date or now, now)

    def _message_of(self, gateway, provider_message_id):
        """The message an id of the provider stands for; may be empty."""
        if not provider_message_id:
            return self.env["mail.message"]
        return self.search(
            [
                ("gateway_id", "=", gateway.id),
                ("provider_message_id", "=", provider_message_id),
                ("message_id", "!=", False),
            ],
            limit=1,
        ).message_id

    def _apply_callback(self, gateway, event):
        """The customer pressed a button: what it stands for is what he says."""
        return self._apply_message(gateway, replace(event, text=event.data))

    def _apply_reaction(self, gateway, event):
        """The customer left other signs below a message than before."""
        message = self._message_of(gateway, event.provider_message_id)
        ours = self.env["chat.outbox.part"]
        message = message or ours._message_of(gateway, event.provider_message_id)
        if not message:
            return "waiting" if self._is_early(event) else "ignored"
        if self._is_outdated(gateway, event, merge.newness):
            return "ignored"
        identity = self.env["chat.identity"]._of_sender(gateway, event.sender)
        identity._react(message, self._signs_below(message, gateway, event))
        return "done"

    def _signs_below(self, message, gateway, event):
        """What the customer leaves below a message, whichever item he left it at.

        An album is one message of ours, and several of the messenger's.
        """
        items = self.search([("message_id", "=", message.id)])
        parts = self.env["chat.outbox.part"].search(
            [("outbox_id.message_id", "=", message.id)]
        )
        ids = {*items.mapped("provider_message_id"), *parts.mapped("provider_id")}
        others = list(ids - {event.provider_message_id, False})
        newest = {
            one.provider_message_id: one.reactions
            for one in sorted(
                self._events_done(gateway, event.kind, others), key=merge.newness
            )
        }
        return set(event.reactions).union(*newest.values())

    def _events_done(self, gateway, kind, provider_message_ids, since=None):
        """What was done about messages of the provider's: events of a kind.

        :param list provider_message_ids: of the messages
        :param datetime since: sent then or later
        """
        if not provider_message_ids:
            return []
        domain = [
            ("gateway_id", "=", gateway.id),
            ("provider_message_id", "in", provider_message_ids),
            ("state", "=", "done"),
        ]
        if since:
            domain.append(("provider_at", ">=", since))
        done = [gateway._adapter().parse(row.part) for row in self.search(domain)]
        return [one for one in done if one.kind == kind]

    def _apply_blocked(self, gateway, event):
        """The customer takes no more messages from us."""
        identity = self.env["chat.identity"]._of_sender(gateway, event.sender)
        identity.is_blocked = True

    def _apply_unblocked(self, gateway, event):
        """The customer takes messages again."""
        identity = self.env["chat.identity"]._of_sender(gateway, event.sender)
        identity.is_blocked = False

    def _apply_identity(self, gateway, event):
        """The provider gave the customer another id."""
        identities = self.env["chat.identity"]
        identity = identities._of_sender(gateway, event.previous or event.sender)
        identity._keep_aliases(event.sender)

    def _apply_ignored(self, gateway, event):
        """Understood, and nothing for a chat centre."""
        self.problem = {"reason": event.reason, "values": event.values}
        return "ignored"

    def _apply_unknown(self, gateway, event):
        """Signed, but nobody knows what it is: for the administrator to look at.

        Where a customer wrote it the operator is told, so that nobody waits unseen.
        """
        self.problem = {"reason": event.reason, "values": event.values}
        if event.reason == UNSUPPORTED and event.sender.external_id:
            self._post(gateway, event, Markup("<em>%s</em>") % self.error)
        return "dead"
