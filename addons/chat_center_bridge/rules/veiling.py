"""Words that providers put into addresses, kept out of the log of requests; no Odoo."""

import logging
import re

# Meta asks with it whether an address is ours: RFC 3986 lets no space in
WORDS = re.compile(r"(hub\.verify_token=)[^&\s\"]+", re.IGNORECASE)
VEIL = r"\1***"


def veiled(text):
    """The text of a log without the words.

    :param text: str; of anything else nothing is changed
    """
    return WORDS.sub(VEIL, text) if isinstance(text, str) else text


class Veil(logging.Filter):
    """Lets every record pass, without the words."""

    def filter(self, record):
        """See ``logging.Filter``."""
        if isinstance(record.args, tuple):
            record.args = tuple(veiled(argument) for argument in record.args)
        record.msg = veiled(record.msg)
        return True


# what writes a line for each request, whatever the number of workers
logging.getLogger("werkzeug").addFilter(Veil())
