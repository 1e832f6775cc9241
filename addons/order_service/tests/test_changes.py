from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestChanges(ApiCommon):
    """Stages flow back to the site by a feed that skips nothing (S7)."""

    def changes(self, cursor=None, limit=500, user=None):
        api = self.orders.with_user(user or self.integrator)
        return self.carried(api.service_changes(cursor=cursor, limit=limit))

    def expired(self, cursor):
        with self.assertRaisesRegex(UserError, "^cursor_expired:"):
            self.changes(cursor)

    def test_a_stage_is_told_with_all_the_api_promises(self):
        start = self.changes("now")["cursor"]
        order = self.order_of(self.submit_one())
        self._carry(order, "assembly")
        feed = self.changes(start)
        self.assertFalse(feed["more"])
        first, second = (row for row in feed["changes"] if row["kind"] == "stage")
        self.assertEqual(first["data"], {"to": "check", "by": "system"})
        self.assertEqual(second["data"]["from"], "check")
        self.assertEqual(second["data"]["to"], "assembly")
        self.assertEqual(second["data"]["by"], "staff")
        self.assertEqual(second["external_ref"], order.service_external_ref)
        self.assertEqual(second["order_id"], order.id)
        self.assertEqual(second["status"], "registered")
        self.assertEqual(second["payment_status"], "unpaid")
        self.assertEqual(second["total"], order.amount_total)
        self.assertTrue(second["at"].endswith("+00:00"))
        self.assertLess(first["seq"], second["seq"])

    def test_names_are_told_in_the_language_of_the_source(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.source.lang = "ru_RU"
        stage = self.route_delivery._first_stage()
        stage.with_context(lang="ru_RU").name = "Проверка"
        start = self.changes("now")["cursor"]
        self.order_of(self.submit_one())
        self.assertEqual(self.changes(start)["changes"][0]["stage_name"], "Проверка")

    def test_the_same_cursor_answers_the_same_rows_then_newer_ones(self):
        start = self.changes("now")["cursor"]
        self.submit(self.payload(), self.payload(), self.payload())
        first = self.changes(start, limit=2)
        self.assertTrue(first["more"])
        self.assertEqual(len(first["changes"]), 2)
        again = self.changes(start, limit=2)
        self.assertEqual(again, first)
        rest = self.changes(first["cursor"])
        self.assertEqual(len(rest["changes"]), 1)
        self.assertEqual(self.changes(rest["cursor"])["changes"], [])
        self.submit_one()
        self.assertEqual(len(self.changes(rest["cursor"])["changes"]), 1)

    def test_now_tells_only_what_comes(self):
        self.submit_one()
        now = self.changes("now")
        self.assertEqual((now["changes"], now["more"]), ([], False))
        answer = self.submit_one()
        [row] = self.changes(now["cursor"])["changes"]
        self.assertEqual(row["order_id"], answer["order_id"])

    def test_rows_of_another_source_are_not_told(self):
        start = self.changes("now")["cursor"]
        other = self.env["order.service.source"].create(
            {"name": "Marketplace", "code": "market", "user_ids": self.manager.ids}
        )
        self.submit_one(source=other.code, user=self.manager)
        self.assertEqual(self.changes(start)["changes"], [])
        [row] = self.changes(start, user=self.manager)["changes"]
        self.assertEqual(row["source"], "market")

    def test_a_foreign_broken_or_future_cursor_is_expired(self):
        cursor = self.changes("now")["cursor"]
        feed, _colon, position = cursor.partition(":")
        self.expired("0" * 32 + ":" + position)
        self.expired("nonsense")
        self.expired(f"{feed}:{int(position) + 1}")
        self.expired(f"{feed}:-1")
        self.expired(f"{feed}:{'9' * 40}")
        self.expired(7)

    def test_a_restored_database_is_another_feed(self):
        cursor = self.changes("now")["cursor"]
        parameters = self.env["ir.config_parameter"].sudo()
        feed = parameters.get_param("order_service.feed").partition("|")[0]
        parameters.set_param("order_service.feed", f"{feed}|1.2.3")
        self.expired(cursor)
        self.assertNotEqual(self.changes("now")["cursor"], cursor)

    def test_old_rows_go_and_a_cursor_before_them_is_expired(self):
        """Rows nobody read are stamped first, so their loss is noticed."""
        start = self.changes("now")["cursor"]
        self.submit_one()
        feed = self.env["order.service.change"]
        feed.search([("source_id", "=", self.source.id)]).at = (
            fields.Datetime.now() - timedelta(days=31)
        )
        self.submit_one()
        feed._gc_rows()
        self.expired(start)
        self.assertEqual(len(self.changes()["changes"]), 1)
        self.assertEqual(self.changes(self.changes()["cursor"])["changes"], [])

    def test_the_limit_is_a_number_and_has_a_top(self):
        with self.assertRaisesRegex(UserError, "whole number"):
            self.changes(limit="many")
        self.assertEqual(len(self.changes(limit=-3)["changes"]), 0)
