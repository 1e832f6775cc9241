"""The demo data: right in itself, loadable as a whole, alive at any hour of the day."""

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from passlib.hash import pbkdf2_sha512
from stdnum import ean
from stdnum.ru import inn

from odoo import fields
from odoo.modules import Manifest
from odoo.tools import convert_file

from odoo.addons.order_service.demo import load
from odoo.addons.order_service.demo.clock import clock
from odoo.addons.order_service.demo.orders import DemoOrder

from support import own_database

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "addons" / "order_service" / "demo"
IN_STORE_PREFIXES = ("20", "21")
LOGINS = {
    "operator",
    "storeadmin",
    "courier",
    "manager",
    "marketing",
    "integrator",
    "partner1",
    "partner2",
    "partner3",
}


def rows(name):
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def feed():
    return json.loads((ROOT / "examples" / "feed_week.json").read_text("utf-8"))


@pytest.fixture
def coming_feed(tmp_path):
    """The same week from a Monday on for which the demo's stores have slots."""
    day = fields.Date.today() + timedelta(days=3)
    monday = day + timedelta(days=-day.weekday() % 7)
    output = tmp_path / "feed.json"
    script = ROOT / "examples" / "make_feed.py"
    subprocess.run(
        [sys.executable, script, "--start", str(monday), "--output", output], check=True
    )
    return json.loads(output.read_text("utf-8"))


@pytest.fixture(scope="module")
def demo_env():
    """An environment in which the demo data has just been loaded."""
    with own_database() as database, database.environment() as env:
        for file in Manifest.for_addon("order_service")["demo"]:
            convert_file(env, "order_service", file, {}, "init", noupdate=True)
        load(env)
        yield env


class TestFiles:
    """What can be told from the files alone."""

    def test_barcodes_are_valid_in_store_numbers(self):
        codes = [row["barcode"] for row in rows("product.product.csv")]
        assert len(set(codes)) == len(codes) >= 300
        assert all(ean.is_valid(code) for code in codes)
        assert {code[:2] for code in codes} == set(IN_STORE_PREFIXES)

    def test_weighed_goods_are_sold_by_what_was_delivered(self):
        for row in rows("product.product.csv"):
            weighed = row["uom_id/id"] == "uom.product_uom_kgm"
            assert row["invoice_policy"] == ("delivery" if weighed else "order")

    def test_every_store_has_its_own_price_of_every_product(self):
        prices = {}
        for row in rows("product.pricelist.item.csv"):
            goods = prices.setdefault(row["product_id/id"], {})
            goods[row["pricelist_id/id"]] = float(row["fixed_price"])
        products = rows("product.product.csv")
        assert prices.keys() == {row["id"] for row in products}
        for row in products:
            by_store = prices[row["id"]]
            assert len(by_store) == 4
            assert max(by_store.values()) == float(row["list_price"])
        assert len({tuple(by_store.values()) for by_store in prices.values()}) > 200

    def test_companies_have_valid_tax_numbers_and_people_none(self):
        customers = rows("res.partner.csv")
        companies = [row for row in customers if row["is_company"] == "True"]
        assert len(companies) == 20
        assert all(inn.is_valid(row["vat"]) for row in companies)
        assert {len(row["vat"]) for row in companies} == {10, 12}
        assert not any(row["vat"] for row in customers if row not in companies)

    def test_phones_and_addresses_of_mail_are_unique(self):
        customers = rows("res.partner.csv")
        for key in ("phone", "email"):
            counts = Counter(row[key] for row in customers)
            assert max(counts.values()) == 1
        assert all("example.com" in row["email"] for row in customers)

    def test_every_customer_lives_in_the_city_of_the_store(self):
        cities = {
            row["id"].replace("demo_customer_", "c-"): row["city"]
            for row in rows("res.partner.csv")
        }
        stores = {"Хабаровск": ("ST01", "ST02"), "Калининград": ("ST03", "ST04")}
        for story in json.loads((DEMO / "orders.json").read_text("utf-8")):
            assert story["store"] in stores[cities[story["customer"]]], story["ref"]

    def test_everybody_signs_in_with_the_login_as_password(self):
        hashes = {row["login"]: row["password"] for row in rows("password_hashes.csv")}
        people = rows("res.users-staff.csv") + rows("res.users-portal.csv")
        assert hashes.keys() == {row["login"] for row in people} >= LOGINS
        for login in ("operator", "courier8", "partner3"):
            assert pbkdf2_sha512.verify(login, hashes[login])


class TestFeed:
    """The week of a site in ``examples/feed_week.json``."""

    def test_the_script_writes_the_file_that_is_shipped(self, tmp_path):
        output = tmp_path / "feed.json"
        script = ROOT / "examples" / "make_feed.py"
        subprocess.run([sys.executable, script, "--output", output], check=True)
        assert (
            output.read_bytes() == (ROOT / "examples" / "feed_week.json").read_bytes()
        )

    def test_another_week_is_the_same_feed_moved(self, tmp_path, feed):
        output = tmp_path / "feed.json"
        script = ROOT / "examples" / "make_feed.py"
        subprocess.run(
            [sys.executable, script, "--start", "2026-11-30", "--output", output],
            check=True,
        )
        moved = json.loads(output.read_text("utf-8"))
        assert feed[0]["slot"]["start"] == "2026-11-23T12:00:00+10:00"
        assert moved[0]["slot"]["start"] == "2026-11-30T12:00:00+10:00"
        assert moved[0]["lines"] == feed[0]["lines"]

    def test_five_hundred_orders_of_one_to_twenty_five_lines(self, feed):
        assert len({order["external_ref"] for order in feed}) == len(feed) == 500
        sizes = {len(order["lines"]) for order in feed}
        assert min(sizes) == 1
        assert max(sizes) == 25

    def test_half_of_the_customers_are_known(self, feed):
        customers = rows("res.partner.csv")
        phones = {"".join(filter(str.isdigit, row["phone"]))[1:] for row in customers}
        known = [
            order
            for order in feed
            if "".join(filter(str.isdigit, order["customer"]["phone"]))[1:] in phones
        ]
        assert 220 <= len(known) <= 280

    def test_nobody_pays_more_than_the_price_of_the_store(self, feed):
        skus = {row["id"]: row["default_code"] for row in rows("product.product.csv")}
        prices = {
            (row["pricelist_id/id"][-4:].upper(), skus[row["product_id/id"]]): float(
                row["fixed_price"]
            )
            for row in rows("product.pricelist.item.csv")
        }
        for order in feed:
            for line in order["lines"]:
                assert line.get("price", 0) <= prices[order["store"], line["sku"]]

    def test_adult_goods_only_where_adulthood_is_confirmed(self, feed):
        adult = {
            row["default_code"]
            for row in rows("product.product.csv")
            if "_adult" in row["categ_id/id"]
        }
        buying = [
            order
            for order in feed
            if any(line["sku"] in adult for line in order["lines"])
        ]
        assert buying
        assert all("adult_confirmed_at" in order["customer"] for order in buying)

    def test_wishes_of_every_kind_are_there(self, feed):
        lines = [line for order in feed for line in order["lines"]]
        refs = [
            (order["external_ref"], line["ref"])
            for order in feed
            for line in order["lines"]
        ]
        assert len(set(refs)) == len(refs)
        assert any(line.get("key") for line in lines)
        assert {line["policy"] for line in lines} == {
            "listed",
            "similar",
            "call",
            "none",
        }
        companies = [
            order["customer"]
            for order in feed
            if order["customer"]["type"] == "company"
        ]
        assert companies
        assert all(inn.is_valid(company["inn"]) for company in companies)


class TestLoaded:
    """The whole of it in a database: about a minute, paid once."""

    def orders(self, env):
        return env["sale.order"].search([("service_source_id.code", "=", "site")])

    def test_money_is_roubles_with_tax_inside(self, demo_env):
        company = demo_env.ref("order_service.demo_company")
        assert company.currency_id.name == "RUB"
        assert company.tax_calculation_rounding_method == "round_per_line"
        assert demo_env["decimal.precision"].precision_get("Product Unit") == 3
        for order in self.orders(demo_env):
            total = sum(
                line.price_unit * line.product_uom_qty for line in order.order_line
            )
            assert order.amount_total == pytest.approx(total, abs=0.05)
            assert order.amount_total > order.amount_untaxed > 0

    def test_orders_stand_in_every_stage_but_none_is_left_out(self, demo_env):
        orders = self.orders(demo_env)
        stories = json.loads((DEMO / "orders.json").read_text("utf-8"))
        assert len(orders) == len(stories)
        missing = orders.service_route_id.stage_ids - orders.service_stage_id
        assert not missing.filtered(lambda stage: stage.route_id.name == "Delivery")
        assert set(orders.mapped("service_status")) == {
            "new",
            "registered",
            "packed",
            "in_delivery",
            "delivered",
            "cancelled",
            "postponed",
        }

    def test_each_party_refused_something(self, demo_env):
        parties = Counter(self.orders(demo_env).mapped("service_reason_party"))
        assert parties["customer"] and parties["technical"] and parties["delivery"]

    def test_something_is_late_and_something_needs_attention(self, demo_env):
        orders = self.orders(demo_env)
        late = orders.filtered("service_late")
        attention = orders.filtered("service_attention")
        assert 0 < len(late) < len(orders) / 2
        assert 0 < len(attention) < len(orders) / 4

    def test_every_outcome_of_an_assembly_is_shown(self, demo_env):
        """S5, S6: found, weighed, short, replaced, a key item lost, a call."""
        orders = self.orders(demo_env)
        assembled = orders.filtered("service_assembled_at").order_line
        outcomes = assembled.mapped("service_outcome")
        assert set(outcomes) >= {"found", "short", "missing", "replaced"}
        weighed = assembled.filtered(
            lambda line: line.product_uom_qty not in (0, line.service_ordered_qty)
        ).filtered(lambda line: line.service_outcome == "found")
        assert any(line.product_id.uom_id._service_is_measure() for line in weighed)
        lost = assembled.filtered(
            lambda line: line.service_key and line.service_outcome == "missing"
        )
        hanging = lost.order_id.order_line.filtered(
            lambda line: line.service_depends_ids & lost
        )
        assert set(hanging.mapped("product_uom_qty")) == {0}
        sent = assembled.service_replaced_by_ids
        assert sent and all(sent.mapped("product_uom_qty"))
        assert any(line._service_is_asked() for line in orders.order_line)

    def test_goods_of_an_age_are_shown_at_each_hand_over(self, demo_env):
        """S6: at the desk, at the door, refused at the door, asked about in a draft."""
        orders = self.orders(demo_env)
        aged = orders.filtered("service_minimum_age")
        tasks = aged.service_task_ids.filtered(lambda task: task.state == "open")
        asking = tasks.filtered("document_text")
        assert set(asking.mapped("fulfilment")) == {"delivery", "pickup"}
        assert aged.filtered("service_age_missing")
        refused = orders.order_line.filtered("service_off_reason_id")
        assert set(refused.mapped("product_uom_qty")) == {0}
        assert refused.order_id.filtered("amount_total")

    def test_nothing_stays_reserved_for_a_lost_order(self, demo_env):
        lost = self.orders(demo_env).filtered(
            lambda order: order.service_stage_id.outcome == "lost"
        )
        assert lost
        assert set(lost.mapped("state")) == {"cancel"}
        assert not any(lost.picking_ids.move_ids.mapped("quantity"))

    def test_goods_of_won_orders_left_the_store(self, demo_env):
        won = self.orders(demo_env).filtered(
            lambda order: order.service_stage_id.outcome == "won"
        )
        assert won
        for line in won.order_line:
            assert line.qty_delivered == line.product_uom_qty

    def test_moments_of_the_log_rise_and_lie_in_the_past(self, demo_env):
        now = fields.Datetime.now()
        for order in self.orders(demo_env):
            moments = order.service_log_ids.sorted("id").mapped("at")
            moments = [order.service_placed_at, *moments]
            assert moments == sorted(set(moments))
            assert moments[-1] <= now

    def test_work_is_done_by_people_of_the_store(self, demo_env):
        done = self.orders(demo_env).service_task_ids.filtered("done_at")
        assert done
        for task in done.filtered(lambda task: task.role != "operator"):
            if task.state in ("done", "failed"):
                assert task.store_id in task.done_by.service_store_ids

    def test_portal_users_see_orders_of_their_own_company_only(self, demo_env):
        for number in (1, 2, 3):
            user = demo_env.ref(f"order_service.demo_user_partner{number}")
            company = demo_env.ref(f"order_service.demo_customer_{number}")
            seen = demo_env["sale.order"].with_user(user).search([])
            assert seen
            assert seen.sudo().partner_id.commercial_partner_id == company

    def test_stories_fit_any_hour_of_the_day(self, demo_env):
        stories = json.loads((DEMO / "orders.json").read_text("utf-8"))
        start = fields.Datetime.now()
        for hour in range(24):
            now = start + timedelta(hours=hour)
            with clock(demo_env, now):
                for story in stories:
                    self.check_moments(demo_env, story, now)

    def check_moments(self, env, story, now):
        order = DemoOrder(env, story, DeterministicRandom())
        moments = order.moments(order.steps())
        assert moments == sorted(set(moments)), story
        assert moments[-1] < now
        assert now - moments[0] < timedelta(days=4), "nobody has a shift planned then"

    def test_coming_orders_have_places_and_slots_of_every_state_are_there(
        self, demo_env
    ):
        company = demo_env.ref("order_service.demo_company")
        slots = demo_env["order.service.slot"].search([("company_id", "=", company.id)])
        with clock(demo_env, max(slots.mapped("create_date"))):
            states = {
                slot.state for slot in slots if slot.start > fields.Datetime.now()
            }
        assert {"open", "few", "full", "closed"} == states
        assert len(slots.store_id) == 4
        for order in self.orders(demo_env):
            coming = order.service_slot_start > max(slots.mapped("create_date"))
            if coming and order.service_status not in ("cancelled", "delivered"):
                assert order.service_place_ids.slot_id.start == order.service_slot_start

    def test_feed_of_a_week_sent_twice_changes_nothing_the_second_time(
        self, demo_env, coming_feed
    ):
        """500 orders: all taken, then all unchanged in a fifth of the time at most."""
        site = demo_env.ref("order_service.demo_user_integrator")
        api = demo_env(user=site.id)["sale.order"]
        first, answers = self.send(api, coming_feed)
        assert {answer["result"] for answer in answers} == {"created"}
        told = self.rows(demo_env)
        second, answers = self.send(api, coming_feed)
        assert len(answers) == 500
        assert {answer["result"] for answer in answers} == {"unchanged"}
        assert self.rows(demo_env) == told, "no feed row, no message, no order"
        assert second < first / 5

    def send(self, api, feed):
        """(CPU seconds, answers) of a feed sent in batches of 50."""
        start, answers = time.process_time(), []
        for index in range(0, len(feed), 50):
            answers += api.service_submit(feed[index : index + 50])
        api.env.flush_all()
        return time.process_time() - start, answers

    def rows(self, env):
        models = ("sale.order", "order.service.change", "order.service.message")
        return [env[model].search_count([]) for model in models]


class DeterministicRandom:
    """The lower bound is the hardest: everything happens at once."""

    def randint(self, lower, _upper):
        return lower
