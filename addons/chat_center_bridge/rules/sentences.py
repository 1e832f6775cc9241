"""What people read for each code of the adapters; models translate and fill them."""


def _lt(text):
    """Marks a sentence for translation; there is no language here."""
    return text


# of reading.Malformed, and of events of the kinds unknown and ignored
REASONS = {
    "empty": _lt("The provider sent nothing."),
    "encoding": _lt("The text is not UTF-8."),
    "not_json": _lt("This is not JSON."),
    "number": _lt("It holds a number that is too long or not a number."),
    "too_deep": _lt("It is nested too deep."),
    "not_an_object": _lt("It is JSON, but not an object."),
    "no_events": _lt("It holds no event."),
    "missing": _lt("The field %(field)s is missing or of a wrong type."),
    "unknown_event": _lt("An event of the unknown kind %(word)s."),
    "unsupported": _lt("A message of a kind that cannot be shown: %(word)s."),
    "provider_error": _lt("The provider reports an error: %(word)s."),
    "not_ours": _lt("An event that the chat centre does not need: %(word)s."),
    "group_chat": _lt("A group or channel; the chat centre answers private chats."),
    "own_message": _lt("A message of a bot, not of a customer."),
    "service_message": _lt("A message of the messenger itself: %(word)s."),
    "crashed": _lt("The server failed (%(word)s): its log says where."),
}

# of adapter.Refused: nothing was sent
REFUSALS = {
    "nothing_to_send": _lt("The message is empty."),
    "bigger_than_told": _lt("The file %(name)s is bigger than the messenger says."),
    "infected": _lt("The file is infected; it was not kept."),
    "neutralized": _lt("This is a copy of the database: nothing is sent from it."),
    "changed": _lt("A file of the message was removed before it was sent."),
    "no_address": _lt("The customer has no address in this messenger."),
    "file_empty": _lt("The file %(name)s is empty."),
    "file_too_big": _lt(
        "The file %(name)s has %(size).1f MB; the messenger takes %(limit).1f MB."
    ),
    "type_not_accepted": _lt(
        "The messenger does not take files of the type %(mimetype)s (%(name)s)."
    ),
    "caption_not_accepted": _lt("A file of the kind %(kind)s cannot have a caption."),
    "caption_too_long": _lt(
        "The caption has %(size)d signs; the messenger takes %(limit)d."
    ),
    "too_many_buttons": _lt(
        "There are %(size)d buttons; the messenger takes %(limit)d."
    ),
    "button_too_long": _lt(
        "The button “%(name)s” is too long; the messenger takes %(limit)d signs."
    ),
    "button_data_too_long": _lt(
        "What the button “%(name)s” stands for is too long; the messenger takes "
        "%(limit)d bytes."
    ),
    "buttons_need_text": _lt("Buttons need a text above them."),
    "window_closed": _lt(
        "The customer wrote more than %(limit)d hours ago: the messenger takes nothing "
        "until he writes again. Call him, or write to him another way."
    ),
    "no_templates": _lt("This messenger has no templates."),
    "too_big_to_fetch": _lt(
        "The file %(name)s has %(size).1f MB; the messenger hands over %(limit).1f MB."
    ),
    "file_gone": _lt("The messenger no longer has the file."),
    "strange_address": _lt("The messenger named an address that is not its own."),
}

# of adapter.Problem: what the provider said
PROBLEMS = {
    "no_answer": _lt("The messenger did not answer."),
    "not_reached": _lt("The messenger could not be reached."),
    "no_account": _lt("The keys of this installation do not open the account."),
    "expired": _lt("It could not be sent within a day."),
    "unreadable": _lt("The messenger's answer cannot be read."),
    "provider_down": _lt("The messenger had a failure of its own."),
    "rate": _lt("Too many messages; it is sent a little later."),
    "bad_token": _lt("The messenger does not accept the access token."),
    "no_permission": _lt("The access token has not the rights for this."),
    "account_blocked": _lt("The messenger has restricted the account."),
    "payment": _lt("The messenger asks for a means of payment."),
    "blocked": _lt("The customer has blocked us."),
    "gone": _lt("The customer's account no longer exists."),
    "no_chat": _lt("The messenger does not know this customer."),
    "undeliverable": _lt("The messenger cannot deliver to this customer."),
    "held_back": _lt("The messenger held the message back from this customer."),
    "window_closed": _lt(
        "The customer wrote more than 24 hours ago: the messenger takes nothing until "
        "he writes again. Call him, or write to him another way."
    ),
    "bad_template": _lt("The template or its values are not accepted."),
    "text_too_long": _lt("The text is too long for the messenger."),
    "nothing_to_send": _lt("The messenger takes the message for empty."),
    "file_too_big": _lt("The file is too big for the messenger."),
    "bad_file": _lt("The messenger does not accept the file."),
    "no_reply_target": _lt("The message that is answered no longer exists."),
    "refused": _lt("The messenger refused the message: %(text)s"),
}
