"""Which lane an event takes, and how long its job waits for the next one."""

import hashlib

LONGEST_PATIENCE_SECONDS = 0.5


def lane_of(gateway_id, chat_key, lanes):
    """The lane of a chat: one chat, one lane, whatever process asks.

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


def patience(worked_seconds):
    """How long a lane's job waits for more before it ends.

    As long as it has worked: messages that follow each other need one job and not one
    each, and a quiet lane keeps a worker of the server for twice its work at most.

    :param float worked_seconds: from its beginning to its last message
    :return: seconds
    """
    return min(worked_seconds, LONGEST_PATIENCE_SECONDS)
