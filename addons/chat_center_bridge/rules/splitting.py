"""Long texts cut into messages that a provider takes; no sign is lost."""

import re
import unicodedata

# where a text is cut best: after a paragraph, a line, a sentence, a word
BREAKS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]\s"),
    re.compile(r"\s"),
)
# the first break that leaves a piece at least this full is taken
LEAST_FULL = 0.5
JOINER = "\u200d"
JOINED = (JOINER, "\ufe0e", "\ufe0f")
SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
# code points that one sign may be made of; a longer one is cut
LONGEST_SIGN = 16


def units(text):
    """Length in UTF-16 code units.

    Providers do not say whether an emoji counts as one or two; this count is never
    below theirs.
    """
    return len(text) + sum(sign > "\uffff" for sign in text)


def split_text(text, limit):
    """The text in pieces, each as long as the limit at most.

    Joined they are the text again: white space at a cut stays with the piece before.

    :param int limit: UTF-16 code units, two at least
    :return: list of texts, none of them empty; empty for an empty text
    """
    if limit < 2:
        raise ValueError("A sign may need two units.")
    pieces = []
    while text:
        window = _fitting(text, limit)
        cut = _cut(window, text) if len(window) < len(text) else len(text)
        pieces.append(text[:cut])
        text = text[cut:]
    return pieces


def _fitting(text, limit):
    """The longest beginning of the text that is not longer than the limit."""
    window = text[:limit]
    length = units(window)
    while length > limit:
        length -= units(window[-1])
        window = window[:-1]
    return window


def _cut(window, text):
    """Where to cut a text whose beginning, the window, fits."""
    least = len(window) * LEAST_FULL
    for pattern in BREAKS:
        ends = [found.end() for found in pattern.finditer(window)]
        if ends and ends[-1] >= least:
            return ends[-1]
    # the shorter piece is still better than half a word
    return ends[-1] if ends else _between_signs(window, text)


def _between_signs(window, text):
    """The end of the window, or before the sign that it would tear apart."""
    end = len(window)
    for cut in range(end, max(end - LONGEST_SIGN, 0), -1):
        if not _continues(text[cut - 1], text[cut : cut + 1]):
            return cut
    return end


def _continues(before, sign):
    """Whether a code point belongs to the sign before it."""
    if not sign:
        return False
    tone = SKIN_TONES[0] <= sign <= SKIN_TONES[1]
    mark = unicodedata.category(sign) in ("Mn", "Me", "Mc")
    return before == JOINER or sign in JOINED or tone or mark
