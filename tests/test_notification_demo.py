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


def test_the_second_wave_is_not_judged_yet(demo_env):
    wave = waves(demo_env, "debt")[1]
    assert wave.started_at > fields.Datetime.now() - timedelta(days=17)
    assert not wave.effect_final


def test_who_still_owes_is_due_for_the_next_wave(demo_env):
    """The dry run has somebody to show: the rhythm of the second wave is over."""
    rule = waves(demo_env, "debt").rule_id
    assert rule.ramp_ids
    looked = demo_env["partner.notification.dry.run"].with_context(
        **rule.action_dry_run()["context"]
    )
    found = looked.search([("outcome", "=", "sent"), ("is_now", "=", True)])
    assert len(found.commercial_partner_id) > 30


def test_waitlists_have_goods_that_came_in_and_goods_to_come(demo_env):
    """K11: one arrival told, with a button into the draft order."""
    entries = demo_env["partner.waitlist"].search(
        [("company_id", "=", demo_env.ref("partner_notifications.demo_company").id)]
    )
    assert {"waiting", "told"} == set(entries.mapped("state"))
    romashka = demo_env["res.users"].search([("login", "=", "romashka")])
    receipts = demo_env["partner.notification.receipt"].with_user(romashka)
    assert "waitlist" in receipts.search([]).mapped("action")


def test_a_new_manager_and_corrected_details_are_told(demo_env):
    """K7, K8."""
    told = demo_env["partner.notification"].search([("outcome", "=", "sent")])
    by_topic = {
        message.topic_id.code: message.commercial_partner_id for message in told
    }
    assert by_topic["manager"] == demo_env.ref("partner_notifications.demo_romashka")
    assert by_topic["details"] == demo_env.ref("partner_notifications.demo_vasilek")


def test_uploads_stand_in_every_state(demo_env):
    """K9: one sent, too small to tell; one for a second person; one with errors."""
    uploads = demo_env["partner.notification.broadcast"].search(
        [("origin", "=", "upload")], order="id"
    )
    sent, pending, draft = uploads
    assert (sent.state, pending.state, draft.state) == ("done", "pending", "draft")
    assert sent.effect_warning
    assert pending.author_id.login == "clerk"
    assert draft.problem_count == 3


def test_one_person_wants_copies_and_quiet_hours(demo_env):
    igor = demo_env["res.users"].search([("login", "=", "romashka2")])
    assert igor.notification_quiet_from > igor.notification_quiet_to
    wishes = demo_env["partner.notification.preference"].search(
        [("user_id", "=", igor.id), ("email", "=", True)]
    )
    assert len(wishes) == 2


def test_the_section_is_rated_quarter_by_quarter(demo_env):
    """K10."""
    ratings = demo_env["partner.notification.feedback"].search([("score", ">", 0)])
    assert len(set(ratings.mapped("quarter"))) >= 4
    assert {5, 4} <= set(ratings.mapped("score"))


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
