"""Copies of the template database (bin/test names it in TEST_TEMPLATE)."""

import itertools
import os
import shutil
import subprocess
from contextlib import closing, contextmanager

import odoo.api
import odoo.sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

_numbers = itertools.count(1)


def template_name():
    """Name of the template: our addons installed, Russian loaded, no demo data."""
    try:
        return os.environ["TEST_TEMPLATE"]
    except KeyError:
        raise RuntimeError("run the tests with bin/test") from None


def _createdb(name):
    # what Odoo knows of the server is not what psql's tools know: pass it on
    subprocess.run(
        ["createdb", f"--template={template_name()}", name],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def _dropdb(name):
    command = ["dropdb", "--if-exists", name]
    # --force may not end autovacuum, which the plain form ends by itself
    forced = subprocess.run(
        [*command, "--force"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if forced.returncode:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _link_or_copy(source, target):
    """Hard-link: Odoo never changes a file of the filestore in place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@contextmanager
def dropped_database(name):
    """Drop a database with its filestore at the end, whoever makes it."""
    try:
        yield name
    finally:
        odoo.sql_db.close_db(name)
        _dropdb(name)
        shutil.rmtree(config.filestore(name), ignore_errors=True)


@contextmanager
def copied_database(name):
    """Copy the template with its filestore to ``name``, and drop both at the end.

    Without the filestore every asset of the copy would answer 500.
    """
    filestore = config.filestore(name)
    _createdb(name)
    with dropped_database(name):
        shutil.rmtree(filestore, ignore_errors=True)
        shutil.copytree(
            config.filestore(template_name()), filestore, copy_function=_link_or_copy
        )
        yield name


@contextmanager
def loaded_registry(name):
    """Load the registry of a database outside test mode, and forget it at the end.

    In test mode Odoo would run its modules' own tests while loading.
    """
    test_enable = config["test_enable"]
    config["test_enable"] = False
    try:
        registry = Registry(name)
    finally:
        config["test_enable"] = test_enable
    try:
        yield registry
    finally:
        Registry.delete(name)


class Database:
    """A throw-away database: real transactions, several connections, real commits."""

    def __init__(self, name, registry):
        self.name = name
        self.registry = registry

    @contextmanager
    def environment(self, user=odoo.api.SUPERUSER_ID, **context):
        """Yield an ``env`` on a connection of its own; commit, or roll back on error.

        Servers of the database learn what they must not keep, as after a request.

        :param user: id of the user, the superuser by default
        """
        with self.registry.cursor() as cr:
            yield odoo.api.Environment(cr, user, context)
        self.registry.signal_changes()

    @contextmanager
    def cursor(self):
        """Yield a cursor that the test itself commits, rolls back or abandons."""
        with closing(self.registry.cursor()) as cr:
            yield cr

    def api_key(self, login, name="tests", scope="rpc", days=1):
        """Return a new API key of the user, for JSON-2 and XML-RPC clients."""
        with self.environment() as env:
            user = env["res.users"].search([("login", "=", login)])
            expires = odoo.fields.Datetime.add(odoo.fields.Datetime.now(), days=days)
            keys = env["res.users.apikeys"].with_user(user)
            return keys._generate(scope, name, expires)

    def set_password(self, login, password):
        """Give the user a password: the template has none but admin's."""
        with self.environment() as env:
            env["res.users"].search([("login", "=", login)]).password = password


@contextmanager
def own_database(load=True):
    """Yield a :class:`Database` copied from the template, dropped at the end.

    :param load: whether this process loads its registry (2 to 5 s); not needed
        when only a server process works on it
    """
    name = f"{os.environ['TEST_RUN']}_{os.getpid()}_{next(_numbers)}"
    with copied_database(name):
        if not load:
            yield Database(name, None)
            return
        with loaded_registry(name) as registry:
            yield Database(name, registry)
