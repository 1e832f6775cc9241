"""A page of Chromium against a server process, driven as a person drives it.

Odoo's own ``ChromeBrowser`` starts and ends it; tours need a server in test mode, and
a server whose jobs run for real is not.
"""

import base64
import json
import logging
import time
from contextlib import contextmanager

import requests

from odoo.tests.common import HOST, ChromeBrowser

_logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 60
LOOK_EVERY_SECONDS = 0.1
# The chat's window on a page is in a shadow root: roots of that kind are looked into.
# A place is there for who can see it, and reach it with the mouse.
HELPERS = """
window.look = {
    roots() {
        const hosts = [...document.querySelectorAll("*")];
        return [document, ...hosts.map((one) => one.shadowRoot).filter(Boolean)];
    },
    all(selector, text) {
        const words = (one) => (one.innerText ?? "").replace(/\\s+/g, " ");
        return this.roots()
            .flatMap((root) => [...root.querySelectorAll(selector)])
            .filter((one) => one.checkVisibility({ visibilityProperty: true }))
            .filter((one) => words(one).includes(text));
    },
    middle(selector, text) {
        const [one] = this.all(selector, text).filter((one) => !one.disabled);
        if (!one) {
            return null;
        }
        one.scrollIntoView({ block: "nearest" });
        const { x, y, width, height } = one.getBoundingClientRect();
        const middle = { x: x + width / 2, y: y + height / 2 };
        const top = one.getRootNode().elementFromPoint(middle.x, middle.y);
        return top && (one.contains(top) || top.contains(one)) ? middle : null;
    },
    choose(selector, label) {
        const [select] = this.all(selector, "").filter((one) => !one.disabled);
        const option = [...(select?.options ?? [])].find(
            (one) => one.text.trim().startsWith(label) && !one.disabled
        );
        if (!option) {
            return false;
        }
        select.value = option.value;
        for (const name of ["input", "change"]) {
            select.dispatchEvent(new Event(name, { bubbles: true }));
        }
        return true;
    },
};
"""
# What is heard no test can notice: it is counted.
SOUNDS = """
window.sounds = 0;
HTMLMediaElement.prototype.play = function () {
    window.sounds += 1;
    return Promise.resolve();
};
"""


class _Viewer:
    """What Odoo's ``ChromeBrowser`` wants to know of the test that uses it."""

    _logger = _logger
    browser_size = "1280x900"
    touch_enabled = False

    def fetch_proxy(self, url):
        """Nothing but our own server is there."""
        return {"body": "", "responseCode": 404, "responseHeaders": []}


class Page:
    """One page, with the session of one person at a time.

    A selector is CSS; of several places the first is meant that holds the text.

    :param server: :class:`support.servers.Server`
    """

    def __init__(self, server, browser):
        self.server = server
        self.browser = browser
        self._ask("Page.addScriptToEvaluateOnNewDocument", source=HELPERS + SOUNDS)

    def _ask(self, method, **params):
        return self.browser._websocket_request(method, params=params, timeout=30)

    def _evaluate(self, expression):
        answer = self._ask(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        # between two pages there is nothing to look at
        return answer["result"].get("value")

    # -- where one is ------------------------------------------------------------------

    def sign_in(self, login, password=None):
        """Go on as another person; his password is his login if none is said."""
        answer = requests.post(
            f"{self.server.url}/web/session/authenticate",
            json={
                "params": {
                    "db": self.server.database,
                    "login": login,
                    "password": password or login,
                }
            },
            timeout=60,
        )
        assert "error" not in answer.json(), f"{login} may not sign in: {answer.text}"
        self._ask("Network.clearBrowserCookies")
        self.browser.set_cookie("session_id", answer.cookies["session_id"], "/", HOST)

    def sign_out(self):
        """Go on as nobody who was here before."""
        self._ask("Network.clearBrowserCookies")

    def open(self, path):
        """Open a page of the server."""
        self.browser.navigate_to(self.server.url + path)
        self._wait("document.readyState === 'complete'", f"{path} does not open")

    # -- what is to be seen ------------------------------------------------------------

    def _wait(self, expression, complaint):
        """What an expression gives, as soon as it gives something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self._fail_on_errors()
            if found := self._evaluate(expression):
                return found
            time.sleep(LOOK_EVERY_SECONDS)
        self.browser.take_screenshot().result(10)
        raise AssertionError(f"{complaint}; the page says:\n{self._words()}")

    def _fail_on_errors(self):
        """An error in the console ends the test that is on the page."""
        if self.browser._result.done():
            self.browser._result.result()

    def _words(self):
        return self._evaluate("look.roots().map((r) => (r.body ?? r).innerText ?? '')")

    def see(self, selector, text=""):
        """Wait until it is there.

        :return: str, the words of it
        """
        place = self._as_arguments(selector, text)
        return self._wait(
            f"look.all({place})[0] && (look.all({place})[0].innerText || ' ')",
            f"{selector} with {text!r} is not there",
        )

    def miss(self, selector, text=""):
        """Wait until it is not there (any more)."""
        place = self._as_arguments(selector, text)
        self._wait(f"!look.all({place}).length", f"{selector} with {text!r} is there")

    def is_there(self, selector, text=""):
        """Whether it is there now."""
        return self._evaluate(
            f"!!look.all({self._as_arguments(selector, text)}).length"
        )

    def sounds(self):
        """How many sounds were played since the page was opened."""
        return self._evaluate("window.sounds")

    def picture(self):
        """What is to be seen, bytes of a PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot")["data"])

    def _as_arguments(self, selector, text):
        return f"{json.dumps(selector)}, {json.dumps(text)}"

    # -- what a person does ------------------------------------------------------------

    def click(self, selector, text=""):
        """Click on it, when it is there, enabled and under nothing else."""
        middle = self._still_place(selector, text)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._ask(
                "Input.dispatchMouseEvent",
                **{"type": kind, "button": "left", "clickCount": 1, **middle},
            )

    def _still_place(self, selector, text):
        """Its middle, when it no longer moves.

        :return: dict with x and y, in pixels
        """
        look = f"look.middle({self._as_arguments(selector, text)})"
        complaint = f"{selector} with {text!r} cannot be clicked on"
        middle = before = None
        while middle is None or middle != before:
            before, middle = middle, self._wait(look, complaint)
            time.sleep(LOOK_EVERY_SECONDS)
        return middle

    def choose(self, selector, label):
        """Choose the option of a list whose name begins so."""
        self._wait(
            f"look.choose({self._as_arguments(selector, label)})",
            f"{selector} has no {label!r} to choose",
        )

    def write(self, selector, text):
        """Click into it and write."""
        self.click(selector)
        self._ask("Input.insertText", text=text)

    def press_enter(self):
        """Press Enter where the cursor is."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        self._ask("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
        self._ask("Input.dispatchKeyEvent", type="keyUp", **key)


@contextmanager
def page_of(server):
    """Yield a :class:`Page`; the browser is gone when the block ends."""
    browser = ChromeBrowser(_Viewer())
    try:
        yield Page(server, browser)
    finally:
        browser.stop()
