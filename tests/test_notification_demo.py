"""The demo data of the notifications: loadable as a whole, and it shows an effect."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from passlib.hash import pbkdf2_sha512
from stdnum.ru import inn

from odoo import fields
from odoo.modules import Manifest
from odoo.tools import convert_file

from odoo.addons.partner_notifications.demo import load

from support import own_database

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "addons" / "partner_notifications" / "demo"
PORTAL = ("romashka", "romashka2", "vasilek", "lutik")
STAFF = ("clerk", "clerk2", "topicmanager", "sender")


@pytest.fixture(scope="module")
def demo_env():
    """An environment in which the demo data has just been loaded."""
    with own_database() as database, database.environment() as env:
        for file in Manifest.for_addon("partner_notifications")["demo"]:
            convert_file(env, "partner_notifications", file, {}, "init", noupdate=True)
        load(env)
        yield env


def waves(env, source):
    company = env.ref("partner_notifications.demo_company")
    return env["partner.notification.broadcast"].search(
        [("company_id", "=", company.id), ("rule_id.source", "=", source)], order="id"
    )


def test_everybody_signs_in_with_the_login_as_password(demo_env):
    with (DEMO / "password_hashes.csv").open(encoding="utf-8", newline="") as file:
        hashes = {row["login"]: row["password"] for row in csv.DictReader(file)}
    assert hashes.keys() == {*PORTAL, *STAFF}
    for login, password in hashes.items():
        assert pbkdf2_sha512.verify(login, password)
        assert demo_env["res.users"].search([("login", "=", login)])
    printed = (ROOT / "bin" / "run").read_text("utf-8")
    assert all(f" {login} " in printed for login in hashes)


def test_companies_have_valid_tax_numbers(demo_env):
    for name in ("company_partner", "romashka", "vasilek"):
        assert inn.is_valid(demo_env.ref(f"partner_notifications.demo_{name}").vat)


def test_a_finished_wave_shows_its_effect(demo_env):
    """K10, X1: told, held out, and a difference that is more than chance."""
    wave = waves(demo_env, "debt")[0]
    assert wave.state == "done"
    assert wave.sent_count > 2 * wave.hold_out_count >= 60
    assert wave.effect_final
    settled = wave.effect_ids.filtered(lambda figure: figure.measure == "settled")
    assert settled.verdict == "more"
    assert not wave.effect_warning


def test_the_wave_of_this_week_is_not_judged_yet(demo_env):
    wave = waves(demo_env, "debt")[1]
    assert wave.started_at > fields.Datetime.now() - timedelta(days=7)
    assert not wave.effect_final


def test_every_portal_user_has_something_to_read(demo_env):
    for login in PORTAL:
        user = demo_env["res.users"].search([("login", "=", login)])
        receipts = demo_env["partner.notification.receipt"].with_user(user)
        found = receipts.search(receipts._current())
        assert {"Перенос доставки", "Delivery moved"} & set(found.mapped("topic_name"))
        assert found.filtered(lambda receipt: not receipt.read_at)


def test_debts_are_of_every_kind(demo_env):
    """Overdue, not yet due, paid in part, and a refund."""
    vasilek = demo_env.ref("partner_notifications.demo_vasilek")
    moves = demo_env["account.move"].search([("partner_id", "=", vasilek.id)])
    assert {"out_invoice", "out_refund"} <= set(moves.mapped("move_type"))
    assert "partial" in moves.mapped("payment_state")
    romashka = demo_env.ref("partner_notifications.demo_romashka")
    dues = demo_env["account.move"].search([("partner_id", "=", romashka.id)])
    today = fields.Date.today()
    assert any(move.invoice_date_due > today for move in dues)
    assert any(move.invoice_date_due < today for move in dues)
