"""The page on which one writes as a customer, and the doors it calls."""

import json
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from .chats import READ

HTML = Path(__file__).with_name("page.html")
LARGEST_FILE_BYTES = 100 * 1024 * 1024


class Page:
    """Doors of the page: each takes a form and gives what is now to be seen.

    :param Provider provider: whose customers write
    """

    def __init__(self, provider):
        self.provider = provider

    def html(self):
        """The page itself; it has no other part."""
        return HTML.read_text("utf-8")

    def answer(self, request, door):
        """Go through a door.

        :param str door: name of one of DOORS
        :raises NotFound: there is no such door
        """
        if door not in DOORS:
            raise NotFound
        try:
            if request.method == "POST":
                DOORS[door](self, request)
            state = self._state(request)
        except (AttributeError, KeyError, ValueError) as error:
            # the page shows it
            return as_json({"error": str(error) or type(error).__name__}, 400)
        return as_json(state)

    # -- doors -------------------------------------------------------------------------

    def _look(self, request):
        """The customer has the chat open."""
        messenger, person = self._who(request)
        messenger.read(person)

    def _write(self, request):
        messenger, person = self._who(request)
        text = request.form.get("text", "").strip()
        file = request.files.get("file")
        if file:
            name, content = file.filename or "file", file.read(LARGEST_FILE_BYTES)
            messenger.send(person, name, file.mimetype, content, text)
        elif text:
            messenger.write(person, text)
        else:
            raise ValueError("Напишите сообщение или выберите файл.")

    def _edit(self, request):
        messenger, person = self._who(request)
        messenger.edit(person, request.form["line"], request.form["text"])

    def _withdraw(self, request):
        messenger, person = self._who(request)
        messenger.withdraw(person, request.form["line"])

    def _place(self, request):
        messenger, person = self._who(request)
        messenger.place(person)

    def _press(self, request):
        messenger, person = self._who(request)
        messenger.press(person, request.form["data"], request.form["title"])

    def _block(self, request):
        messenger, person = self._who(request)
        if messenger.chat(person).is_blocked:
            messenger.unblock(person)
        else:
            messenger.block(person)

    def _day(self, request):
        messenger, person = self._who(request)
        messenger.let_a_day_pass(person)

    def _add(self, request):
        self.provider.people.add(request.form["name"])

    def _fault(self, request):
        if request.form["kind"] == "none":
            self.provider.faults.clear()
        else:
            count = max(int(request.form.get("count", 1)), 1)
            self.provider.faults.order(request.form["kind"], count)

    # -- what is to be seen ------------------------------------------------------------

    def _who(self, request):
        """(Messenger, Person) that a request is about."""
        messenger = self.provider.messengers[request.values["messenger"]]
        return messenger, self.provider.people[int(request.values["person"])]

    def _state(self, request):
        messenger, person = self._who(request)
        chat = messenger.chat(person)
        return {
            "people": [self._as_row(one) for one in self.provider.people],
            "lines": [_as_line(messenger, line) for line in list(chat.lines)],
            "is_blocked": chat.is_blocked,
            "is_window_open": chat.is_window_open,
            "is_connected": bool(messenger.webhook),
            "can": [name for name in ("block", "withdraw") if hasattr(messenger, name)],
            "faults": self.provider.faults.waiting(),
            "lost": len(self.provider.post.lost),
        }

    def _as_row(self, person):
        """A customer, and per messenger how much of ours is not read yet."""
        unread = {
            name: sum(
                line.is_ours and line.state != READ
                for line in messenger.chat(person).lines
            )
            for name, messenger in self.provider.messengers.items()
        }
        return {"number": person.number, "name": person.name, "unread": unread}


DOORS = {
    "look": Page._look,
    "write": Page._write,
    "edit": Page._edit,
    "withdraw": Page._withdraw,
    "place": Page._place,
    "press": Page._press,
    "block": Page._block,
    "day": Page._day,
    "add": Page._add,
    "fault": Page._fault,
}


def _as_line(messenger, line):
    file = line.file and {
        "name": line.file.name,
        "mimetype": line.file.mimetype,
        "url": f"/page/files/{messenger.NAME}/{line.file.id}",
    }
    return {
        "id": line.id,
        "is_ours": line.is_ours,
        "text": line.text,
        "file": file,
        "at": line.at,
        "state": line.state,
        "is_edited": line.is_edited,
        "is_withdrawn": line.is_withdrawn,
        "buttons": [{"title": title, "data": data} for title, data in line.buttons],
    }


def as_json(value, status=200):
    """A value as an answer."""
    words = json.dumps(value, ensure_ascii=False)
    return Response(words, status=status, mimetype="application/json")
