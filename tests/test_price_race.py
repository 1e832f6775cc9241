"""A price is changed while the job computes it: no price of before is kept as known."""

from contextlib import contextmanager

import pytest

import odoo.api
from odoo.service.model import retrying

from support import own_database


class Prices:
    """A store with a list and a product, seen through several connections."""

    def __init__(self, database):
        self.database = database
        with database.environment() as env:
            pricelist = env["product.pricelist"].create({"name": "Lenina"})
            store = env["stock.warehouse"].search([], limit=1)
            store.write({"service_code": "ST01", "service_pricelist_id": pricelist.id})
            self.pricelist_id = pricelist.id
            self.product_id = env["product.product"].create({"name": "Kvass"}).id

    @contextmanager
    def connection(self):
        """An environment that the test itself commits."""
        with self.database.cursor() as cr:
            yield odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})

    def set_price(self, env, price):
        """As a person does on the form of the list."""
        rules = env["product.pricelist.item"]
        known = rules.search([("pricelist_id", "=", self.pricelist_id)])
        if known:
            known.fixed_price = price
        else:
            product = env["product.product"].browse(self.product_id)
            rules.create(
                {
                    "pricelist_id": self.pricelist_id,
                    "applied_on": "0_product_variant",
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "product_id": product.id,
                    "fixed_price": price,
                }
            )
        env.flush_all()

    def known(self):
        """The price the table knows, None if it must be asked for."""
        with self.database.environment() as env:
            pricelist = env["product.pricelist"].browse(self.pricelist_id)
            product = env["product.product"].browse(self.product_id)
            known = env["order.service.price"]._read_known([pricelist], product)
            return known.get(pricelist.id, {}).get(product.id)

    def refresh(self):
        with self.connection() as env:
            env["order.service.price"]._cron_refresh()
            env.cr.commit()


@pytest.fixture(scope="module")
def prices():
    with own_database() as database:
        yield Prices(database)


@pytest.fixture(autouse=True)
def known_price(prices):
    with prices.connection() as env:
        retrying(lambda: prices.set_price(env, 80.0), env)
        env.cr.commit()
    prices.refresh()
    assert prices.known() == 80


def test_job_with_an_old_snapshot_keeps_no_old_price(prices):
    """S3: the change is committed after the job began, before it writes."""
    with prices.connection() as editor:
        prices.set_price(editor, 85.0)
        editor.cr.commit()
    with prices.connection() as job, prices.connection() as editor:
        job.execute_query(odoo.tools.SQL("SELECT 1 FROM order_service_price"))
        prices.set_price(editor, 90.0)
        editor.cr.commit()
        job["order.service.price"]._unless_changed(
            job["order.service.price"]._refresh_fixed, prices.pricelist_id
        )
        job.cr.commit()
    assert prices.known() is None
    prices.refresh()
    assert prices.known() == 90


def test_job_passes_by_a_price_that_is_being_changed(prices):
    with prices.connection() as editor:
        prices.set_price(editor, 90.0)
        prices.refresh()
        assert prices.known() == 80, "the change is not committed yet"
        editor.cr.commit()
    assert prices.known() is None
    prices.refresh()
    assert prices.known() == 90


def test_list_that_is_being_changed_does_not_hold_up_the_next(prices):
    with prices.connection() as env:
        later = env["product.pricelist"].create({"name": "Mira"})
        store = env["stock.warehouse"].search([], limit=1)
        mate = store.create({"name": "Mira", "code": "MIRA", "service_code": "ST02"})
        with prices.connection() as editor:
            prices.set_price(editor, 90.0)
            mate.service_pricelist_id = later
            env.cr.commit()
            assert prices.pricelist_id < later.id
            prices.refresh()
            product = env["product.product"].browse(prices.product_id)
            known = env["order.service.price"]._read_known([later], product)
            editor.cr.commit()
    assert later.id in known


def test_edit_with_an_old_snapshot_begins_anew(prices):
    with prices.connection() as editor:
        turns = []

        def edit():
            editor.execute_query(odoo.tools.SQL("SELECT 1 FROM order_service_price"))
            if not turns:
                with prices.connection() as other:
                    prices.set_price(other, 70.0)
                    other.cr.commit()
                prices.refresh()
            turns.append(True)
            prices.set_price(editor, 95.0)

        retrying(edit, editor)
        editor.cr.commit()
    assert len(turns) == 2
    prices.refresh()
    assert prices.known() == 95
