"""Events of some customers, as they happened and as they may arrive; what they come to.

For the suite and the bench.
"""

import random

from odoo.tools import html2plaintext

from . import payloads


def day(count, chats, seed=19):
    """Updates of Telegram in the order in which they happened, of every kind.

    What an album says is said below one of its pictures, so a change of another one is
    left out: nobody could tell which of the two texts is meant.

    :param int count: how many updates at most
    :param int chats: how many customers
    """
    updates = payloads.telegram_day(random.Random(seed), count, chats)
    of_albums = {
        _target(update)
        for update in updates
        if "media_group_id" in update.get("message", {})
    }
    return [
        update
        for update in updates
        if "edited_message" not in update or _target(update) not in of_albums
    ]


def _target(update):
    """(chat, number) of the message an update is, or is about."""
    [content] = [value for value in update.values() if isinstance(value, dict)]
    return content["chat"]["id"], content["message_id"]


def mixed(updates, copies, seed=19):
    """The updates as often as said, in any order."""
    arriving = updates * copies
    random.Random(seed).shuffle(arriving)
    return arriving


def conversations(gateway):
    """What each customer of a gateway said, whatever the order it came in.

    :return: dict external id -> what can be compared
    """
    channels = gateway.env["discuss.channel"].search(
        [("chat_identity_id.gateway_id", "=", gateway.id)]
    )
    return {
        channel.chat_identity_id.external_id: (
            sorted(_said(message) for message in channel.message_ids),
            len(channel.chat_turn_ids),
            channel.chat_segment_ids.mapped("holder_kind"),
            channel.chat_state,
        )
        for channel in channels
    }


def _said(message):
    """(its words, its files, the signs below it); an album's come in any order."""
    files = message.env["chat.inbox.file"].search([("message_id", "=", message.id)])
    return (
        sorted(html2plaintext(message.body).split()),
        sorted(files.mapped("provider_file_id")),
        sorted(message.reaction_ids.mapped("content")),
    )
