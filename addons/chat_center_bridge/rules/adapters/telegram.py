"""Telegram: its Bot API, as "Telegram Bot API" of core.telegram.org describes it."""

from dataclasses import replace
from urllib.parse import quote

from .. import reading
from ..adapter import (
    MEGABYTE,
    USUAL_PAUSE,
    Adapter,
    Contact,
    Event,
    Field,
    File,
    FileKind,
    FileLimit,
    Kind,
    Limits,
    Part,
    Problem,
    Refused,
    Request,
    Sender,
    as_form,
    check_buttons,
    check_caption,
    choose_limit,
    detail,
    event_key,
    header,
    ignored,
    is_equal,
    location_of,
    retry_after,
    unknown,
    with_text_as_caption,
)
from ..reading import Malformed, listed, mapping, mappings, moment, text, whole, word
from ..sentences import _lt
from ..splitting import split_text

API_URL = "https://api.telegram.org"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
# simultaneous calls of the webhook, of 1 to 100
MOST_CONNECTIONS = 40

# "Update": what we ask for; Telegram leaves reactions out unless they are named
WANTED = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
)
# "Update": the kinds that a chat centre has no use for
NOT_OURS = {
    "business_connection",
    "business_message",
    "channel_post",
    "chat_boost",
    "chat_join_request",
    "chat_member",
    "chosen_inline_result",
    "deleted_business_messages",
    "edited_business_message",
    "edited_channel_post",
    "inline_query",
    "managed_bot",
    "message_reaction_count",
    "poll",
    "poll_answer",
    "pre_checkout_query",
    "purchased_paid_media",
    "removed_chat_boost",
    "shipping_query",
}
# "Message": what Telegram itself writes into a private chat
SERVICE = {
    "chat_background_set",
    "connected_website",
    "gift",
    "message_auto_delete_timer_changed",
    "passport_data",
    "pinned_message",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "write_access_allowed",
}
# "ChatMember": what a private chat tells of the bot
MEMBERSHIPS = {"kicked": Kind.BLOCKED, "member": Kind.UNBLOCKED}

# "Message": field -> (how it is shown, type where none is told, ending). An animation
# also comes as document, so it stands before it.
FILES = {
    "animation": (FileKind.VIDEO, "video/mp4", ".mp4"),
    "document": (FileKind.DOCUMENT, "application/octet-stream", ""),
    "voice": (FileKind.VOICE, "audio/ogg", ".ogg"),
    "audio": (FileKind.AUDIO, "audio/mpeg", ".mp3"),
    "video": (FileKind.VIDEO, "video/mp4", ".mp4"),
    "video_note": (FileKind.VIDEO_NOTE, "video/mp4", ".mp4"),
    "sticker": (FileKind.STICKER, "image/webp", ".webp"),
}
# "Sticker": flag -> its type and ending
STICKERS = {
    "is_animated": ("application/x-tgsticker", ".tgs"),
    "is_video": ("video/webm", ".webm"),
}

PHOTOS = frozenset({"image/jpeg", "image/png"})
# "Sending files": 10 MB for photos, 50 MB for all else; "getFile": 20 MB
LIMITS = Limits(
    text=4096,
    caption=1024,
    files=(
        FileLimit(FileKind.IMAGE, 10 * MEGABYTE, PHOTOS),
        FileLimit(FileKind.VIDEO, 50 * MEGABYTE, frozenset({"video/mp4"})),
        FileLimit(
            FileKind.AUDIO, 50 * MEGABYTE, frozenset({"audio/mpeg", "audio/mp4"})
        ),
        FileLimit(FileKind.VOICE, 50 * MEGABYTE, frozenset({"audio/ogg"})),
        FileLimit(FileKind.DOCUMENT, 50 * MEGABYTE),
    ),
    buttons=100,
    button_title=64,
    button_data=64,
    fetch_bytes=20 * MEGABYTE,
    # "Bots FAQ": about 30 messages a second, one a second in a chat
    per_second=30,
    per_chat_second=1,
)
# how a file is sent -> (method, field of the file)
METHODS = {
    FileKind.IMAGE: ("sendPhoto", "photo"),
    FileKind.VIDEO: ("sendVideo", "video"),
    FileKind.AUDIO: ("sendAudio", "audio"),
    FileKind.VOICE: ("sendVoice", "voice"),
    FileKind.DOCUMENT: ("sendDocument", "document"),
}

# pieces of what is wrong with a request, in Telegram's words -> our code
DESCRIPTIONS = (
    ("blocked by the user", "blocked"),
    ("user is deactivated", "gone"),
    ("can't initiate conversation", "no_chat"),
    ("chat not found", "no_chat"),
    ("peer_id_invalid", "no_chat"),
    ("message is too long", "text_too_long"),
    ("caption is too long", "text_too_long"),
    ("text is empty", "nothing_to_send"),
    ("file is too big", "file_too_big"),
    ("entity too large", "file_too_big"),
    ("message to be replied not found", "no_reply_target"),
    ("wrong file", "bad_file"),
    ("wrong type", "bad_file"),
    ("failed to get http url content", "bad_file"),
    ("image_process_failed", "bad_file"),
    ("photo_invalid_dimensions", "bad_file"),
)
CODES = {401: "bad_token", 404: "bad_token", 413: "file_too_big", 429: "rate"}


class Telegram(Adapter):
    """A bot that answers private chats.

    A message's id is unique in its chat only, so ours is "chat:message".
    """

    TYPE = "telegram"
    NAME = "Telegram"
    LIMITS = LIMITS
    PROOF = _lt("Telegram sends the webhook secret with every event.")
    FIELDS = (
        Field(
            "token",
            _lt("Bot token"),
            is_secret=True,
            help=_lt("From @BotFather, as 123456789:AAF..."),
            pattern=r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}",
        ),
        Field(
            "webhook_secret",
            _lt("Webhook secret"),
            is_secret=True,
            help=_lt("Telegram sends it with every event. Made by the system."),
            pattern=r"[A-Za-z0-9_-]{16,256}",
            is_made=True,
            is_proof=True,
        ),
        Field(
            "api_url",
            _lt("Address of the Bot API"),
            is_required=False,
            help=_lt("Only for a Bot API server of your own; else api.telegram.org."),
            pattern=r"https?://[^\s/]+(/[^\s?#]*)?",
        ),
    )

    # -- set-up

    def webhook(self, url, secrets):
        """See ``Adapter``; what waited at Telegram is kept."""
        return self._call(
            "setWebhook",
            secrets,
            {
                "url": url,
                "secret_token": secrets["webhook_secret"],
                "allowed_updates": list(WANTED),
                "max_connections": MOST_CONNECTIONS,
            },
            is_repeatable=True,
        )

    def remove_webhook(self, secrets):
        """See ``Adapter``; Telegram keeps what comes for a day."""
        return self._call("deleteWebhook", secrets, {}, is_repeatable=True)

    def check(self, secrets):
        """See ``Adapter``."""
        return self._call("getMe", secrets, {}, is_repeatable=True)

    def _prove(self, headers, body, secrets):
        return is_equal(header(headers, SECRET_HEADER), secrets["webhook_secret"])

    # -- in

    def split(self, body):
        """One body is one update.

        :raises Malformed: as of ``reading.read_object``
        """
        update = reading.read_object(body)
        kind = _kind(update)
        content = mapping(update, kind)
        number = whole(update, "update_id")
        return [
            Part(
                event_id=event_key("" if number is None else str(number), update),
                chat_key=_chat_key(content),
                kind=detail(kind),
                provider_at=moment(content, "edit_date") or moment(content, "date"),
                payload=update,
            )
        ]

    def _parse(self, update):
        kind = _kind(update)
        if kind in NOT_OURS:
            return ignored("not_ours", word=kind)
        if kind not in READERS:
            return unknown("unknown_event", word=detail(kind))
        content = mapping(update, kind)
        if not content:
            raise Malformed("missing", field=kind)
        if _is_of_group(content):
            return ignored("group_chat")
        return READERS[kind](content, whole(update, "update_id") or 0)

    # -- files of customers

    def _locate(self, file, secrets):
        return self._call("getFile", secrets, {"file_id": file.id}, is_repeatable=True)

    def _told_size(self, place):
        return reading.size(place, "result", "file_size")

    def _download(self, place, secrets):
        path = text(place, "result", "file_path")
        if not path:
            raise Refused("file_gone")
        # a Bot API server of one's own names places of its disk
        if path.startswith("/") or "://" in path or ".." in path.split("/"):
            raise Refused("strange_address")
        url = f"{_base(secrets)}/file/bot{secrets['token']}/{quote(path)}"
        return Request("download", url, method="GET", is_repeatable=True)

    # -- out

    def _render(self, out, secrets, now):
        """The text in pieces first, then each file."""
        if out.template:
            raise Refused("no_templates")
        if not out.to.external_id:
            raise Refused("no_address")
        check_buttons(out.buttons, LIMITS)
        out = with_text_as_caption(out, LIMITS)
        pieces = [piece for piece in split_text(out.text, LIMITS.text) if piece.strip()]
        if out.buttons and not pieces:
            raise Refused("buttons_need_text")
        requests = [self._message({"text": piece}, out, secrets) for piece in pieces]
        if out.buttons:
            # below the last piece, where the customer reads on
            requests[-1].json["reply_markup"] = _keyboard(out.buttons)
        requests += [self._file(file, out, secrets) for file in out.files]
        if requests:
            _answer_to(out.reply_to, requests[0])
        return requests

    def _message(self, values, out, secrets):
        return self._call(
            "sendMessage", secrets, {"chat_id": out.to.external_id, **values}
        )

    def _file(self, file, out, secrets):
        """:raises Refused: the file or its caption is not taken"""
        limit = choose_limit(file, LIMITS)
        check_caption(file.caption, limit, LIMITS)
        method, name = METHODS[limit.kind]
        form = {"chat_id": out.to.external_id}
        if file.caption.strip():
            form["caption"] = file.caption
        return Request(method, _url(method, secrets), form=form, files={name: file})

    def acknowledge(self, event, secrets):
        """See ``Adapter``; without it the button's wheel turns for a minute."""
        if not event.callback_id:
            return None
        values = {"callback_query_id": event.callback_id}
        return self._call("answerCallbackQuery", secrets, values, is_repeatable=True)

    def _call(self, method, secrets, values, is_repeatable=False):
        return Request(
            method, _url(method, secrets), json=values, is_repeatable=is_repeatable
        )

    # -- answers

    def _provider_id(self, payload):
        """The id "chat:message" of a message, an account's id, "ok" of all else."""
        if payload.get("ok") is not True:
            return ""
        chat = word(payload, "result", "chat", "id")
        message = _number(payload, "result")
        if chat and message:
            return f"{chat}:{message}"
        return word(payload, "result", "id") or "ok"

    def _account_name(self, payload):
        username = text(payload, "result", "username")
        return f"@{username}" if username else ""

    def _is_error(self, payload):
        return payload.get("ok") is False

    def _problem(self, status, payload):
        code = whole(payload, "error_code") or status
        words = text(payload, "description")
        found = [ours for theirs, ours in DESCRIPTIONS if theirs in words.lower()]
        usual = "provider_down" if code >= 500 else "refused"
        ours = found[0] if found else CODES.get(code, usual)
        return Problem(ours, str(code), detail(words))

    def _pause(self, status, headers, payload, attempt):
        """Seconds, as "Making requests" gives them in parameters.retry_after."""
        if 429 not in (status, whole(payload, "error_code")):
            return 0
        told = whole(payload, "parameters", "retry_after") or retry_after(headers)
        return max(told, 0) or USUAL_PAUSE


# -- addresses


def _base(secrets):
    return (secrets.get("api_url") or API_URL).rstrip("/")


def _url(method, secrets):
    return f"{_base(secrets)}/bot{secrets['token']}/{method}"


# -- updates


def _kind(update):
    """Which field of an update holds its content: one at most does."""
    names = [name for name in update if name != "update_id"]
    known = [name for name in names if name in READERS]
    return (known or names or [""])[0]


def _chat(content):
    """The chat of an update's content; a pressed button has it at its message."""
    return mapping(content, "chat") or mapping(content, "message", "chat")


def _person(content):
    """Who caused an update; reactions name him otherwise."""
    return mapping(content, "from") or mapping(content, "user")


def _chat_key(content):
    return word(_chat(content), "id") or word(_person(content), "id")


def _is_of_group(content):
    """Whether it is no private chat; a button of an inline message has no chat."""
    return text(_chat(content), "type") not in ("private", "")


def _common(content, sequence):
    """What every event has.

    :raises Malformed: missing
    """
    chat_key = _chat_key(content)
    if not chat_key:
        raise Malformed("missing", field="chat.id")
    return {
        "chat_key": chat_key,
        "sender": _sender(content, chat_key),
        "at": moment(content, "date"),
        "sequence": sequence,
    }


def _sender(content, chat_key):
    """Who wrote, a "User"; his private chat has the same id."""
    person = _person(content)
    names = (text(person, "first_name"), text(person, "last_name"))
    return Sender(
        external_id=chat_key,
        phone=_own_phone(content),
        username=text(person, "username"),
        name=" ".join(name.strip() for name in names if name.strip()),
        lang=word(person, "language_code"),
    )


def _own_phone(content):
    """The phone of a card that is the sender's own, as Telegram vouches."""
    if not _is_own_card(content):
        return ""
    return _digits(text(content, "contact", "phone_number"))


def _is_own_card(content):
    owner = word(content, "contact", "user_id")
    return bool(owner) and owner == word(_person(content), "id")


def _digits(phone):
    return "".join(sign for sign in phone if sign in "0123456789")


def _number(content, *path):
    """The number of a message in its chat, as text."""
    return word(content, *path, "message_id")


def _message_id(chat_key, content):
    """Our id of a message.

    :raises Malformed: missing
    """
    number = _number(content)
    if not number:
        raise Malformed("missing", field="message_id")
    return f"{chat_key}:{number}"


# -- readers of an update's content, by its kind


def _message(content, sequence):
    common = _common(content, sequence)
    chat_key = common["chat_key"]
    common["provider_message_id"] = _message_id(chat_key, content)
    if _is_of_bot(content):
        return ignored("own_message")
    found = _content(content, chat_key)
    if not any(found.values()):
        return _without_content(content, common)
    return Event(
        Kind.MESSAGE,
        **common,
        **found,
        reply_to=_reply_to(content, chat_key),
        start=_start(content),
    )


def _edit(content, sequence):
    event = _message(content, sequence)
    if event.kind != Kind.MESSAGE:
        return event
    edited_at = moment(content, "edit_date") or event.at
    return replace(event, kind=Kind.EDIT, edited_at=edited_at)


def _is_of_bot(content):
    """Whether a bot wrote it, so ourselves in a private chat."""
    return _person(content).get("is_bot") is True


def _content(content, chat_key):
    """Fields of an Event: what the customer said, in whatever form."""
    album = word(content, "media_group_id")
    return {
        "text": text(content, "text") or text(content, "caption") or _dice(content),
        "files": _files(content),
        "album": f"{chat_key}:{album}" if album else "",
        "location": _location(content),
        "contacts": _contacts(content),
    }


def _without_content(content, common):
    """A message that says nothing we can show."""
    words = [name for name in content if name in SERVICE]
    if words:
        return ignored("service_message", word=words[0])
    told = {"message_id", "from", "chat", "date", "edit_date", "reply_to_message"}
    shown = [name for name in content if name not in told]
    values = {"word": detail((shown or ["message"])[0])}
    return Event(Kind.UNKNOWN, **common, reason="unsupported", values=values)


def _dice(content):
    """A thrown die is an emoji to us."""
    return text(content, "dice", "emoji")


def _reply_to(content, chat_key, field="reply_to_message"):
    number = _number(content, field)
    return f"{chat_key}:{number}" if number else ""


def _start(content):
    """The word of a link t.me/bot?start=word; see "Deep linking" of "Bots"."""
    command, _space, start = text(content, "text").partition(" ")
    return start.strip() if command == "/start" else ""


def _files(content):
    photo = _photo(content)
    found = [_file(content, name) for name in FILES if mapping(content, name)]
    named = [file for file in (photo, *found) if file]
    # one message has one file; an animation's document is the same file
    return tuple(named[:1])


def _photo(content):
    """The largest "PhotoSize" of a photo."""
    sizes = [one for one in mappings(content, "photo") if word(one, "file_id")]
    if not sizes:
        return None
    largest = max(sizes, key=_pixels)
    return File(
        word(largest, "file_id"),
        FileKind.IMAGE,
        f"photo_{_number(content)}.jpg",
        "image/jpeg",
        reading.size(largest, "file_size"),
    )


def _pixels(one):
    pixels = (whole(one, "width") or 0) * (whole(one, "height") or 0)
    return pixels, reading.size(one, "file_size")


def _file(content, name):
    media = mapping(content, name)
    if not word(media, "file_id"):
        return None
    kind, mimetype, ending = FILES[name]
    for flag, own in STICKERS.items():
        if name == "sticker" and media.get(flag) is True:
            mimetype, ending = own
    return File(
        word(media, "file_id"),
        kind,
        text(media, "file_name") or f"{name}_{_number(content)}{ending}",
        text(media, "mime_type") or mimetype,
        reading.size(media, "file_size"),
    )


def _location(content):
    """A "Location", or the one of a "Venue" with its name."""
    venue = mapping(content, "venue")
    place = mapping(content, "location") or mapping(venue, "location")
    return location_of(place, text(venue, "title"), text(venue, "address"))


def _contacts(content):
    card = mapping(content, "contact")
    phone = text(card, "phone_number")
    names = (text(card, "first_name"), text(card, "last_name"))
    name = " ".join(part for part in names if part)
    if not (phone or name):
        return ()
    return (Contact(name, (phone,) if phone else (), _is_own_card(content)),)


def _callback(content, sequence):
    """A "CallbackQuery"; its text is the button's title, where that is told."""
    common = _common(content, sequence)
    number = word(content, "id")
    if not number:
        raise Malformed("missing", field="callback_query.id")
    data = text(content, "data")
    return Event(
        Kind.CALLBACK,
        # a press has no moment of its own, and its message is older
        **{**common, "at": None},
        provider_message_id=f"callback:{number}",
        callback_id=number,
        data=data,
        text=_title(content, data),
        reply_to=_reply_to(content, common["chat_key"], "message"),
    )


def _title(content, data):
    """The title of the pressed button in its "InlineKeyboardMarkup"."""
    keyboard = mapping(content, "message", "reply_markup")
    for row in listed(keyboard, "inline_keyboard"):
        for button in mappings({"": row}, ""):
            if button.get("callback_data") == data:
                return text(button, "text")
    return ""


def _membership(content, sequence):
    """A "ChatMemberUpdated" of the bot itself: blocked, or let in again."""
    status = text(content, "new_chat_member", "status")
    if status not in MEMBERSHIPS:
        return unknown("unknown_event", word=detail(f"my_chat_member: {status}"))
    return Event(MEMBERSHIPS[status], **_common(content, sequence))


def _reaction(content, sequence):
    """A "MessageReactionUpdated" names all that stay, not only what changed."""
    common = _common(content, sequence)
    emoji = (text(one, "emoji") for one in mappings(content, "new_reaction"))
    return Event(
        Kind.REACTION,
        **common,
        provider_message_id=_message_id(common["chat_key"], content),
        reactions=tuple(one for one in emoji if one),
    )


READERS = {
    "message": _message,
    "edited_message": _edit,
    "callback_query": _callback,
    "my_chat_member": _membership,
    "message_reaction": _reaction,
}


# -- out


def _keyboard(buttons):
    """An "InlineKeyboardMarkup" of one button a row: titles are read in full."""
    rows = [[{"text": one.title, "callback_data": one.data}] for one in buttons]
    return {"inline_keyboard": rows}


def _answer_to(reply_to, request):
    """Name the answered message; that it may be lost does not hold ours up."""
    number = reply_to.rpartition(":")[2]
    if not number.isdecimal():
        return
    values = {
        "reply_parameters": {
            "message_id": int(number),
            "allow_sending_without_reply": True,
        }
    }
    if request.json is None:
        request.form.update(as_form(values))
    else:
        request.json.update(values)
