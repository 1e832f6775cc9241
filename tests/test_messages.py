"""Stage messages under real commits: a dying worker, rows that somebody holds."""

from unittest.mock import patch

import pytest

from odoo import Command

from support import own_database


class _Killed(BaseException):
    """What a worker that is killed looks like from inside: nothing catches it."""


@pytest.fixture(scope="module")
def database():
    with own_database() as database:
        with database.environment() as env:
            env["ir.mail_server"].create({"name": "Test", "smtp_host": "localhost"})
        yield database


def _orders(env, count):
    """Orders of one customer in the first stage of a route: one mail queued each."""
    product = env["product.product"].create({"name": "Kvass", "type": "consu"})
    customer = env["res.partner"].create({"name": "Anna", "email": "a@example.com"})
    orders = env["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "service_fulfilment": "delivery",
                "order_line": [Command.create({"product_id": product.id})],
            }
            for _number in range(count)
        ]
    )
    orders._service_start(actor="system")
    return orders.ids


def _mails(env, order_ids):
    """Ids of the orders, once a mail written to their customer."""
    mails = env["mail.mail"].search(
        [("model", "=", "sale.order"), ("res_id", "in", order_ids)]
    )
    return sorted(mails.mapped("res_id"))


def _send(database):
    with database.environment() as env:
        env["order.service.message"]._cron_send()


@pytest.mark.parametrize("dies_after", [0, 1])
def test_a_killed_worker_sends_nothing_twice_and_loses_nothing(database, dies_after):
    """S11: once each. The worker dies before the commit of a batch."""
    with database.environment() as env:
        order_ids = _orders(env, 5)
    with database.environment() as env:
        crons = type(env["ir.cron"])
    commit, calls = crons._commit_progress, []

    def dying_commit(self, processed=0, **kwargs):
        if processed:
            calls.append(processed)
            if len(calls) > dies_after:
                raise _Killed
        return commit(self, processed, **kwargs)

    batch = patch("odoo.addons.order_service.models.order_service_message.BATCH", 2)
    with batch, patch.object(crons, "_commit_progress", dying_commit):
        with pytest.raises(_Killed):
            _send(database)
    with database.environment() as env:
        assert len(_mails(env, order_ids)) == 2 * dies_after
    _send(database)
    with database.environment() as env:
        assert _mails(env, order_ids) == sorted(order_ids)


def test_orders_that_somebody_holds_wait_for_the_next_run(database):
    with database.environment() as env:
        order_ids = _orders(env, 3)
    held = order_ids[1]
    with database.cursor() as colleague:
        colleague.execute(
            "SELECT 1 FROM sale_order WHERE id = %s FOR NO KEY UPDATE", [held]
        )
        _send(database)
        with database.environment() as env:
            assert held not in _mails(env, order_ids)
            assert len(_mails(env, order_ids)) == 2
        colleague.rollback()
    _send(database)
    with database.environment() as env:
        assert _mails(env, order_ids) == sorted(order_ids)


def test_sending_keeps_no_order_from_its_people(database):
    """A person may move an order while its mail is being written."""
    with database.environment() as env:
        order_ids = _orders(env, 2)
    with database.cursor() as sender, database.cursor() as colleague:
        with database.environment() as env:
            messages = env(cr=sender)["order.service.message"]
            assert len(messages._take(messages._ready_domain())) == 2
        colleague.execute(
            "SELECT id FROM sale_order WHERE id IN %s FOR NO KEY UPDATE NOWAIT",
            [tuple(order_ids)],
        )
        assert colleague.rowcount == 2
