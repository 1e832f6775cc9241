"""Helpers for tests that need more than a rolled-back transaction.

``databases``  copies of the template database, with real commits
``servers``    a real Odoo process on a free port against such a copy
``fixtures``   both as pytest fixtures: ``own_database``, ``odoo_server``
"""

from .databases import Database, own_database
from .servers import Server, running_server

__all__ = ["Database", "Server", "own_database", "running_server"]
