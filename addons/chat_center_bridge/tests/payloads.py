"""Bodies as Telegram and WhatsApp send them: for tests, and for whoever plays them.

Every builder gives plain JSON values; ``raw`` makes bytes of them. The customer and the
moment are the same everywhere, so that tables stay short.
"""

import hashlib
import hmac
import json

# 2026-03-02 08:00:00 UTC
AT = 1_772_438_400

# -- Telegram ----------------------------------------------------------------------

CHAT = 77012345
BOT = {"id": 990001, "is_bot": True, "first_name": "Shop"}
PERSON = {
    "id": CHAT,
    "is_bot": False,
    "first_name": "Анна",
    "last_name": "Белова",
    "username": "anna_b",
    "language_code": "ru",
}
PRIVATE = {"id": CHAT, "type": "private", "first_name": "Анна"}
GROUP = {"id": -100500, "type": "supergroup", "title": "Neighbours"}
TELEGRAM_SECRETS = {
    "token": "123456789:AAFabcdefghijklmnopqrstuvwxyz012345",
    "webhook_secret": "secret-of-the-webhook-0123456789",
}
SIZES = [
    {"file_id": "photo-s", "file_unique_id": "s", "width": 90, "height": 60}
    | {"file_size": 1500},
    {"file_id": "photo-l", "file_unique_id": "l", "width": 1280, "height": 853}
    | {"file_size": 180_000},
    {"file_id": "photo-m", "file_unique_id": "m", "width": 320, "height": 213}
    | {"file_size": 24_000},
]
PLACE = {"latitude": 55.751244, "longitude": 37.618423}


def raw(value):
    """The value as bytes of JSON."""
    return json.dumps(value).encode()


def telegram_message(number=10, **content):
    """A "Message" of the customer in his private chat."""
    base = {"message_id": number, "from": PERSON, "chat": PRIVATE, "date": AT}
    return base | content


def telegram_update(number=5000, **content):
    """An "Update" with a content, such as message=..."""
    return {"update_id": number, **content}


def telegram_text(words="Где мой заказ?", number=10, update=5000, **more):
    """An update with a text message."""
    return telegram_update(update, message=telegram_message(number, text=words, **more))


def telegram_edit(words, number=10, update=5001, at=AT + 30, **more):
    """An update with an edited text message."""
    message = telegram_message(number, text=words, edit_date=at, **more)
    return telegram_update(update, edited_message=message)


def telegram_photo(number=10, update=5000, album=None, caption=None, name="photo-l"):
    """An update with a photo, alone or one of an album."""
    sizes = [
        {**size, "file_id": name} if size["file_id"] == "photo-l" else size
        for size in SIZES
    ]
    more = {"media_group_id": album} if album else {}
    if caption:
        more["caption"] = caption
    return telegram_update(
        update, message=telegram_message(number, photo=sizes, **more)
    )


def telegram_file(field, number=10, update=5000, **media):
    """An update with a file: document, voice, audio, video, video_note, sticker ..."""
    media = {"file_id": f"{field}-1", "file_unique_id": "u", "file_size": 4096} | media
    return telegram_update(update, message=telegram_message(number, **{field: media}))


def telegram_callback(data="rate:5", update=5000, number="4611", title="5"):
    """An update with a pressed button below message 9 of the bot."""
    button = {"text": title, "callback_data": data}
    message = {"message_id": 9, "from": BOT, "chat": PRIVATE, "date": AT - 60}
    message |= {"text": "?", "reply_markup": {"inline_keyboard": [[button]]}}
    query = {"id": number, "from": PERSON, "message": message, "data": data}
    return telegram_update(update, callback_query=query | {"chat_instance": "1"})


def telegram_reaction(*emoji, number=10, update=5000, at=AT):
    """An update with the reactions that now stand at a message."""
    now = [{"type": "emoji", "emoji": one} for one in emoji]
    reaction = {"chat": PRIVATE, "message_id": number, "user": PERSON, "date": at}
    reaction |= {"old_reaction": [], "new_reaction": now}
    return telegram_update(update, message_reaction=reaction)


def telegram_membership(status, update=5000, at=AT):
    """An update of the bot's place in the private chat: kicked or member."""
    before = "member" if status == "kicked" else "kicked"
    change = {"chat": PRIVATE, "from": PERSON, "date": at}
    change |= {
        "old_chat_member": {"user": BOT, "status": before},
        "new_chat_member": {"user": BOT, "status": status},
    }
    return telegram_update(update, my_chat_member=change)


# what a customer may do -> the update it comes in
TELEGRAM = {
    "text": telegram_text(),
    "start": telegram_text("/start link-42"),
    "reply": telegram_text("Да", reply_to_message=telegram_message(9, text="Ваш?")),
    "edit": telegram_edit("Где мой заказ 17?"),
    "photo": telegram_photo(caption="Чек"),
    "album": telegram_photo(album="13579"),
    "document": telegram_file(
        "document", file_name="Счёт.pdf", mime_type="application/pdf"
    ),
    "voice": telegram_file("voice", duration=3, mime_type="audio/ogg"),
    "audio": telegram_file("audio", duration=3, mime_type="audio/mpeg"),
    "video": telegram_file("video", duration=3, mime_type="video/mp4"),
    "video_note": telegram_file("video_note", duration=3, length=240),
    "sticker": telegram_file("sticker", is_animated=False, is_video=False, emoji="👍"),
    "animation": telegram_update(
        message=telegram_message(
            animation={"file_id": "gif-1", "mime_type": "video/mp4"},
            document={"file_id": "gif-1", "mime_type": "video/mp4"},
        )
    ),
    "location": telegram_update(message=telegram_message(location=PLACE)),
    "venue": telegram_update(
        message=telegram_message(
            venue={"location": PLACE, "title": "Склад", "address": "Красная пл., 1"}
        )
    ),
    "contact": telegram_update(
        message=telegram_message(
            contact={"phone_number": "+7 912 000-00-01", "first_name": "Анна"}
            | {"user_id": CHAT}
        )
    ),
    "callback": telegram_callback(),
    "reaction": telegram_reaction("👍", "🔥"),
    "blocked": telegram_membership("kicked"),
    "unblocked": telegram_membership("member"),
    "group": telegram_update(
        message=telegram_message(text="hi", chat=GROUP),
    ),
    "own": telegram_update(message=telegram_message(text="hi") | {"from": BOT}),
    "service": telegram_update(
        message=telegram_message(pinned_message=telegram_message(9, text="!"))
    ),
    "poll": telegram_update(message=telegram_message(poll={"id": "1"})),
    "channel": telegram_update(channel_post={"message_id": 1, "chat": GROUP}),
    "unknown": telegram_update(something_new={"chat": PRIVATE}),
}


def of_chat(update, chat):
    """The update as if it came from another chat.

    :param int chat: of eight digits
    """
    return json.loads(json.dumps(update).replace(str(CHAT), str(chat)))


def telegram_day(random, count, chats=5):
    """Updates of several customers in the order in which they happened.

    :param random: random.Random
    :param int count: how many updates
    :param int chats: how many customers
    """
    day, written = [], {}
    for number in range(1, count + 1):
        chat = CHAT + random.randrange(chats)
        numbers = written.setdefault(chat, [])
        kind = random.choice(("text", "text", "photo", "album", "edit", "reaction"))
        if kind in ("edit", "reaction") and numbers:
            update = _telegram_change(random, kind, number, random.choice(numbers))
        else:
            numbers.append(number)
            update = _telegram_new(random, kind, number)
        day.append(of_chat(update, chat))
    return day


def _telegram_new(random, kind, number):
    if kind in ("photo", "album"):
        album = str(number // 4) if kind == "album" else None
        return telegram_photo(number, number, album, f"{number}", f"photo-{number}")
    return telegram_text(f"text {number}", number, number)


def _telegram_change(random, kind, number, target):
    # several fall into one second
    at = AT + number // 3
    if kind == "edit":
        return telegram_edit(f"edit {number}", target, number, at)
    emoji = random.sample(["👍", "🔥", "🎉"], random.randint(0, 2))
    return telegram_reaction(*emoji, number=target, update=number, at=at)


# -- WhatsApp ----------------------------------------------------------------------

PHONE = "79120000001"
BSUID = "RU.13491208655302741918"
NUMBER_ID = "106540352242922"
WAMID = "wamid.HBgLNzkxMjAwMDAwMDEVAgASGBQzQTdF"
OUR_WAMID = "wamid.HBgLNzkxMjAwMDAwMDEVAgARGBI0RjQ4"
OUR_KEY = "0b0a7a4e-5f0e-4c55-9d0e-5b8d6a1f2c33"
WHATSAPP_SECRETS = {
    "phone_number_id": NUMBER_ID,
    "business_account_id": "102290129340398",
    "access_token": "EAAG-token-of-the-system-user",
    "app_secret": "0123456789abcdef0123456789abcdef",
    "verify_token": "verify-token-0123456789",
}
METADATA = {"display_phone_number": "74950000000", "phone_number_id": NUMBER_ID}


def whatsapp_person(phone=PHONE, bsuid=BSUID, name="Анна Белова"):
    """An item of contacts; since 2026 with a BSUID and perhaps without a phone."""
    profile = {"name": name} | ({"username": "anna_b"} if bsuid else {})
    person = {"profile": profile, "wa_id": phone, "user_id": bsuid}
    return {key: value for key, value in person.items() if value}


def whatsapp_message(kind="text", wamid=WAMID, phone=PHONE, bsuid=BSUID, **content):
    """An item of messages."""
    people = {"from": phone, "from_user_id": bsuid}
    people = {key: value for key, value in people.items() if value}
    base = {"id": wamid, "timestamp": str(AT), "type": kind}
    return {**people, **base, **content}


def whatsapp_text(words="Где мой заказ?", wamid=WAMID, **more):
    """A text message."""
    return whatsapp_message("text", wamid, text={"body": words}, **more)


def whatsapp_file(kind, mimetype, **media):
    """A message with a file."""
    media = {"id": f"{kind}-1", "mime_type": mimetype, "sha256": "x"} | media
    return whatsapp_message(kind, **{kind: media})


def whatsapp_status(status="delivered", wamid=OUR_WAMID, key=OUR_KEY, **more):
    """An item of statuses; a failed one comes without contacts."""
    base = {"id": wamid, "status": status, "timestamp": str(AT + 5)}
    people = {"recipient_id": PHONE, "recipient_user_id": BSUID}
    return {**base, **people, "biz_opaque_callback_data": f"{key}#1", **more}


def whatsapp_change(*messages, statuses=(), contacts=None, **more):
    """A change of the field messages."""
    value = {"messaging_product": "whatsapp", "metadata": METADATA}
    if messages:
        contacts = [whatsapp_person()] if contacts is None else contacts
        value |= {"contacts": list(contacts), "messages": list(messages)}
    if statuses:
        value["statuses"] = list(statuses)
    return {"field": "messages", "value": value} | more


def whatsapp_body(*changes):
    """A body with one entry."""
    entry = {"id": WHATSAPP_SECRETS["business_account_id"], "changes": list(changes)}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def whatsapp(*messages, **more):
    """A body with one change."""
    return whatsapp_body(whatsapp_change(*messages, **more))


def whatsapp_user_id_update(previous=BSUID, current="RU.24817305912873645029"):
    """A body with a change of the field user_id_update."""
    update = {"wa_id": PHONE, "user_id": {"previous": previous, "current": current}}
    update |= {"detail": "User id has been updated.", "timestamp": str(AT)}
    value = {"messaging_product": "whatsapp", "metadata": METADATA}
    value |= {"contacts": [whatsapp_person(bsuid="")], "user_id_update": [update]}
    return whatsapp_body({"field": "user_id_update", "value": value})


def signature(body, app_secret=WHATSAPP_SECRETS["app_secret"]):
    """The header that Meta sends with a body."""
    digest = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


FAILURE = {
    "code": 131047,
    "title": "Re-engagement message",
    "message": "Re-engagement message",
    "error_data": {"details": "More than 24 hours have passed."},
}
# what a customer may do -> the body it comes in
WHATSAPP = {
    "text": whatsapp(whatsapp_text()),
    "reply": whatsapp(
        whatsapp_text("Да", context={"from": "74950000000", "id": OUR_WAMID})
    ),
    "image": whatsapp(whatsapp_file("image", "image/jpeg", caption="Чек")),
    "document": whatsapp(
        whatsapp_file("document", "application/pdf", filename="Счёт.pdf")
    ),
    "audio": whatsapp(whatsapp_file("audio", "audio/mpeg")),
    "voice": whatsapp(whatsapp_file("audio", "audio/ogg; codecs=opus", voice=True)),
    "video": whatsapp(whatsapp_file("video", "video/mp4")),
    "sticker": whatsapp(whatsapp_file("sticker", "image/webp", animated=False)),
    "location": whatsapp(
        whatsapp_message(
            "location", location=PLACE | {"name": "Склад", "address": "Красная пл., 1"}
        )
    ),
    "contacts": whatsapp(
        whatsapp_message(
            "contacts",
            contacts=[
                {"name": {"formatted_name": "Пётр"}, "phones": [{"phone": "+7 1"}]}
            ],
        )
    ),
    "button_reply": whatsapp(
        whatsapp_message(
            "interactive",
            interactive={
                "type": "button_reply",
                "button_reply": {"id": "rate:5", "title": "5"},
            },
            context={"id": OUR_WAMID},
        )
    ),
    "list_reply": whatsapp(
        whatsapp_message(
            "interactive",
            interactive={
                "type": "list_reply",
                "list_reply": {"id": "topic:2", "title": "Доставка"},
            },
        )
    ),
    "button": whatsapp(
        whatsapp_message("button", button={"text": "Да", "payload": "yes"})
    ),
    "reaction": whatsapp(
        whatsapp_message("reaction", reaction={"message_id": OUR_WAMID, "emoji": "👍"})
    ),
    "reaction_removed": whatsapp(
        whatsapp_message("reaction", reaction={"message_id": OUR_WAMID})
    ),
    "order": whatsapp(
        whatsapp_message(
            "order",
            order={
                "catalog_id": "1",
                "text": "К вечеру",
                "product_items": [
                    {"product_retailer_id": "SKU-1", "quantity": 2}
                    | {"item_price": 99.5, "currency": "RUB"}
                ],
            },
        )
    ),
    "unsupported": whatsapp(
        whatsapp_message(
            "unsupported",
            errors=[{"code": 131051, "title": "Message type unknown"}],
        )
    ),
    "edit": whatsapp(
        whatsapp_message(
            "edit",
            "wamid.EDIT",
            edit={
                "original_message_id": WAMID,
                "message": {"type": "text", "text": {"body": "Где мой заказ 17?"}},
            },
        )
    ),
    "revoke": whatsapp(
        whatsapp_message(
            "revoke", "wamid.REVOKE", revoke={"original_message_id": WAMID}
        )
    ),
    "no_phone": whatsapp(whatsapp_text(phone=""), contacts=[whatsapp_person(phone="")]),
    "no_bsuid": whatsapp(whatsapp_text(bsuid=""), contacts=[whatsapp_person(bsuid="")]),
    "sent": whatsapp(statuses=[whatsapp_status("sent")]),
    "delivered": whatsapp(statuses=[whatsapp_status("delivered")]),
    "read": whatsapp(statuses=[whatsapp_status("read")]),
    "played": whatsapp(statuses=[whatsapp_status("played")]),
    "failed": whatsapp(statuses=[whatsapp_status("failed", errors=[FAILURE])]),
    "user_id_update": whatsapp_user_id_update(),
    "new_number": whatsapp(
        whatsapp_message(
            "system",
            system={
                "type": "user_changed_number",
                "body": "changed",
                "wa_id": "79990000002",
                "user_id": "RU.2",
                "previous_user_id": BSUID,
            },
        ),
        contacts=[],
    ),
    "new_bsuid": whatsapp(
        whatsapp_message(
            "system",
            phone="",
            bsuid="",
            system={
                "type": "user_changed_user_id",
                "user_id": "RU.2",
                "previous_user_id": BSUID,
            },
        ),
        contacts=[],
    ),
    "group": whatsapp(whatsapp_text(group_id="group-1")),
    "welcome": whatsapp(whatsapp_message("request_welcome")),
    "account": whatsapp_body(
        {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}
    ),
    "new_field": whatsapp_body({"field": "something_new", "value": {"a": 1}}),
    "error": whatsapp_body(
        {"field": "messages", "value": {"errors": [{"code": 130429, "title": "Rate"}]}}
    ),
}
BODIES = {"telegram": TELEGRAM, "whatsapp": WHATSAPP}
SECRETS = {"telegram": TELEGRAM_SECRETS, "whatsapp": WHATSAPP_SECRETS}


def headers_of(gateway_type, body):
    """The headers that prove a body."""
    if gateway_type == "whatsapp":
        return signature(body)
    secret = TELEGRAM_SECRETS["webhook_secret"]
    return {"X-Telegram-Bot-Api-Secret-Token": secret}
