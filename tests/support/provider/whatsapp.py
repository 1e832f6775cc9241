"""WhatsApp: the Cloud API as the chat center calls it, and customers with numbers."""

import secrets
import time

import requests

from .beside import payloads
from .chats import DELIVERED, FAILED, SENT, Line, Messenger, Problem
from .post import Letter

CHALLENGE_SECONDS = 10
# "Error codes"
BAD_PARAMETER, CALLBACK_FAILED, WINDOW_CLOSED = 100, 2200, 131047
FILE_KINDS = ("image", "document", "audio", "video", "sticker")


class WhatsApp(Messenger):
    """One number of one account, whatever their ids are."""

    NAME = "whatsapp"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        # signs what comes to our webhook
        self.app_secret = payloads.WHATSAPP_SECRETS["app_secret"]
        self.webhook = {}
        self._number_id = payloads.NUMBER_ID

    # -- the Cloud API -----------------------------------------------------------------

    def look(self, node):
        """Answer a GET of a number or of a file, see ``place_of``.

        :param str node: its id
        """
        return {
            "id": node,
            "display_phone_number": payloads.METADATA["display_phone_number"],
            "verified_name": "Магазин (симулятор)",
        }

    def place_of(self, file, url):
        """Where a file is.

        :param StoredFile file: kept here
        :param str url: good for its content
        """
        told = {"id": file.id, "url": url, "mime_type": file.mimetype}
        return {**told, "file_size": len(file.content)}

    def subscribe(self, values):
        """Take an address for our events, once it has shown that it is ours.

        :raises Problem: it does not know the verify token
        """
        url = values.get("override_callback_uri") or ""
        if not _is_proven(url, values.get("verify_token") or ""):
            raise Problem(400, CALLBACK_FAILED, "Callback verification failed")
        self.webhook = {"url": url}
        return {"success": True}

    def unsubscribe(self):
        """Send no more events."""
        self.webhook = {}
        return {"success": True}

    def upload(self, uploaded):
        """Keep a file of ours for the message that will name it.

        :param uploaded: (name, mimetype, content)
        """
        return {"id": self.keep(*uploaded).id}

    def take(self, number_id, values):
        """Take a message of ours; its states are told one after the other.

        :param str number_id: which of our numbers sends
        :raises Problem: as the Cloud API would refuse it
        """
        self._number_id = number_id
        person = self._person_of(values)
        line = self.add(person, self._line_of(values))
        if values["type"] == "template" or self.chat(person).is_window_open:
            self._come_to(person, line, SENT)
            self._come_to(person, line, DELIVERED)
        else:
            self._come_to(person, line, FAILED)
        contact = {"input": values.get("to", ""), "wa_id": person.phone}
        return {
            "messaging_product": "whatsapp",
            "contacts": [contact],
            "messages": [{"id": line.id}],
        }

    def _person_of(self, values):
        for person in self.people:
            if values.get("to") == person.phone:
                return person
            if values.get("recipient") == person.bsuid:
                return person
        raise Problem(400, BAD_PARAMETER, "(#100) Invalid parameter: to")

    def _line_of(self, values):
        """The message that a request asks to send."""
        kind = values.get("type")
        content = values.get(kind) or {}
        return Line(
            _wamid(),
            is_ours=True,
            text=_text_of(kind, content),
            file=self._file_of(kind, content),
            buttons=_buttons(content),
            key=values.get("biz_opaque_callback_data", ""),
        )

    def _file_of(self, kind, content):
        if kind not in FILE_KINDS:
            return None
        if content.get("id") not in self.files:
            raise Problem(400, BAD_PARAMETER, "(#100) Invalid parameter: media id")
        return self.files[content["id"]]

    # -- what only here a customer can do ----------------------------------------------

    def withdraw(self, person, line_id):
        """He deletes a message of his for everyone."""
        self.chat(person).line(line_id).is_withdrawn = True
        revoke = {"original_message_id": line_id}
        self._tell(person, self._message(person, "revoke", _wamid(), revoke=revoke))

    def place(self, person):
        """He sends a place on the map.

        :return: Line
        """
        line = self.add(person, self._new(person, text="Место на карте"))
        place = self._message(person, "location", line.id, location=payloads.PLACE)
        self._tell(person, place)
        return line

    def press(self, person, data, title=""):
        """He presses a button below a message of ours."""
        reply = {"type": "button_reply", "button_reply": {"id": data, "title": title}}
        press = self._message(person, "interactive", _wamid(), interactive=reply)
        self._tell(person, press)

    # -- events ------------------------------------------------------------------------

    def _new(self, person, **values):
        return Line(_wamid(), is_ours=False, **values)

    def _message(self, person, kind, wamid, **content):
        return payloads.whatsapp_message(
            kind,
            wamid,
            person.phone,
            person.bsuid,
            timestamp=str(int(time.time())),
            **content,
        )

    def _tell_message(self, person, line):
        if line.file:
            kind, content = _media(line)
        else:
            kind, content = "text", {"body": line.text}
        self._tell(person, self._message(person, kind, line.id, **{kind: content}))

    def _tell_edit(self, person, line):
        edit = {
            "original_message_id": line.id,
            "message": {"type": "text", "text": {"body": line.text}},
        }
        self._tell(person, self._message(person, "edit", _wamid(), edit=edit))

    def _tell_state(self, person, line):
        errors = {"errors": [payloads.FAILURE]} if line.state == FAILED else {}
        status = payloads.whatsapp_status(
            line.state,
            line.id,
            timestamp=str(int(time.time())),
            recipient_id=person.phone,
            recipient_user_id=person.bsuid,
            biz_opaque_callback_data=line.key,
            **errors,
        )
        self._bring(payloads.whatsapp_change(statuses=[status]))

    def _tell(self, person, message):
        contact = payloads.whatsapp_person(person.phone, person.bsuid, person.name)
        self._bring(payloads.whatsapp_change(message, contacts=[contact]))

    def _bring(self, change):
        """Bring a change, signed, as one of the number that is written to."""
        if not self.webhook:
            return
        metadata = {**payloads.METADATA, "phone_number_id": self._number_id}
        change["value"]["metadata"] = metadata
        body = payloads.raw(payloads.whatsapp_body(change))
        headers = payloads.signature(body, self.app_secret)
        self.post.send(Letter(self.webhook["url"], body, headers))


def _wamid():
    return f"wamid.{secrets.token_hex(16).upper()}"


def _is_proven(url, token):
    """Whether an address gives our challenge back, "Verification requests"."""
    challenge = secrets.token_hex(8)
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": token,
        "hub.challenge": challenge,
    }
    try:
        answer = requests.get(url, params=query, timeout=CHALLENGE_SECONDS)
    except requests.RequestException:
        return False
    return answer.ok and answer.text == challenge


def _text_of(kind, content):
    """What the customer reads of a message of ours."""
    if kind == "template":
        return f"Шаблон {content.get('name')}"
    body = content.get("body") or content.get("caption") or ""
    return body if isinstance(body, str) else body.get("text", "")


def _buttons(content):
    """(title, data) of an "interactive" message with buttons or with a list."""
    action = content.get("action") or {}
    replies = [one["reply"] for one in action.get("buttons", [])]
    rows = [row for part in action.get("sections", []) for row in part["rows"]]
    return tuple((one["title"], one["id"]) for one in [*replies, *rows])


def _media(line):
    """(kind, its object) of a file of a customer."""
    file = line.file
    kind = file.mimetype.partition("/")[0]
    kind = kind if kind in ("image", "audio", "video") else "document"
    content = {"id": file.id, "mime_type": file.mimetype, "sha256": "x"}
    if kind == "document":
        content["filename"] = file.name
    if line.text:
        content["caption"] = line.text
    return kind, content
