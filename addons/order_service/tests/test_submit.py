from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestSubmit(ApiCommon):
    """Orders come in from a site and enter their route (S4, S7)."""

    def test_everything_sent_lands_on_the_order(self):
        sent = self.payload(
            lines=[
                self.line(
                    "KVAS",
                    2,
                    80.0,
                    ref="1",
                    key=True,
                    policy="listed",
                    substitutes=[{"sku": "CUCUMBER", "max_price": 90.0}],
                ),
                self.line("CUCUMBER", 0.5, ref="2", depends_on=["1"], policy="none"),
            ]
        )
        [answer] = self.submit(sent)
        order = self.order_of(answer)
        self.assertEqual(answer["result"], "created")
        self.assertEqual(answer["order_name"], order.name)
        self.assertEqual(order.service_status, "new")
        self.assertEqual(order.service_route_id, self.route_delivery)
        self.assertEqual(order.warehouse_id, self.store)
        self.assertEqual(str(order.service_placed_at), "2026-11-20 07:15:00")
        self.assertEqual(str(order.service_slot_start), "2026-11-21 02:00:00")
        self.assertEqual(order.commitment_date, order.service_slot_end)
        self.assertEqual(order.service_recipient_name, "Maria Petrova")
        self.assertEqual(order.service_recipient_phone, "+7 913 000-00-02")
        self.assertEqual(order.service_payment_method, "cash")
        self.assertEqual(order.service_on_key_missing, "drop_dependents")
        self.assertEqual(order.service_comment, "Ring twice")
        self.assertEqual(order.partner_shipping_id.parent_id, order.partner_id)
        self.assertEqual(order.partner_shipping_id.street, "ул Ленина, д 1, кв 2")
        first, second = order.order_line
        self.assertEqual(first.product_uom_qty, 2)
        self.assertEqual((first.price_unit, first.service_seen_price), (80.0, 80.0))
        self.assertTrue(first.service_key)
        self.assertEqual(first.service_substitute_ids.product_id, self.cucumber)
        self.assertEqual(first.service_substitute_ids.max_price, 90.0)
        self.assertEqual(second.price_unit, 199.0)
        self.assertEqual(second.service_depends_ids, first)
        self.assertTrue(self._task(order))

    def test_sent_again_is_unchanged_and_writes_nothing(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        self.env.flush_all()
        before = (order.write_date, order.service_seq, len(order.order_line))
        [answer] = self.submit(sent)
        self.assertEqual(answer["result"], "unchanged")
        self.assertEqual(answer["order_id"], order.id)
        self.assertEqual(
            (order.write_date, order.service_seq, len(order.order_line)), before
        )

    def test_other_content_rewrites_a_new_order(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        sent["lines"] = [self.line("CUCUMBER", 3)]
        sent["comment"] = None
        [answer] = self.submit(sent)
        self.assertEqual(answer["result"], "updated")
        self.assertEqual(answer["order_id"], order.id)
        self.assertEqual(order.order_line.product_id, self.cucumber)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertFalse(order.service_comment)
        self.assertEqual(self.submit(sent)[0]["result"], "unchanged")
