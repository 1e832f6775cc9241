"""Joins pytest, pytest-odoo and the databases that bin/test prepares.

Every pytest process (each xdist worker is one) works on its own copy of the
template database, filestore included, and serves it on its own free port.
"""

import os
import threading

import hypothesis
import pytest

import odoo.modules
import odoo.tests
from odoo.tools import config as odoo_config

from support.databases import copied_database, loaded_registry

pytest_plugins = ["support.fixtures"]

# Property tests are the same at every run: a red build can be repeated.
hypothesis.settings.register_profile(
    "suite",
    max_examples=50,
    deadline=None,
    derandomize=True,
    # the suite also runs on machines that are busy with something else
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")

# Odoo sets these two on test classes below odoo.addons only; ours in tests/ use
# the same base classes.
odoo.tests.BaseCase.test_tags = {"standard", "post_install"}
odoo.tests.BaseCase.test_module = "tests"


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Replace pytest-odoo's: a copy with its own filestore, then test mode."""
    threading.current_thread().testing = True
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with copied_database(f"{os.environ['TEST_RUN']}_{worker}") as name:
        odoo_config["db_name"] = [name]
        odoo_config["dbfilter"] = f"^{name}$"
        # Odoo runs its own test suites while it loads a registry in test mode
        with loaded_registry(name):
            odoo_config["test_enable"] = True
            yield
            odoo_config["test_enable"] = False


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag(load_registry):
    """Replace pytest-odoo's, which leaves test mode between two modules.

    Pages carry the tours (web.assets_tests) only in test mode.
    """
    odoo_config["test_enable"] = True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail the browser tests that cannot start their browser.

    Odoo skips them, and a suite without its browser journeys would look green.
    """
    outcome = yield
    report = outcome.get_result()
    # a skip's longrepr is (path, line, reason); an expected failure has another
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if "chrome" in reason.lower() or "websocket-client" in reason:
            report.outcome = "failed"
            report.longrepr = f"the browser did not start: {reason}"


def pytest_unconfigure(config):
    """Close Odoo's connections, so that nothing holds the copies."""
    odoo.sql_db.close_all()
