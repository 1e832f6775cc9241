"""The text of a message as a messenger takes it: no markup, nothing lost."""

from html.parser import HTMLParser

BLOCKS = {
    "blockquote",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ol",
    "p",
    "pre",
    "tr",
    "ul",
}
UNSEEN = {"script", "style", "title"}


def plain_text(markup):
    """The text of HTML: lines where it has lines, links with their addresses.

    Odoo's ``html2plaintext`` marks bold with asterisks, puts a space for each tag and
    drops empty lines; the customer would read it.

    :param str markup: sanitized HTML; None is empty
    """
    reader = _Reader()
    reader.feed(markup or "")
    reader.close()
    return "".join(reader.pieces).strip()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces = []
        self._address = ""
        self._title_from = 0
        self._unseen = 0

    def handle_starttag(self, tag, attributes):
        if tag == "br":
            self.pieces.append("\n")
        elif tag in BLOCKS:
            self._new_line()
        elif tag == "a":
            self._address = dict(attributes).get("href") or ""
            self._title_from = len(self.pieces)
        elif tag in UNSEEN:
            self._unseen += 1

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self._new_line()
        elif tag == "a":
            self._name_address()
        elif tag in UNSEEN:
            self._unseen = max(self._unseen - 1, 0)

    def handle_data(self, data):
        if not self._unseen:
            self.pieces.append(data.replace("\r", ""))

    def _new_line(self):
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")

    def _name_address(self):
        """A link's address after its title, unless the title is the address."""
        title = "".join(self.pieces[self._title_from :]).strip()
        is_whole = self._address.startswith(("http://", "https://"))
        if is_whole and self._address.rstrip("/") != title.rstrip("/"):
            self.pieces.append(f" ({self._address})")
        self._address = ""
