"""The helpers of tests/support do what the tests that use them rely on."""

import urllib.request

import psutil
import psycopg2
import pytest

from odoo.tests import HttpCase, TransactionCase

from support import own_database, running_server


class TestOwnCopy(TransactionCase):
    """The suite's own database."""

    def test_both_languages_without_demo_data(self):
        languages = self.env["res.lang"].get_installed()
        self.assertEqual({"en_US", "ru_RU"}, {code for code, _name in languages})
        self.assertFalse(self.env["ir.module.module"].search([("demo", "=", True)]))

    def test_cyrillic_trigrams_and_unaccent(self):
        """A cluster in the C locale answers with an empty list."""
        self.env.cr.execute("SELECT show_trgm('Пётр'), unaccent('Пётр')")
        trigrams, plain = self.env.cr.fetchone()
        self.assertTrue(trigrams)
        self.assertEqual("Петр", plain)


class TestBrowser(HttpCase):
    """Chromium really runs; see conftest.py for what happens when it does not."""

    def test_login_page(self):
        self.browser_js(
            "/web/login",
            "document.querySelector('input#login')"
            " ? console.log('test successful') : console.error('no login field')",
        )

    def test_backend_in_russian(self):
        self.env.ref("base.user_admin").lang = "ru_RU"
        self.browser_js(
            "/odoo",
            "luxon.Settings.defaultLocale === 'ru-RU' ? console.log('test successful')"
            " : console.error('not Russian: ' + luxon.Settings.defaultLocale)",
            ready="!!document.querySelector('.o_web_client .o_main_navbar')",
            login="admin",
        )


def test_own_database_keeps_what_is_committed(own_database):
    """Two connections see each other's commits, and conflict as in production."""
    with own_database.environment() as env:
        partner = env["res.partner"].create({"name": "Анна"})
    with own_database.cursor() as first, own_database.cursor() as second:
        query = "UPDATE res_partner SET name = %s WHERE id = %s"
        second.execute("SELECT name FROM res_partner WHERE id = %s", [partner.id])
        assert second.fetchone() == ("Анна",)
        first.execute(query, ["Мария", partner.id])
        first.commit()
        with pytest.raises(psycopg2.errors.SerializationFailure):
            second.execute(query, ["Ольга", partner.id], log_exceptions=False)


def test_own_database_is_gone_afterwards():
    with own_database(load=False) as database:
        name = database.name
        psycopg2.connect(dbname=name).close()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(dbname=name)


def test_server_answers_real_clients(own_database, odoo_server):
    """XML-RPC with a password, JSON-2 with an API key, a page with its assets."""
    call = odoo_server.xmlrpc("admin", "admin")
    [partner_id] = call("res.partner", "create", [{"name": "Через XML-RPC"}])
    key = own_database.api_key("admin")
    answer = odoo_server.json2(
        key, "res.partner", "read", ids=[partner_id], fields=["name"]
    )
    assert answer.status_code == 200
    assert answer.json()[0]["name"] == "Через XML-RPC"
    with urllib.request.urlopen(f"{odoo_server.url}/web/login") as page:
        assert "/web/assets/" in page.read().decode()


def test_server_survives_the_loss_of_a_worker():
    """The workers can be killed for a fault test, and all are gone at the end."""
    with (
        own_database(load=False) as database,
        running_server(database.name, workers=2) as server,
    ):
        workers = server.children()
        assert len(workers) >= 2
        victim = workers[0]
        victim.kill()
        psutil.wait_procs([victim], timeout=10)
        with urllib.request.urlopen(f"{server.url}/web/login", timeout=30) as page:
            assert page.status == 200
        processes = [*server.children(), psutil.Process(server.process.pid)]
    assert not [process for process in processes if process.is_running()]
