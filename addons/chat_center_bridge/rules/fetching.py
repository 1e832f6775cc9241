"""Getting a customer's file from his messenger; no database."""

from . import calling
from .adapter import USUAL_PAUSE, Answer, Problem, Refused, Result

UNKNOWN_TYPE = "application/octet-stream"
# what browsers play only if they are told the type; the content does not always tell
PLAYED = ("audio/", "video/")


class NotFetched(Exception):
    """The messenger did not give the file.

    :param answer: rules.adapter.Answer that says why, and whether to ask again
    """

    def __init__(self, answer):
        super().__init__(answer.problem and answer.problem.code)
        self.answer = answer


def fetch(adapter, file, account):
    """The content of a file.

    :param file: rules.adapter.File
    :param dict account: what the adapter needs for a call
    :return: bytes
    :raises Refused: it is too big, gone, or lies at an address of somebody else
    :raises NotFetched: the messenger did not give it
    """
    request = adapter.download(file, _place(adapter, file, account), account)
    try:
        return _ask(adapter, request, adapter.LIMITS.fetch_bytes)
    except calling.TooBig as error:
        raise Refused("bigger_than_told", name=file.name) from error


def _place(adapter, file, account):
    """What the messenger answers when it is asked where a file lies."""
    try:
        return _ask(
            adapter, adapter.locate(file, account), calling.LARGEST_ANSWER_BYTES
        )
    except calling.TooBig as error:
        raise NotFetched(_later("no_answer")) from error


def _ask(adapter, request, most_bytes):
    """The body of a successful answer.

    :raises calling.TooBig: it is larger than that
    """
    try:
        reply = calling.call(request, most_bytes=most_bytes)
    except calling.NotReached as error:
        raise NotFetched(_later("not_reached")) from error
    except calling.NoAnswer as error:
        raise NotFetched(_later("no_answer")) from error
    if 200 <= reply.status < 300:
        return reply.body
    # asking twice does no harm
    answer = adapter.read_answer(
        reply.status, reply.headers, reply.body, is_repeatable=True
    )
    raise NotFetched(answer)


def _later(code):
    return Answer(Result.RETRY, retry_after=USUAL_PAUSE, problem=Problem(code))


def type_of(guessed, told):
    """The type a file is kept with: its content's, whatever anybody says.

    :param str guessed: from the content
    :param str told: by the messenger; taken only for what is played
    """
    if guessed == UNKNOWN_TYPE and told.startswith(PLAYED):
        return told
    return guessed
