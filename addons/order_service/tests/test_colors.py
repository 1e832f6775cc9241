from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestColors(OrderServiceCommon):
    """The manager chooses which orders have which colour (S17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["order.service.color.rule"]
        cls.first = cls._order()
        cls.first.service_deadline = fields.Datetime.now() + timedelta(hours=3)

    def rule(self, color, condition, **values):
        return self.rules.create(
            {
                "name": color,
                "sequence": 1,
                "color": color,
                "condition": condition,
                **values,
            }
        )

    def color(self, order=None):
        order = order or self.first
        order.invalidate_recordset(["service_color", "service_color_index"])
        return order.service_color

    def test_late_orders_are_red_from_the_start(self):
        self.assertFalse(self.color())
        self.first.service_deadline = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self.color(), "danger")
        self.assertEqual(self.first.service_color_index, 1)
        self.first.service_deadline = fields.Datetime.now() + timedelta(minutes=5)
        self.assertEqual(self.color(), "warning")

    def test_by_status_store_slot_and_any_condition(self):
        status = self.rule("info", "status", status="new")
        self.assertEqual(self.color(), "info")
        status.unlink()
        store = self.rule("primary", "store", store_ids=self.store.ids)
        self.assertEqual(self.color(), "primary")
        store.store_ids = self.other_store
        self.assertFalse(self.color())
        slot = self.rule("success", "slot", slot_minutes=60)
        self.assertFalse(self.color())
        slot.slot_minutes = 6 * 60
        self.assertEqual(self.color(), "success")
        slot.active = False
        self.rule("muted", "domain", domain="[('order_line.service_key', '=', True)]")
        self.assertFalse(self.color())
        self.first.order_line[0].service_key = True
        self.assertEqual(self.color(), "muted")

    def test_a_missing_key_item_shows_until_the_order_is_closed(self):
        line = self.first.order_line[0]
        line.service_outcome = "missing"
        self.assertFalse(self.color(), "not a key item")
        line.service_key = True
        self.assertEqual(self.color(), "primary")
        self.first.service_deadline = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self.color(), "danger", "late counts more")
        self.first.service_closed_at = fields.Datetime.now()
        self.assertEqual(self.color(), "muted")

    def test_goods_for_grown_ups_show_until_they_are_taken_off(self):
        line = self.first.order_line[0]
        line.product_id.minimum_age = 18
        self.assertEqual(self.color(), "info")
        line.product_uom_qty = 0
        self.assertFalse(self.color())

    def test_the_first_rule_that_fits_counts(self):
        first = self.rule("info", "status", status="new")
        second = self.rule("primary", "store", store_ids=self.store.ids)
        self.assertEqual(self.color(), "info")
        first.sequence, second.sequence = 3, 2
        self.assertEqual(self.color(), "primary")

    def test_rules_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule("info", "status", status="new", company_id=other.id)
        self.assertFalse(self.color())

    def test_a_rule_that_says_nothing_or_cannot_be_read_is_refused(self):
        for values in (
            {"condition": "lateness"},
            {"condition": "status"},
            {"condition": "store"},
            {"condition": "domain", "domain": "[('no_such_field', '=', 1)]"},
            {"condition": "domain", "domain": "import os"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rule("info", **values)

    def test_only_managers_choose_colours(self):
        self.rules.with_user(self.manager).search([]).write({"sequence": 5})
        for user in (self.operator, self.storeadmin, self.courier, self.marketing):
            rules = self.rules.with_user(user)
            self.assertRaises(AccessError, rules.search, [])
            self.assertRaises(AccessError, self.rules.browse(1).with_user(user).unlink)

    def test_each_role_reads_colours(self):
        self.rule("info", "domain", domain="[('order_line.product_id', '!=', False)]")
        for user in (self.operator, self.storeadmin, self.marketing):
            self.assertEqual(self.color(self.first.with_user(user)), "info")

    def test_eighty_rows_cost_one_query_a_condition(self):
        orders = self.first
        for _number in range(9):
            orders |= self._order()
        self.rule("info", "domain", domain="[('order_line.service_key', '=', True)]")
        self.color()
        self.env.flush_all()
        self.env.invalidate_all()
        orders.fetch(["service_status", "service_deadline", "warehouse_id"])
        with self.assertQueryCount(5):  # two conditions are there from the start
            orders.mapped("service_color")
