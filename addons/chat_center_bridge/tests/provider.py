"""A provider on loopback, and a process that may die at any moment."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo.addons.chat_center_bridge.models import chat_gateway_call, chat_outbox_sending


class Killed(BaseException):
    """The process ends here: nothing after it runs, only what is committed stays."""


class Provider:
    """Answers as Telegram does, unless a test says otherwise.

    :param list answers: for the next requests, each (status, object or bytes); the
        connection is closed where the status is None
    """

    def __init__(self):
        self.requests = []
        self.answers = []
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        self._server = server
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    @property
    def texts(self):
        """Texts the provider got, in order."""
        return [
            json.loads(body)["text"] for path, body in self.requests if body[:1] == b"{"
        ]

    def answer(self, number):
        """(status, body) for the request with a number, from 1 on."""
        if self.answers:
            return self.answers.pop(0)
        message = {"message_id": number, "chat": {"id": 77}}
        return 200, {"ok": True, "result": message}

    def _handler(provider):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.do_POST()

            def do_DELETE(self):
                self.do_POST()

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                provider.requests.append((self.path, body))
                status, answer = provider.answer(len(provider.requests))
                if status is None:
                    self.connection.close()
                    return
                self.send_response(status)
                is_file = isinstance(answer, bytes)
                data = answer if is_file else json.dumps(answer).encode()
                self.send_header("Content-Length", str(len(data)))
                headers = {} if is_file else answer.get("headers", {})
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                """Say nothing."""

        return Handler


class ProviderMixin:
    """A gateway whose provider is on loopback, and commits that a test survives."""

    @classmethod
    def set_up_provider(cls):
        cls.provider = Provider()
        cls.addClassCleanup(cls.provider.close)
        parameters = cls.env["ir.config_parameter"]
        for kind in ("telegram", "whatsapp"):
            name = chat_gateway_call.API_URL_PARAMETER % kind
            parameters.set_param(name, cls.provider.url)
        cls.enterClassContext(patch.object(chat_outbox_sending.time, "sleep"))

    def setUp(self):
        super().setUp()
        self.provider.requests.clear()
        self.provider.answers.clear()

    @contextmanager
    def own_transactions(self):
        """Let the code commit and roll back; when it is killed, only commits remain."""
        cr = self.env.cr
        cr.execute("SAVEPOINT committed")

        def commit():
            self.env.flush_all()
            cr.precommit.run()
            cr.execute("RELEASE SAVEPOINT committed")
            cr.execute("SAVEPOINT committed")

        def rollback():
            self.env.cr.clear()
            cr.execute("ROLLBACK TO SAVEPOINT committed")
            self.env.invalidate_all(flush=False)

        with patch.object(cr, "commit", commit), patch.object(cr, "rollback", rollback):
            try:
                yield
            except Killed:
                rollback()

    def _drain(self, lane=None):
        """Do what the jobs of the lanes do."""
        lanes = self.env["chat.outbox.lane"]
        rows = self.env["chat.outbox"].search([])
        with self.own_transactions():
            for number in [lane] if lane is not None else set(rows.mapped("lane")):
                while lanes._drain_batch(number):
                    pass
                lanes._come_back(number)
        self.env.invalidate_all()

    def _reply(self, channel, body="In an hour.", user=None, **values):
        """An operator writes into a conversation; the row in the outbox."""
        poster = channel.with_user(user) if user else channel
        message = poster.message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment", **values
        )
        return self.env["chat.outbox"].search([("message_id", "=", message.id)])
