"""The helpers as pytest fixtures, known to every test."""

import pytest

from .databases import own_database as _own_database
from .servers import running_server as _running_server


@pytest.fixture
def own_database():
    """A :class:`support.databases.Database` of the test's own."""
    with _own_database() as database:
        yield database


@pytest.fixture
def odoo_server(own_database):
    """A :class:`support.servers.Server` on the test's own database."""
    with _running_server(own_database.name) as server:
        yield server
