"""Both APIs, the page and its doors behind one address of the loopback interface."""

import logging
import threading
import time
from contextlib import contextmanager
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .chats import Problem
from .faults import BROKEN, CUT, RATE, SILENT, Faults
from .page import Page, as_json
from .people import People
from .post import Post
from .telegram import SENDING, Telegram
from .whatsapp import WhatsApp

HOST = "127.0.0.1"
# how soon it notices that it is to end
POLL_SECONDS = 0.05
ROUTES = Map(
    [
        Rule("/", endpoint="page"),
        Rule("/page/<door>", endpoint="door"),
        Rule("/page/files/<messenger>/<file_id>", endpoint="shown_file"),
        Rule("/telegram/bot<token>/<method>", endpoint="bot"),
        Rule("/telegram/file/bot<token>/files/<file_id>", endpoint="telegram_file"),
        Rule("/graph/files/<file_id>", endpoint="whatsapp_file"),
        Rule("/graph/<node>", endpoint="look"),
        Rule("/graph/<node>/<edge>", endpoint="graph"),
    ]
)


class Provider:
    """Telegram and WhatsApp at one address.

    :param int port: of the loopback interface; 0 takes a free one
    :param Faults faults: whose times a test may shorten
    """

    def __init__(self, port=0, faults=None):
        self.people = People()
        self.faults = faults or Faults()
        self.post = Post(self.faults)
        self.telegram = Telegram(self.people, self.faults, self.post)
        self.whatsapp = WhatsApp(self.people, self.faults, self.post)
        self.messengers = {one.NAME: one for one in (self.telegram, self.whatsapp)}
        self.page = Page(self)
        self._server = make_server(
            HOST, port, self, threaded=True, request_handler=_Handler
        )
        # a request that hangs on purpose does not hold up the end
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_port}"
        # what a gateway's field "api_url" holds
        self.api_urls = {
            "telegram": f"{self.url}/telegram",
            "whatsapp": f"{self.url}/graph",
        }

    def serve(self):
        """Answer until the process ends."""
        self._server.serve_forever()

    @contextmanager
    def served(self):
        """Answer in a thread until the block ends."""
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=[POLL_SECONDS], daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    # -- requests ----------------------------------------------------------------------

    def __call__(self, environ, start_response):
        """WSGI."""
        request = Request(environ)
        try:
            endpoint, values = ROUTES.bind_to_environ(environ).match()
            response = getattr(self, f"_on_{endpoint}")(request, **values)
        except HTTPException as error:
            response = error
        return response(environ, start_response)

    def _on_page(self, _request):
        return Response(self.page.html(), mimetype="text/html")

    def _on_door(self, request, door):
        return self.page.answer(request, door)

    def _on_shown_file(self, _request, messenger, file_id):
        return self._file(messenger, file_id)

    def _on_telegram_file(self, _request, token, file_id):
        return self._file("telegram", file_id)

    def _on_whatsapp_file(self, request, file_id):
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return as_json({"error": {"code": 190, "message": "No token"}}, 401)
        return self._file("whatsapp", file_id)

    def _file(self, messenger, file_id):
        """:raises NotFound: there is no such file"""
        if messenger not in self.messengers:
            raise NotFound
        file = self.messengers[messenger].files.get(file_id)
        if not file:
            raise NotFound
        # nothing that was sent is run by the browser that looks at the page
        headers = {"Content-Security-Policy": "sandbox"}
        return Response(file.content, mimetype=file.mimetype, headers=headers)

    # -- Telegram ----------------------------------------------------------------------

    def _on_bot(self, request, token, method):
        values, files = _read(request)
        try:
            result = self._answer(
                method in SENDING, self.telegram.call, method, values, files
            )
        except Problem as problem:
            return _telegram_error(problem, self.faults.retry_after)
        return as_json({"ok": True, "result": result})

    # -- WhatsApp ----------------------------------------------------------------------

    def _on_look(self, _request, node):
        file = self.whatsapp.files.get(node)
        if file:
            url = f"{self.api_urls['whatsapp']}/files/{file.id}"
            return as_json(self.whatsapp.place_of(file, url))
        return as_json(self.whatsapp.look(node))

    def _on_graph(self, request, node, edge):
        values, files = _read(request)
        try:
            return as_json(self._graph(request.method, node, edge, values, files))
        except Problem as problem:
            error = {"code": problem.code, "message": problem.words}
            return as_json({"error": error}, problem.status)

    def _graph(self, method, node, edge, values, files):
        whatsapp = self.whatsapp
        if edge == "messages":
            return self._answer(True, whatsapp.take, node, values)
        if edge == "media" and "file" in files:
            return whatsapp.upload(files["file"])
        if edge == "subscribed_apps" and method == "DELETE":
            return whatsapp.unsubscribe()
        if edge == "subscribed_apps":
            return whatsapp.subscribe(values)
        raise Problem(404, 2500, "Unknown path components")

    # -- faults ------------------------------------------------------------------------

    def _answer(self, is_message, function, *arguments):
        """Do what a request asks for, unless a fault is due.

        :param bool is_message: only these go wrong
        :raises Problem: also those that were ordered
        :raises ConnectionAbortedError: the connection ends without an answer
        """
        fault = self.faults.next_answer() if is_message else None
        if fault == RATE:
            raise Problem(429, 429, "Too Many Requests: retry later")
        if fault == BROKEN:
            raise Problem(500, 500, "Internal Server Error")
        if fault == SILENT:
            time.sleep(self.faults.silent_seconds)
            raise ConnectionAbortedError
        result = function(*arguments)
        if fault == CUT:
            raise ConnectionAbortedError
        return result


class _Handler(WSGIRequestHandler):
    """One request a connection, so that one that is cut is seen to be cut."""

    protocol_version = "HTTP/1.0"

    def log_request(self, *_arguments):
        """Addresses hold tokens: they stand in no log."""


def _read(request):
    """(values, files) of a request, JSON or a form.

    :return: dict, and dict field -> (name, mimetype, content)
    """
    if request.is_json:
        return request.get_json(silent=True) or {}, {}
    files = {
        name: (unquote(file.filename or name), file.mimetype, file.read())
        for name, file in request.files.items()
    }
    return request.form.to_dict(), files


def _telegram_error(problem, retry_after):
    error = {"ok": False, "error_code": problem.code, "description": problem.words}
    if problem.status == 429:
        error["parameters"] = {"retry_after": retry_after}
    return as_json(error, problem.status)


# what goes wrong on purpose is no news for the log
logging.getLogger("werkzeug").setLevel(logging.WARNING)
