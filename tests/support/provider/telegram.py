"""Telegram: its Bot API as the chat center calls it, and customers in private chats."""

import json
import time

from .beside import payloads
from .chats import Line, Messenger, Problem
from .post import Letter

LONGEST_TEXT = 4096
# method -> field of its file
FILE_METHODS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
}
SENDING = ("sendMessage", *FILE_METHODS)
# what a file of a customer is called in an update; else a document
FIELDS = {"audio/ogg": "voice", "audio/mpeg": "audio", "video/mp4": "video"}
PHOTOS = ("image/jpeg", "image/png")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Telegram(Messenger):
    """One bot, whatever its token is."""

    NAME = "telegram"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        # {"url", "secret"} of the bot, empty until it is set
        self.webhook = {}
        # ids of pressed buttons that were acknowledged
        self.acknowledged = []

    # -- the Bot API -------------------------------------------------------------------

    def call(self, method, values, files):
        """Do what a method of the Bot API does.

        :param dict values: its parameters
        :param dict files: field -> (name, mimetype, content)
        :return: the result
        :raises Problem: as Telegram would refuse it
        """
        if method in SENDING:
            return self._send(method, values, files)
        if method not in METHODS:
            raise Problem(404, 404, "Not Found")
        return METHODS[method](self, values)

    def _get_me(self, _values):
        return {**payloads.BOT, "username": "shop_simulator_bot"}

    def _set_webhook(self, values):
        self.webhook = {"url": values["url"], "secret": values.get("secret_token", "")}
        return True

    def _delete_webhook(self, _values):
        self.webhook = {}
        return True

    def _get_file(self, values):
        file = self.files.get(str(values.get("file_id")))
        if not file:
            raise Problem(400, 400, "Bad Request: wrong file_id")
        return {
            "file_id": file.id,
            "file_unique_id": file.id,
            "file_size": len(file.content),
            "file_path": f"files/{file.id}",
        }

    def _answer_callback(self, values):
        self.acknowledged.append(values["callback_query_id"])
        return True

    def _send(self, method, values, files):
        chat = self._chat_of(values.get("chat_id"))
        if chat.is_blocked:
            raise Problem(403, 403, "Forbidden: bot was blocked by the user")
        text = values.get("text") or values.get("caption") or ""
        _check_text(method, text)
        line = Line(
            str(next(self.numbers)),
            is_ours=True,
            text=text,
            file=self._uploaded(method, files),
            buttons=_buttons(values.get("reply_markup")),
        )
        self.add(chat.person, line)
        return _message(chat.person, line)

    def _chat_of(self, chat_id):
        for person in self.people:
            if str(person.chat) == str(chat_id):
                return self.chat(person)
        raise Problem(400, 400, "Bad Request: chat not found")

    def _uploaded(self, method, files):
        """The file of a request, kept; None for a text."""
        if method not in FILE_METHODS:
            return None
        uploaded = files.get(FILE_METHODS[method])
        if not uploaded:
            raise Problem(400, 400, "Bad Request: there is no file in the request")
        return self.keep(*uploaded)

    # -- what only here a customer can do ----------------------------------------------

    def block(self, person):
        """He blocks the bot."""
        self.chat(person).is_blocked = True
        self._tell(person, payloads.telegram_membership("kicked"))

    def unblock(self, person):
        """He lets the bot in again."""
        self.chat(person).is_blocked = False
        self._tell(person, payloads.telegram_membership("member"))

    def place(self, person):
        """He sends a place on the map.

        :return: Line
        """
        line = self.add(person, self._new(person, text="Место на карте"))
        self._tell(person, self._update(line, location=payloads.PLACE))
        return line

    def press(self, person, data, title=""):
        """He presses a button below a message of ours."""
        number = f"press-{next(self.numbers)}"
        self._tell(person, payloads.telegram_callback(data, 0, number, title))

    # -- updates -----------------------------------------------------------------------

    def _new(self, person, **values):
        return Line(str(next(self.numbers)), is_ours=False, **values)

    def _tell_message(self, person, line):
        if not line.file:
            update = self._update(line, text=line.text)
        elif line.file.mimetype in PHOTOS:
            update = payloads.telegram_photo(
                int(line.id), caption=line.text, name=line.file.id
            )
        else:
            update = _update_of_file(line)
        self._tell(person, update)

    def _update(self, line, **content):
        message = payloads.telegram_message(int(line.id), **content)
        return payloads.telegram_update(message=message)

    def _tell_edit(self, person, line):
        now = int(time.time())
        update = payloads.telegram_edit(line.text, int(line.id), at=now)
        update["edited_message"]["date"] = int(line.at)
        self._tell(person, update)

    def _tell(self, person, update):
        """Bring an update of the payload builders as one of this customer, of now."""
        if not self.webhook:
            return
        update = _as_of(update, person)
        update["update_id"] = next(self.numbers)
        headers = {SECRET_HEADER: self.webhook["secret"]}
        self.post.send(Letter(self.webhook["url"], payloads.raw(update), headers))


METHODS = {
    "getMe": Telegram._get_me,
    "setWebhook": Telegram._set_webhook,
    "deleteWebhook": Telegram._delete_webhook,
    "getFile": Telegram._get_file,
    "answerCallbackQuery": Telegram._answer_callback,
}


def _check_text(method, text):
    """:raises Problem: as "sendMessage" does"""
    if method == "sendMessage" and not text.strip():
        raise Problem(400, 400, "Bad Request: message text is empty")
    if len(text) > LONGEST_TEXT:
        raise Problem(400, 400, "Bad Request: message is too long")


def _buttons(markup):
    """(title, data) of an "InlineKeyboardMarkup", which a form holds as text."""
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = (markup or {}).get("inline_keyboard", [])
    return tuple((one["text"], one["callback_data"]) for row in rows for one in row)


def _message(person, line):
    """The "Message" that a method answers with."""
    return {
        "message_id": int(line.id),
        "date": int(line.at),
        "from": payloads.BOT,
        "chat": {"id": person.chat, "type": "private", "first_name": person.name},
        "text": line.text,
    }


def _update_of_file(line):
    file = line.file
    name = FIELDS.get(file.mimetype, "document")
    update = payloads.telegram_file(
        name,
        int(line.id),
        file_id=file.id,
        file_name=file.name,
        mime_type=file.mimetype,
        file_size=len(file.content),
    )
    if line.text:
        update["message"]["caption"] = line.text
    return update


def _as_of(update, person):
    """The update with a customer for its sender, and now for its moment."""
    [content] = [value for value in update.values() if isinstance(value, dict)]
    who = {"id": person.chat, "is_bot": False, "first_name": person.name}
    content["from"] = {**who, "language_code": "ru"}
    chat = {"id": person.chat, "type": "private", "first_name": person.name}
    if "message" in content:
        # a pressed button names the message that it stands below
        content["message"]["chat"] = chat
        return update
    content["chat"] = chat
    if "edit_date" not in content:
        content["date"] = int(time.time())
    return update
