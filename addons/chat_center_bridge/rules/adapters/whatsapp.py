"""WhatsApp: the Cloud API of the "WhatsApp Business Platform" documents of Meta."""

import hashlib
import hmac
import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

from .. import reading
from ..adapter import (
    LONGEST_PAUSE,
    MEGABYTE,
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
    Status,
    check_buttons,
    check_caption,
    choose_limit,
    detail,
    event_key,
    header,
    ignored,
    is_equal,
    is_of_host,
    location_of,
    retry_after,
    unknown,
    with_text_as_caption,
)
from ..reading import Malformed, mapping, mappings, moment, text, whole, word
from ..sentences import _lt
from ..splitting import split_text

API_URL = "https://graph.facebook.com/v23.0"
SIGNATURE_HEADER = "X-Hub-Signature-256"
# "Media": where the addresses of customers' files lie
FILE_HOSTS = (".facebook.com", ".fbcdn.net", ".fbsbx.com", ".whatsapp.net")
# "Send messages": the customer service window, from his last message on
WINDOW_HOURS = 24
# of a message's number
DIGITS = re.compile(r"[0-9]{1,6}")
# what is echoed to whoever asks may be no markup
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,200}")

# "Media": 5 MB images, 16 MB audio and video, 100 MB documents, 100 kB stickers
OFFICE = "application/vnd.openxmlformats-officedocument"
LIMITS = Limits(
    text=4096,
    caption=1024,
    files=(
        FileLimit(FileKind.IMAGE, 5 * MEGABYTE, frozenset({"image/jpeg", "image/png"})),
        FileLimit(
            FileKind.VIDEO, 16 * MEGABYTE, frozenset({"video/mp4", "video/3gpp"})
        ),
        FileLimit(
            FileKind.AUDIO,
            16 * MEGABYTE,
            frozenset(
                {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}
            ),
            has_caption=False,
        ),
        FileLimit(
            FileKind.STICKER, 100 * 1024, frozenset({"image/webp"}), has_caption=False
        ),
        FileLimit(
            FileKind.DOCUMENT,
            100 * MEGABYTE,
            frozenset(
                {
                    "application/msword",
                    "application/pdf",
                    "application/vnd.ms-excel",
                    "application/vnd.ms-powerpoint",
                    f"{OFFICE}.presentationml.presentation",
                    f"{OFFICE}.spreadsheetml.sheet",
                    f"{OFFICE}.wordprocessingml.document",
                    "text/plain",
                }
            ),
        ),
    ),
    # "Interactive": three reply buttons of 20 signs, or a list of ten rows of 24
    buttons=10,
    button_title=20,
    button_data=200,
    fetch_bytes=100 * MEGABYTE,
    # "Throughput": 80 messages a second and number, one in 6 seconds and customer
    per_second=80,
    per_chat_second=1 / 6,
    window_hours=WINDOW_HOURS,
)
REPLY_BUTTONS = 3
ROW_TITLE = 24
# "Interactive": signs of the text above buttons
BUTTON_TEXT = 1024
# stands between our key and the number of the message
KEY_SIGN = "#"
# what the button that opens a list shows; 20 signs at most
LIST_BUTTON = "…"

STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    # a voice message that was heard
    "played": Status.READ,
    "failed": Status.FAILED,
}
# "Messages": kinds with a file -> how it is shown
FILES = {
    "image": FileKind.IMAGE,
    "document": FileKind.DOCUMENT,
    "audio": FileKind.AUDIO,
    "video": FileKind.VIDEO,
    "sticker": FileKind.STICKER,
}
# type -> ending of a file that came without a name
ENDINGS = {
    "application/pdf": ".pdf",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "video/3gpp": ".3gp",
    "video/mp4": ".mp4",
}
# fields of a change that concern the account, not a customer's message
NOT_OURS = {
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "business_capability_update",
    "business_status_update",
    "flows",
    "message_echoes",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "template_category_update",
    "user_preferences",
}
# "System messages": kinds that say the identifiers changed
CHANGES_OF_IDENTITY = {
    "customer_changed_number",
    "user_changed_number",
    "user_changed_user_id",
}

# "Error codes" -> our code
CODES = {
    0: "bad_token",
    3: "no_permission",
    4: "rate",
    10: "no_permission",
    190: "bad_token",
    368: "account_blocked",
    80007: "rate",
    130429: "rate",
    130472: "held_back",
    130497: "account_blocked",
    131005: "no_permission",
    131016: "provider_down",
    131026: "undeliverable",
    131031: "account_blocked",
    131042: "payment",
    131047: "window_closed",
    131048: "rate",
    131049: "held_back",
    131050: "held_back",
    131051: "bad_file",
    131052: "bad_file",
    131053: "bad_file",
    131056: "rate",
    131057: "provider_down",
    132000: "bad_template",
    132001: "bad_template",
    132005: "bad_template",
    132007: "bad_template",
    132012: "bad_template",
    132015: "bad_template",
    132016: "bad_template",
}
# "Error codes": what passes by itself -> seconds to wait before the first attempt
# after it; each later one waits four times as long, as Meta advises for a pair
PAUSES = {4: 60, 80007: 60, 130429: 4, 131056: 6}
PAUSE_FACTOR = 4


class WhatsApp(Adapter):
    """A phone number of the WhatsApp Business Platform.

    Since 2026 a customer may come without a phone: he is known by his business-scoped
    user ID (BSUID), by his phone only where no such ID is told.
    """

    TYPE = "whatsapp"
    NAME = "WhatsApp"
    ADDRESSES = ("phone", "bsuid")
    LIMITS = LIMITS
    PROOF = _lt("Meta signs every event with the app secret.")
    FIELDS = (
        Field(
            "phone_number_id",
            _lt("Phone number ID"),
            help=_lt("From the API set-up page of the app; not the number itself."),
            pattern=r"[0-9]{5,30}",
        ),
        Field(
            "business_account_id",
            _lt("WhatsApp Business account ID"),
            help=_lt("The account whose events are sent to us."),
            pattern=r"[0-9]{5,30}",
        ),
        Field(
            "access_token",
            _lt("Access token"),
            is_secret=True,
            help=_lt(
                "Of a system user with whatsapp_business_messaging and "
                "whatsapp_business_management."
            ),
        ),
        Field(
            "app_secret",
            _lt("App secret"),
            is_secret=True,
            help=_lt("From the basic settings of the app. Signs every event."),
            pattern=r"[0-9a-fA-F]{16,128}",
            is_proof=True,
        ),
        Field(
            "verify_token",
            _lt("Verify token"),
            # shown in full: it proves nothing of events, and is entered at Meta
            help=_lt(
                "Made by the system. Enter it in the app's WhatsApp configuration, with"
                " the address of the webhook."
            ),
            pattern=r"[A-Za-z0-9_-]{16,256}",
            is_made=True,
        ),
        Field(
            "api_url",
            _lt("Address of the Graph API"),
            is_required=False,
            help=_lt("With the version; else the one this release was written for."),
            pattern=r"https?://[^\s/]+(/[^\s?#]*)?",
        ),
    )

    # -- set-up

    def webhook(self, url, secrets):
        """See ``Adapter``; "Override webhooks" of an account, not of the whole app."""
        values = {
            "override_callback_uri": url,
            "verify_token": secrets["verify_token"],
        }
        return self._subscription("POST", secrets, values)

    def remove_webhook(self, secrets):
        """See ``Adapter``; the app then gets no events of the account at all."""
        return self._subscription("DELETE", secrets, None)

    def _subscription(self, method, secrets, values):
        place = f"{secrets['business_account_id']}/subscribed_apps"
        name = "subscribe" if method == "POST" else "unsubscribe"
        return _request(name, method, place, secrets, values, is_repeatable=True)

    def check(self, secrets):
        """See ``Adapter``."""
        fields = "display_phone_number,verified_name"
        place = f"{secrets['phone_number_id']}?fields={fields}"
        return _request("check", "GET", place, secrets, is_repeatable=True)

    # -- in

    def challenge(self, method, query, secrets):
        """See ``Adapter``; "Verification requests"."""
        token = secrets.get("verify_token")
        if method != "GET" or query.get("hub.mode") != "subscribe" or not token:
            return None
        if not is_equal(query.get("hub.verify_token") or "", token):
            return None
        challenge = query.get("hub.challenge") or ""
        return challenge if CHALLENGE.fullmatch(challenge) else None

    def _prove(self, headers, body, secrets):
        """The HMAC of the bytes as they came: Meta signs its own escaping."""
        digest = hmac.new(secrets["app_secret"].encode(), body, hashlib.sha256)
        expected = f"sha256={digest.hexdigest()}"
        return is_equal(header(headers, SIGNATURE_HEADER), expected)

    def split(self, body):
        """A body holds entries, they hold changes, they hold messages and statuses.

        :raises Malformed: no_events, and as of ``reading.read_object``
        """
        parts = [
            part
            for entry in mappings(reading.read_object(body), "entry")
            for change in mappings(entry, "changes")
            for part in _parts(change)
        ]
        if not parts:
            raise Malformed("no_events")
        return parts

    def _parse(self, payload):
        for name, reader in READERS.items():
            if mapping(payload, name):
                return reader(payload)
        field = text(payload, "field")
        if field in NOT_OURS:
            return ignored("not_ours", word=field)
        errors = mappings(payload, "value", "errors")
        if errors:
            return unknown("provider_error", word=_error(errors).text)
        return unknown("unknown_event", word=field)

    # -- files of customers

    def _locate(self, file, secrets):
        place = quote(file.id, safe="")
        return _request("locate", "GET", place, secrets, is_repeatable=True)

    def _told_size(self, place):
        return reading.size(place, "file_size")

    def _download(self, place, secrets):
        """The address is good for 5 minutes and wants the token."""
        url = text(place, "url")
        if not url:
            raise Refused("file_gone")
        if not (_is_of_api(url, secrets) or is_of_host(url, FILE_HOSTS)):
            raise Refused("strange_address")
        return Request(
            "download", url, method="GET", headers=_bearer(secrets), is_repeatable=True
        )

    # -- out

    def _render(self, out, secrets, now):
        """A template, or the text in pieces and then each file.

        A file makes two requests: the upload, and the message that names it.
        """
        if out.template:
            return [self._message("template", _template(out.template), out, secrets)]
        if not out.window_until or now >= out.window_until:
            raise Refused("window_closed", limit=WINDOW_HOURS)
        out = with_text_as_caption(out, LIMITS)
        requests = self._texts(out, secrets)
        for file in out.files:
            requests += self._file(file, out, secrets)
        return requests

    def _numbered(self, out, requests):
        """Every message carries the key and its number, and statuses give them back.

        So even a message that nobody knows to be sent is settled later.
        """
        numbered = super()._numbered(out, requests)
        messages = [request for request in numbered if request.json]
        for request in messages:
            opaque = f"{out.key}{KEY_SIGN}{request.number}"
            request.json["biz_opaque_callback_data"] = opaque
        if out.reply_to:
            messages[0].json["context"] = {"message_id": out.reply_to}
        return numbered

    def _texts(self, out, secrets):
        limit = BUTTON_TEXT if out.buttons else LIMITS.text
        pieces = [piece for piece in split_text(out.text, limit) if piece.strip()]
        if not out.buttons:
            return [self._text(piece, out, secrets) for piece in pieces]
        if not pieces:
            raise Refused("buttons_need_text")
        *above, last = pieces
        below = self._message("interactive", _interactive(last, out), out, secrets)
        return [*(self._text(piece, out, secrets) for piece in above), below]

    def _text(self, piece, out, secrets):
        values = {"body": piece, "preview_url": False}
        return self._message("text", values, out, secrets)

    def _file(self, file, out, secrets):
        """:raises Refused: the file or its caption is not taken"""
        limit = choose_limit(file, LIMITS)
        check_caption(file.caption, limit, LIMITS)
        upload = Request(
            "upload",
            _url(f"{secrets['phone_number_id']}/media", secrets),
            headers=_bearer(secrets),
            form={"messaging_product": "whatsapp", "type": file.mimetype},
            files={"file": file},
            is_repeatable=True,
        )
        values = {"caption": file.caption} if file.caption.strip() else {}
        if limit.kind == FileKind.DOCUMENT:
            values["filename"] = file.name
        kind = str(limit.kind)
        return [upload, self._message(kind, values, out, secrets, upload_at=kind)]

    def _message(self, kind, values, out, secrets, **more):
        values = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **_address(out.to),
            "type": kind,
            kind: values,
        }
        place = f"{secrets['phone_number_id']}/messages"
        return _request("message", "POST", place, secrets, values, **more)

    # -- answers

    def _provider_id(self, payload):
        messages = mappings(payload, "messages")
        if messages:
            return word(messages[0], "id")
        return word(payload, "id") or ("ok" if payload.get("success") is True else "")

    def _account_name(self, payload):
        names = ("verified_name", "display_phone_number")
        return " ".join(text(payload, name) for name in names).strip()

    def _is_error(self, payload):
        return bool(mapping(payload, "error"))

    def _problem(self, status, payload):
        error = mapping(payload, "error")
        if error:
            return _error([error], "provider_down" if status >= 500 else "refused")
        return Problem("provider_down" if status >= 500 else "refused", str(status))

    def _pause(self, status, headers, payload, attempt):
        code = whole(payload, "error", "code")
        first = PAUSES.get(code, 60 if status == 429 else 0)
        if not first:
            return 0
        # beyond the tenth the longest pause is reached
        longer = first * PAUSE_FACTOR ** min(max(attempt - 1, 0), 10)
        return min(max(longer, retry_after(headers)), LONGEST_PAUSE)


# -- addresses


def _url(place, secrets):
    return f"{(secrets.get('api_url') or API_URL).rstrip('/')}/{place}"


def _bearer(secrets):
    return {"Authorization": f"Bearer {secrets['access_token']}"}


def _request(name, method, place, secrets, values=None, **more):
    return Request(
        name,
        _url(place, secrets),
        method=method,
        headers=_bearer(secrets),
        json=values,
        **more,
    )


def _is_of_api(url, secrets):
    """Whether an address lies where the gateway's API does."""
    try:
        there, here = urlsplit(url), urlsplit(_url("", secrets))
    except ValueError:
        return False
    return (there.scheme, there.netloc) == (here.scheme, here.netloc)


# -- parts of a change


def _parts(change):
    """The events of a change: each can be understood alone."""
    value = mapping(change, "value")
    common = {
        "field": word(change, "field"),
        "metadata": mapping(value, "metadata"),
    }
    contacts = mappings(value, "contacts")
    parts = [
        maker({**common, name: item, "contact": _contact(contacts, item)})
        for name, (plural, maker) in PARTS.items()
        for item in mappings(value, plural)
    ]
    if parts:
        return parts
    payload = {"field": common["field"], "value": value}
    return [Part(reading.fingerprint(payload), "", common["field"], None, payload)]


def _contact(contacts, item):
    """Whom of the contacts an item concerns."""
    names = {word(item, name) for name in ("from", "from_user_id", "wa_id")} - {""}
    for contact in contacts:
        if names & {word(contact, "wa_id"), word(contact, "user_id")}:
            return contact
    # statuses and batches name others too, so one is taken only where it is alone
    return contacts[0] if len(contacts) == 1 else {}


def _message_part(payload):
    message = payload["message"]
    return Part(
        event_id=event_key(word(message, "id"), payload),
        chat_key=_customer(payload).external_id,
        kind=word(message, "type") or "message",
        provider_at=moment(message, "timestamp"),
        payload=payload,
    )


def _status_part(payload):
    status = payload["status"]
    wamid, name = word(status, "id"), word(status, "status")
    return Part(
        event_id=event_key(f"{wamid}+{name}" if wamid and name else "", payload),
        chat_key=_recipient(status).external_id,
        kind=f"status {name}",
        provider_at=moment(status, "timestamp"),
        payload=payload,
    )


def _update_part(payload):
    update = payload["user_id_update"]
    return Part(
        event_id=reading.fingerprint(payload),
        chat_key=_former(update).external_id,
        kind="user_id_update",
        provider_at=moment(update, "timestamp"),
        payload=payload,
    )


# name in the payload of a part -> (name in a change, maker)
PARTS = {
    "message": ("messages", _message_part),
    "status": ("statuses", _status_part),
    "user_id_update": ("user_id_update", _update_part),
}


# -- people


def _person(phone, bsuid, contact=None):
    """A Sender: known by the BSUID, by the phone only where there is none."""
    phone = "".join(sign for sign in phone if sign in "0123456789")
    return Sender(
        external_id=bsuid or phone,
        phone=phone,
        bsuid=bsuid,
        username=text(contact, "profile", "username"),
        name=text(contact, "profile", "name").strip(),
    )


def _customer(payload):
    """Who wrote the message of a part."""
    message, contact = mapping(payload, "message"), mapping(payload, "contact")
    bsuid = word(message, "from_user_id") or word(contact, "user_id")
    return _person(
        word(message, "from") or word(contact, "wa_id"),
        # of a changed BSUID only the change itself tells whose it is
        bsuid or word(message, "system", "previous_user_id"),
        contact,
    )


def _recipient(status):
    """Whom the message of a status went to."""
    return _person(word(status, "recipient_id"), word(status, "recipient_user_id"))


def _former(update):
    """Who a customer was before a user_id_update."""
    return _person(word(update, "wa_id"), word(update, "user_id", "previous"))


# -- readers of a part


def _common(payload):
    """What every event of a message has.

    :raises Malformed: missing
    """
    message, sender = payload["message"], _customer(payload)
    if not sender.external_id:
        raise Malformed("missing", field="from")
    if not word(message, "id"):
        raise Malformed("missing", field="id")
    return {
        "chat_key": sender.external_id,
        "sender": sender,
        "at": moment(message, "timestamp"),
        "provider_message_id": word(message, "id"),
        "address": word(payload, "metadata", "phone_number_id"),
    }


def _message(payload):
    message = payload["message"]
    if word(message, "group_id"):
        return ignored("group_chat")
    kind = word(message, "type")
    special = SPECIAL.get(kind)
    if special:
        return special(message, _common(payload))
    return _plain(message, _said(_common(payload), message))


def _said(common, message):
    """Fields of whatever a customer says: it opens his window."""
    opened = common["at"]
    until = opened + timedelta(hours=WINDOW_HOURS) if opened else None
    reply_to = word(message, "context", "id")
    return {**common, "window_until": until, "reply_to": reply_to}


def _plain(message, common):
    """A message that shows something."""
    found = _content(message)
    if any(found.values()):
        return Event(Kind.MESSAGE, **common, **found)
    kind = word(message, "type") or "message"
    problem = _error(mappings(message, "errors"))
    values = {"word": kind}
    return Event(
        Kind.UNKNOWN, **common, reason="unsupported", values=values, problem=problem
    )


def _content(message):
    """Fields of an Event: what the customer said, in whatever form."""
    kind = word(message, "type")
    file = _file(message, kind)
    place = mapping(message, "location")
    return {
        "text": _words(message, kind),
        "files": (file,) if file else (),
        "location": location_of(place, text(place, "name"), text(place, "address")),
        "contacts": _contacts(message),
    }


def _words(message, kind):
    if kind == "text":
        return text(message, "text", "body")
    if kind == "order":
        return _order(mapping(message, "order"))
    return text(message, kind, "caption")


def _order(order):
    """An order of the catalogue in lines: article × quantity, price, currency."""
    lines = [text(order, "text")]
    for item in mappings(order, "product_items"):
        article, quantity = word(item, "product_retailer_id"), word(item, "quantity")
        price = item.get("item_price")
        line = f"{article} × {quantity}"
        if isinstance(price, int | float | str):
            line += f" — {price} {text(item, 'currency')}"
        lines.append(line.rstrip())
    return "\n".join(line for line in lines if line)


def _file(message, kind):
    media = mapping(message, kind)
    if kind not in FILES or not word(media, "id"):
        return None
    shown = FILES[kind]
    if kind == "audio" and media.get("voice") is True:
        shown = FileKind.VOICE
    mimetype = text(media, "mime_type") or "application/octet-stream"
    plain = mimetype.partition(";")[0].strip()
    name = text(media, "filename") or f"{kind}{ENDINGS.get(plain, '')}"
    return File(word(media, "id"), shown, name, plain, reading.size(media, "file_size"))


def _contacts(message):
    if word(message, "type") != "contacts":
        return ()
    found = (_contact_card(card) for card in mappings(message, "contacts"))
    return tuple(card for card in found if card.name or card.phones)


def _contact_card(card):
    phones = (text(phone, "phone") for phone in mappings(card, "phones"))
    return Contact(
        text(card, "name", "formatted_name"), tuple(phone for phone in phones if phone)
    )


def _reaction(message, common):
    """A reaction without its emoji takes the earlier one back."""
    target = word(message, "reaction", "message_id")
    if not target:
        raise Malformed("missing", field="reaction.message_id")
    emoji = text(message, "reaction", "emoji")
    values = {**_said(common, message), "provider_message_id": target}
    return Event(Kind.REACTION, **values, reactions=(emoji,) if emoji else ())


def _button(message, common):
    """A quick reply of a template."""
    return Event(
        Kind.CALLBACK,
        **_said(common, message),
        text=text(message, "button", "text"),
        data=text(message, "button", "payload"),
    )


# kind of an interactive answer -> (its title, what it stands for)
INTERACTIVE = {
    "button_reply": ("title", "id"),
    "list_reply": ("title", "id"),
    "nfm_reply": ("body", "response_json"),
}


def _pressed(message, common):
    """A button, a row of a list, or a filled form."""
    answer = mapping(message, "interactive")
    for kind, (title, data) in INTERACTIVE.items():
        if chosen := mapping(answer, kind):
            return Event(
                Kind.CALLBACK,
                **_said(common, message),
                text=text(chosen, title),
                data=text(chosen, data),
            )
    return _plain(message, _said(common, message))


def _system(message, common):
    """A new number or BSUID; "System messages"."""
    change = mapping(message, "system")
    kind = word(change, "type")
    if kind not in CHANGES_OF_IDENTITY:
        return ignored("service_message", word=kind)
    phone = word(change, "wa_id") or word(change, "new_wa_id")
    sender = _person(phone, word(change, "user_id"))
    former = word(change, "previous_user_id") or common["sender"].bsuid
    return _identity(common, sender, _person(word(message, "from"), former))


def _user_id_update(payload):
    """A new BSUID, as the field user_id_update tells it."""
    update = payload["user_id_update"]
    former = _former(update)
    current = word(update, "user_id", "current")
    if not current:
        raise Malformed("missing", field="user_id.current")
    contact = mapping(payload, "contact")
    common = {
        "at": moment(update, "timestamp"),
        "address": word(payload, "metadata", "phone_number_id"),
    }
    return _identity(common, _person(former.phone, current, contact), former)


def _identity(common, sender, previous):
    """:raises Malformed: missing"""
    if not (sender.external_id and previous.external_id):
        raise Malformed("missing", field="user_id")
    values = {**common, "chat_key": previous.external_id, "sender": sender}
    return Event(Kind.IDENTITY, **values, previous=previous)


def _edit(message, common):
    """The whole new message; when the first one was written is not told."""
    original = word(message, "edit", "original_message_id")
    if not original:
        raise Malformed("missing", field="edit.original_message_id")
    content = _content(mapping(message, "edit", "message"))
    return Event(Kind.EDIT, **_changed(common, original), **content)


def _revoke(message, common):
    original = word(message, "revoke", "original_message_id")
    if not original:
        raise Malformed("missing", field="revoke.original_message_id")
    return Event(Kind.EDIT, **_changed(common, original), is_revoked=True)


def _changed(common, original):
    """Fields of an event that changes an earlier message."""
    moments = {"at": None, "edited_at": common["at"]}
    return {**common, **moments, "provider_message_id": original}


def _welcome(_message, _common):
    return ignored("service_message", word="request_welcome")


SPECIAL = {
    "reaction": _reaction,
    "button": _button,
    "interactive": _pressed,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
    "request_welcome": _welcome,
}


def _status(payload):
    """What became of a message of ours; statuses come in any order."""
    status = payload["status"]
    if word(status, "recipient_type") == "group":
        return ignored("group_chat")
    name, wamid = word(status, "status"), word(status, "id")
    if not wamid:
        raise Malformed("missing", field="status.id")
    if name not in STATUSES:
        return unknown("unknown_event", word=f"status {name}")
    recipient = _recipient(status)
    key, _sign, number = word(status, "biz_opaque_callback_data").rpartition(KEY_SIGN)
    return Event(
        Kind.STATUS,
        chat_key=recipient.external_id,
        sender=recipient,
        at=moment(status, "timestamp"),
        provider_message_id=wamid,
        address=word(payload, "metadata", "phone_number_id"),
        status=STATUSES[name],
        key=key,
        number=int(number) if key and DIGITS.fullmatch(number) else 0,
        problem=_error(mappings(status, "errors")),
    )


def _error(errors, usual="refused"):
    """Problem of the first error, None where there is none."""
    if not errors:
        return None
    error = errors[0]
    code = whole(error, "code")
    words = (
        text(error, "error_data", "details")
        or text(error, "message")
        or text(error, "title")
    )
    return Problem(
        CODES.get(code, usual), "" if code is None else str(code), detail(words)
    )


READERS = {
    "message": _message,
    "status": _status,
    "user_id_update": _user_id_update,
}


# -- out


def _address(to):
    """The phone where it is known, which older numbers of ours need; else the BSUID.

    :raises Refused: no_address
    """
    if to.phone:
        return {"to": to.phone}
    if to.bsuid:
        return {"recipient": to.bsuid}
    raise Refused("no_address")


def _template(template):
    values = {"name": template.name, "language": {"code": template.lang}}
    if template.values:
        texts = [{"type": "text", "text": str(one)} for one in template.values]
        values["components"] = [{"type": "body", "parameters": texts}]
    return values


def _interactive(piece, out):
    """Up to three buttons, else a list."""
    body = {"text": piece}
    if len(out.buttons) <= REPLY_BUTTONS:
        check_buttons(out.buttons, LIMITS)
        replies = [{"type": "reply", "reply": _reply(one)} for one in out.buttons]
        return {"type": "button", "body": body, "action": {"buttons": replies}}
    check_buttons(out.buttons, LIMITS, ROW_TITLE)
    rows = [_reply(one) for one in out.buttons]
    action = {"button": LIST_BUTTON, "sections": [{"rows": rows}]}
    return {"type": "list", "body": body, "action": action}


def _reply(button):
    return {"id": button.data, "title": button.title}
