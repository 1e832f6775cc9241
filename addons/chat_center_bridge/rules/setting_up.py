"""What people read when a messenger refuses a step of the set-up; no database.

Each code of ``adapter.Problem`` has its sentence in ``rules.sentences``; here are the
ways out, and the sentences that would speak of a message where none was sent.
"""

from .sentences import PROBLEMS, _lt

ANOTHER = _lt("Try it with another customer.")
LATER = _lt("Try again in some minutes.")
WRITE_FIRST = _lt("The customer has to write first: write to us, then try again.")

# code -> sentence, where that of a message does not fit
INSTEAD = {
    "rate": _lt("The messenger asks to wait: it was asked too often."),
    "refused": _lt("The messenger refuses: %(text)s."),
}
WAYS_OUT = {
    "account_blocked": _lt("Ask the messenger's support what it wants."),
    "bad_token": _lt("Enter the token again, just as the messenger gave it."),
    "blocked": _lt("The customer has to unblock us, or try it with another one."),
    "gone": ANOTHER,
    "held_back": ANOTHER,
    "no_answer": _lt("Look whether it was done all the same, else try again."),
    "no_chat": WRITE_FIRST,
    "no_permission": _lt("Give the token the rights that are named beside it."),
    "not_reached": _lt(
        "See that this server may reach the messenger's address, then try again."
    ),
    "payment": _lt("Name one in the messenger's account, then try again."),
    "provider_down": LATER,
    "rate": LATER,
    "refused": _lt(
        "Put that right and try again. The address of the webhook must be open to the"
        " messenger, by https."
    ),
    "undeliverable": ANOTHER,
    "unreadable": _lt(
        "Something else answers at the messenger's address: put the address right."
    ),
    "window_closed": WRITE_FIRST,
}


def sentence_of(code):
    """What is wrong, to be translated and filled.

    :param str code: of an ``adapter.Problem``
    """
    return INSTEAD.get(code) or PROBLEMS[code]
