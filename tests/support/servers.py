"""A real Odoo server process, for clients that no test cursor can serve."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xmlrpc.client
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

START_TIMEOUT_SECONDS = 90
STOP_TIMEOUT_SECONDS = 10
PR_SET_PDEATHSIG = 1
WITH_JOBS = "--load=base,web,rpc,queue_job"
# which jobs run, and how many at once; bin/test says none, for tests run their own
CHANNELS = "ODOO_QUEUE_JOB_CHANNELS"


def free_port():
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    """Run in the child: no server outlives a test run, however it was killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A running Odoo server and small clients for it."""

    def __init__(self, database, port, process, log):
        self.database = database
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.process = process
        self.log = log

    def children(self):
        """Return the worker processes (psutil); none when ``workers`` is 0."""
        return psutil.Process(self.process.pid).children()

    def xmlrpc(self, login, password):
        """Return ``call(model, method, *args, **kwargs)`` over XML-RPC."""
        common = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/common")
        uid = common.authenticate(self.database, login, password, {})
        if not uid:
            raise PermissionError(f"{login} may not log in to {self.database}")
        models = xmlrpc.client.ServerProxy(
            f"{self.url}/xmlrpc/2/object", allow_none=True
        )

        def call(model, method, *args, **kwargs):
            return models.execute_kw(
                self.database, uid, password, model, method, args, kwargs
            )

        return call

    def json2(self, key, model, method, **arguments):
        """POST to ``/json/2/<model>/<method>``; return the ``requests`` response."""
        return requests.post(
            f"{self.url}/json/2/{model}/{method}",
            json=arguments,
            headers={
                "Authorization": f"bearer {key}",
                "X-Odoo-Database": self.database,
            },
            timeout=60,
        )

    def kill(self):
        """Kill the server and its workers at once, as a power cut would."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(STOP_TIMEOUT_SECONDS)

    def stop(self):
        """Stop as an administrator would; kill what does not obey."""
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self.kill()


def _command(database, port, workers, options):
    return [
        sys.executable,
        *("-m", "odoo"),
        f"--database={database}",
        # whatever the configuration says: this server has one
        "--db-filter=",
        f"--http-port={port}",
        f"--gevent-port={free_port()}",
        f"--workers={workers}",
        # scheduled jobs run when a test asks for them
        "--max-cron-threads=0",
        *options,
    ]


def _wait_until_it_answers(server):
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/web/login", timeout=30):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    tail = server.log.read_text(errors="replace")[-3000:]
    raise RuntimeError(f"the Odoo server did not start; its log ends:\n{tail}")


@contextmanager
def running_server(database, workers=0, options=(), port=None, jobs=False):
    """Yield a :class:`Server` for a database; it is dead when the block ends.

    Odoo's test classes end every child of their process when a class is done: keep
    the block inside one test or one module that has no such class.

    :param database: name of a database, best one from ``own_database(load=False)``
    :param workers: 0 for threads, else the number of HTTP worker processes
    :param options: further options of the server's command line
    :param int port: of the loopback interface; a free one by default
    :param bool jobs: whether the server runs jobs, as many as odoo.conf says
    """
    port = port or free_port()
    environment = dict(os.environ)
    if jobs:
        options = [WITH_JOBS, *options]
        environment.pop(CHANNELS, None)
    with tempfile.TemporaryDirectory(prefix="odoo_server_") as folder:
        log = Path(folder, "server.log")
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: PLW1509
                _command(database, port, workers, options),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        server = Server(database, port, process, log)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            server.stop()
