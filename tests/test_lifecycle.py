"""Upgrading and uninstalling the addon leaves a database that works."""

import os
import subprocess
import sys

import pytest

from odoo.addons.order_service.tests.common import OrderServiceBuilders

from support import own_database

ADDON = "order_service"


def odoo_module(command, database):
    """Run ``odoo module <command>`` on the addon; its log on failure."""
    done = subprocess.run(
        [sys.executable, "-m", "odoo", "module", command, "-d", database, ADDON],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert " ERROR " not in done.stderr, done.stderr[-3000:]


@pytest.fixture
def used_database():
    """A database whose orders went their ways; its registry is not kept."""
    with own_database() as database:
        with database.environment() as env:
            builders = OrderServiceBuilders()
            type(builders).set_up_world(env)
            for stage in ("check", "assembly", "delivery", "won"):
                builders._carry(builders._order(), stage)
        yield database


def rows(database, query):
    with database.cursor() as cr:
        cr.execute(query)
        return cr.fetchall()


def test_upgrade_keeps_orders_and_what_the_manager_changed(used_database):
    with used_database.environment() as env:
        env.ref("order_service.stage_delivery_check").name = "Our own name"
    query = """SELECT stage.name->>'en_US', count(*) FROM sale_order
                 JOIN order_service_stage stage ON stage.id = service_stage_id
                GROUP BY 1 ORDER BY 1"""
    before = rows(used_database, query)
    assert len(before) == 4
    odoo_module("upgrade", used_database.name)
    assert rows(used_database, query) == before


def test_uninstalled_addon_leaves_orders_that_work(used_database):
    odoo_module("uninstall", used_database.name)
    states = rows(used_database, "SELECT state, count(*) FROM sale_order GROUP BY 1")
    assert sum(count for _state, count in states) >= 4
    left = rows(
        used_database,
        "SELECT model FROM ir_model WHERE model LIKE 'order.service.%'",
    )
    assert left == []
    subprocess.run(
        [sys.executable, "-m", "odoo", "shell", "-d", used_database.name, "--no-http"],
        input="order = env['sale.order'].search([('state', '=', 'draft')], limit=1)\n"
        "order.action_confirm()\n"
        "assert order.state == 'sale', order.state\n"
        "order._action_cancel()\n"
        "assert order.state == 'cancel'\n"
        "env['sale.order'].get_views([(False, 'list'), (False, 'form')])\n"
        "print('still works')\n",
        text=True,
        check=True,
        timeout=300,
        capture_output=True,
    )
