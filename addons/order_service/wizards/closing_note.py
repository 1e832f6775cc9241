"""The answer of a dialog that has nothing left to do."""


def closing_note(message, kind="warning", sticky=True):
    """An action that shows ``message`` and closes the dialog; the screen behind it is
    read anew.

    :param str message: a sentence, translated
    :param str kind: ``success`` or ``warning``
    :param bool sticky: the note stays until the person closes it
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "sticky": sticky,
            "message": message,
            "next": {"type": "ir.actions.act_window_close"},
        },
    }
