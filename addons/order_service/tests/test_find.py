from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestFind(ApiCommon):
    """One box finds an order by number, phone, name or street (N6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer_sent = {
            "external_id": "c-find",
            "name": "Ольга 100%_Найденова",
            "phone": "8 914 555-66-77",
        }

    def send(self, **values):
        return self.order_of(self.submit_one(customer=self.customer_sent, **values))

    def find(self, query, limit=20, user=None):
        api = self.orders.with_user(user or self.integrator)
        found = self.carried(api.service_find(query=query, limit=limit))
        return [entry["order_id"] for entry in found]

    def test_by_number_name_phone_and_street(self):
        order = self.send(external_ref="FIND-77001")
        for query in (
            order.name,
            "FIND-77001",
            "find-770",
            "найденова",
            "Найденова ольга",
            "+7 914 555 66 77",
            "89145556677",
            "8914555",
            "5556677",
            "ленина найденова",
        ):
            self.assertEqual(self.find(query), [order.id], query)

    def test_all_words_are_wanted_and_short_ones_are_left_out(self):
        order = self.send()
        self.assertEqual(self.find("Найденова Петров"), [])
        self.assertEqual(self.find("Найденова д"), [order.id])
        self.assertEqual(self.find("На"), [])
        self.assertEqual(self.find("  "), [])

    def test_pattern_signs_stand_for_themselves(self):
        order = self.send()
        self.assertEqual(self.find("100%_"), [order.id])
        self.assertEqual(self.find("1%0_на"), [])
        self.assertEqual(self.find("%%%"), [])
        self.assertEqual(self.find("\\\\\\"), [])

    def test_the_exact_number_first_then_the_newest(self):
        exact = self.send(external_ref="K-500")
        older = self.send(external_ref="K-5001")
        newer = self.send(external_ref="K-5002")
        self.assertEqual(self.find("K-500"), [exact.id, newer.id, older.id])
        self.assertEqual(self.find("K-500", limit=2), [exact.id, newer.id])

    def test_the_answer_is_what_an_operator_reads_out(self):
        order = self.send()
        [told] = self.orders.with_user(self.operator).service_find("Найденова")
        self.assertEqual(told["order_name"], order.name)
        self.assertEqual(told["customer"], "Ольга 100%_Найденова")
        self.assertEqual(told["recipient"], "Maria Petrova")
        self.assertEqual(told["phone"], "+7 913 000-00-02")
        self.assertEqual(told["status"], "new")
        self.assertEqual(told["slot_start"], "2026-11-21T02:00:00+00:00")
        self.assertEqual(told["total"], order.amount_total)
        self.assertIn("Ленина", told["address"])

    def test_another_source_finds_nothing(self):
        self.send()
        self.source.user_ids = self.manager
        self.assertEqual(self.find("Найденова"), [])
