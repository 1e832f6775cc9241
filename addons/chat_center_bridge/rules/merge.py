"""One conversation from its events, whatever the order in which they arrive.

Providers send events at least once and in any order. Each rule here picks the greatest
of what is known, so neither order nor repetition matters: the newest version of a
message, the newest reactions, the furthest status.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .adapter import Kind

# states of an outgoing message in the order in which they replace each other. Unknown
# is settled by whatever the provider says later; a message that failed on one device
# may still be delivered to another, and what was read was delivered.
STATES = (
    "queued",
    "sending",
    "unknown",
    "sent",
    "expired",
    "failed",
    "delivered",
    "read",
)
RANKS = {state: rank for rank, state in enumerate(STATES)}
# how long edits and signs wait for the message they are about; an edit holds the whole
# text, so after that it stands for it
EDIT_WAIT = timedelta(minutes=5)
LONG_AGO = datetime.min
# kinds of events that say something in the conversation
SAID = (Kind.MESSAGE, Kind.EDIT, Kind.CALLBACK)


def forward(state, told):
    """The state of an outgoing message after a provider told one.

    :param str state: up to now, one of ``STATES``; empty for none
    :param str told: one of ``STATES``
    :return: the further of the two
    """
    return max(state, told, key=lambda one: RANKS.get(one, -1))


def version(event):
    """What puts the versions of one message in order; the greatest is shown.

    Edits of one second follow each other by the provider's number, else by what they
    say: any rule will do, as long as it is the same for all.
    """
    edited_at = event.edited_at or LONG_AGO
    is_edit = event.kind == Kind.EDIT
    return is_edit, edited_at, event.sequence, event.is_revoked, repr(event)


def newness(event):
    """What puts events of one thing in order, the newest last."""
    return event.at or LONG_AGO, event.sequence, repr(event)


def is_waiting(event, received_at, now):
    """Whether an edit or a sign without its message still waits for it.

    :param datetime received_at, now: of our own clock
    """
    return event.kind in (Kind.EDIT, Kind.REACTION) and now < received_at + EDIT_WAIT


@dataclass(frozen=True)
class Message:
    """What the customer said, as it is shown.

    :param tuple ids: provider's ids, of an album one an item
    :param datetime at: when it was written; None where it was never told
    :param dict reactions: who -> tuple of emoji
    """

    ids: tuple
    at: datetime | None
    text: str = ""
    files: tuple = ()
    location: object = None
    contacts: tuple = ()
    reply_to: str = ""
    data: str = ""
    is_edited: bool = False
    is_revoked: bool = False
    reactions: dict = field(default_factory=dict)


class Conversation:
    """What a set of events of one chat comes to.

    ``add`` may be called in any order and more than once with the same event.
    """

    def __init__(self, events=()):
        self._versions = {}
        self._written = {}
        self._reactions = {}
        self._states = {}
        self._membership = None
        for event in events:
            self.add(event)

    def add(self, event):
        """Take an event in.

        :param Event event: of ``rules.adapter``
        """
        if event.kind in SAID:
            self._add_version(event)
        elif event.kind == Kind.REACTION:
            people = self._reactions.setdefault(event.provider_message_id, {})
            who = event.sender.external_id
            people[who] = _newer(people.get(who), event)
        elif event.kind == Kind.STATUS:
            state = self._states.get(event.provider_message_id, "")
            self._states[event.provider_message_id] = forward(state, event.status)
        elif event.kind in (Kind.BLOCKED, Kind.UNBLOCKED):
            self._membership = _newer(self._membership, event)

    def _add_version(self, event):
        one = event.provider_message_id
        known = self._versions.get(one, event)
        self._versions[one] = max(known, event, key=version)
        if event.kind != Kind.EDIT:
            written = self._written.get(one, event)
            self._written[one] = min(written, event, key=newness)

    @property
    def states(self):
        """Provider's id of a message of ours -> its state."""
        return dict(self._states)

    @property
    def is_blocked(self):
        """Whether the customer does not want to hear of us."""
        return bool(self._membership) and self._membership.kind == Kind.BLOCKED

    @property
    def waiting(self):
        """Provider's ids of messages that only edits tell of, see ``is_waiting``."""
        return sorted(self._versions.keys() - self._written.keys())

    def messages(self, with_waiting=False):
        """What the customer said, the oldest first; an album is one message.

        :param bool with_waiting: whether edits stand for originals that never came
        """
        shown = self._versions if with_waiting else self._written
        moments = self._moments(shown)
        groups = {}
        for one in sorted(shown, key=lambda one: (moments[one], *self._turn(one))):
            groups.setdefault(self._album(one) or one, []).append(one)
        return [self._message(ids) for ids in groups.values()]

    def _first(self, one):
        """The event of a message as it was written, else of its edit."""
        return self._written.get(one) or self._versions[one]

    def _turn(self, one):
        """What puts messages of one second in order."""
        return self._first(one).sequence, numbered(one)

    def _moments(self, shown):
        """When messages were written.

        A pressed button has no moment of its own: it takes the one of the events
        that the provider numbered before it.
        """
        moments, latest = {}, LONG_AGO
        for one in sorted(shown, key=self._turn):
            first = self._first(one)
            own = first.at or first.edited_at
            latest = max(latest, own or latest)
            moments[one] = own or latest
        return moments

    def _album(self, one):
        first = self._written.get(one)
        return (first and first.album) or self._versions[one].album

    def _message(self, ids):
        """The message of an id, or of the ids of an album."""
        items = [self._item(one) for one in ids]
        first, *others = items
        for item in others:
            first = joined(first, item)
        return first

    def _item(self, one):
        newest, first = self._versions[one], self._written.get(one)
        original = first or newest
        return Message(
            ids=(one,),
            at=original.at,
            text=newest.text,
            # WhatsApp tells a new caption without the file it stands below
            files=newest.files or original.files * (not newest.is_revoked),
            location=newest.location,
            contacts=newest.contacts,
            reply_to=newest.reply_to or original.reply_to,
            data=newest.data,
            is_edited=newest.kind == Kind.EDIT,
            is_revoked=newest.is_revoked,
            reactions=self._reactions_to(one),
        )

    def _reactions_to(self, one):
        """Who -> emoji, without those who took all of theirs back."""
        return {
            who: event.reactions
            for who, event in self._reactions.get(one, {}).items()
            if event.reactions
        }


def joined(message, item):
    """An album's message with one more item of it."""
    captions = [one.text for one in (message, item) if one.text]
    return replace(
        message,
        ids=(*message.ids, *item.ids),
        text="\n".join(captions),
        files=(*message.files, *item.files),
        is_edited=message.is_edited or item.is_edited,
        is_revoked=message.is_revoked and item.is_revoked,
        reactions=_all_signs(message.reactions, item.reactions),
    )


def _all_signs(reactions, more):
    """Who -> what he left at either."""
    return {
        who: tuple(dict.fromkeys((*reactions.get(who, ()), *more.get(who, ()))))
        for who in {**reactions, **more}
    }


def numbered(provider_message_id):
    """What puts messages of one second in order: the number at the end of their ids."""
    chat, _colon, number = provider_message_id.rpartition(":")
    digits = int(number) if number.isdecimal() else 0
    return digits, chat, number


def _newer(known, event):
    return max(known or event, event, key=newness)
