"""Which lane an event takes: one chat, one lane, whatever process asks."""

import hashlib


def lane_of(gateway_id, chat_key, lanes):
    """The lane of a chat.

    Python's own ``hash`` differs from process to process, so a digest is taken.

    :param int gateway_id: id of the gateway
    :param str chat_key: the chat at the provider
    :param int lanes: how many there are; another number moves nearly every chat
    :return: int from 0 to lanes - 1
    :raises ValueError: there is no lane
    """
    if lanes < 1:
        raise ValueError("There must be one lane at least.")
    name = f"{gateway_id}:{chat_key}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(name, digest_size=8).digest()
    return int.from_bytes(digest) % lanes
