"""Languages as messengers and Odoo write them: ``ru``, ``ru-RU``, ``ru_RU``."""

from babel import Locale, UnknownLocaleError


def spoken(code):
    """The language of a code, whatever its country or script: ``ru``; None of none.

    :param code: str, or anything empty
    """
    return _parts(code)[0].lower() or None


def closest(code, codes):
    """Which of some codes a reader understands: the very one, else of his language.

    :param code: str, or anything empty
    :param list codes: as Odoo writes them, the first is preferred
    :return: one of ``codes``, or None
    """
    wanted = "_".join(_parts(code))
    if wanted in codes:
        return wanted
    return next((one for one in codes if spoken(one) == spoken(code)), None)


def named(code, reader):
    """How a language is called in the reader's: “Russian”, “русский”.

    :param str code: the language that is named; one nobody knows stands for itself
    :param str reader: code of the language to name it in
    """
    try:
        return Locale.parse(spoken(code) or "").get_display_name(reader)
    except (UnknownLocaleError, ValueError):
        return code


def _parts(code):
    return (code or "").replace("-", "_").split("_")
