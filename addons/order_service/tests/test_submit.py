from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
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


@tagged("post_install", "-at_install")
class TestSubmitRefused(ApiCommon):
    """Bad input gets its code and a sentence, and nothing is half written."""

    def assertRefused(self, problem, **values):
        counts = self._counts()
        answer = self.submit_one(**values)
        self.assertEqual(answer["result"], "rejected")
        self.assertEqual(self.problems(answer), {problem})
        self.assertEqual(self._counts(), counts)
        return answer

    def _counts(self):
        models = (
            "sale.order",
            "sale.order.line",
            "res.partner",
            "order.service.intake",
            "order.service.change",
            "order.service.task",
        )
        return [self.env[model].search_count([]) for model in models]

    def test_store(self):
        self.assertRefused(("unknown_store", "store"), store="T99")
        self.store.service_delivery = False
        self.assertRefused(("store_closed", "store"))
        self.store.service_pickup = False
        self.assertRefused(("store_closed", "store"), fulfilment="pickup")

    def test_a_store_of_another_source(self):
        self.source.store_ids = self.other_store
        self.assertRefused(("unknown_store", "store"))

    def test_product(self):
        place = "lines[0].sku"
        self.assertRefused(("unknown_product", place), lines=[self.line("NONE")])
        self.kvass.sale_ok = False
        self.assertRefused(("unknown_product", place), lines=[self.line("KVAS")])
        self.cucumber.active = False
        self.assertRefused(("unknown_product", place), lines=[self.line("CUCUMBER")])

    def test_ambiguous_product(self):
        self._product("TWIN", 10)
        self._product("TWIN", 11)
        self.assertRefused(
            ("ambiguous_product", "lines[0].sku"), lines=[self.line("TWIN")]
        )

    def test_unknown_substitute(self):
        self.assertRefused(
            ("unknown_product", "lines[0].substitutes[0].sku"),
            lines=[self.line("KVAS", substitutes=[{"sku": "NONE"}])],
        )

    def test_quantity_finer_than_the_unit(self):
        self.assertRefused(
            ("bad_quantity", "lines[0].quantity"), lines=[self.line("KVAS", 0.12345)]
        )

    def test_price_above_the_reference_price(self):
        answer = self.assertRefused(
            ("bad_price", "lines[0].price"), lines=[self.line("KVAS", 1, 89.91)]
        )
        self.assertIn("89.90", answer["errors"][0]["message"])

    def test_the_reference_price_is_the_highest_of_the_city(self):
        """S3: other stores of the city count, stores of other cities do not."""
        dear = self.env["product.pricelist"].create(
            {
                "name": "Dear",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "product_id": self.kvass.id,
                            "applied_on": "0_product_variant",
                            "compute_price": "fixed",
                            "fixed_price": 120.0,
                        }
                    )
                ],
            }
        )
        self.other_store.service_pricelist_id = dear
        lines = [self.line("KVAS", 1, 110.0)]
        self.assertRefused(("bad_price", "lines[0].price"), lines=lines)
        self.other_store.service_city = self.store.service_city
        order = self.order_of(self.submit_one(lines=lines))
        self.assertEqual(order.order_line.price_unit, 110.0)
        order = self.order_of(self.submit_one(lines=[self.line("KVAS")]))
        self.assertEqual(order.order_line.price_unit, 120.0, "no price: the reference")

    def test_currency(self):
        self.assertRefused(
            ("bad_currency", "payment.currency"), payment={"currency": "XTS"}
        )

    def test_inn(self):
        customer = {"name": "OOO", "type": "company", "phone": "+74212000000"}
        self.assertRefused(
            ("bad_value", "customer.inn"), customer={**customer, "inn": "7707083894"}
        )
        order = self.order_of(
            self.submit_one(customer={**customer, "inn": "7707083893"})
        )
        self.assertTrue(order.partner_id.is_company)
        self.assertEqual(order.partner_id.vat, "7707083893")

    def test_an_order_twice_in_one_call_is_taken_once(self):
        sent = self.payload()
        first, second = self.submit(sent, dict(sent))
        self.assertEqual(first["result"], "created")
        self.assertEqual(second["result"], "rejected")
        self.assertEqual(self.problems(second), {("duplicate_ref", "external_ref")})

    def test_of_two_orders_with_one_key_none_is_taken(self):
        """Nobody can say which of them counts: nothing is written."""
        sent, other = self.payload(), self.payload()
        ref = sent["external_ref"]
        answers = self.submit(sent, other, dict(sent, comment="again"))
        for answer in (answers[0], answers[2]):
            self.assertEqual(answer["result"], "rejected")
            self.assertEqual(self.problems(answer), {("duplicate_ref", "external_ref")})
        self.assertEqual(answers[1]["result"], "created")
        for model, name in (
            ("sale.order", "service_external_ref"),
            ("order.service.intake", "external_ref"),
        ):
            self.assertFalse(self.env[model].search([(name, "=", ref)]))
        [answer] = self.submit(sent)
        self.assertEqual(answer["result"], "created")

    def test_of_two_orders_with_one_key_none_rewrites_the_one_there(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        answers = self.submit(sent, dict(sent, comment="again"))
        self.assertEqual([told["result"] for told in answers], ["rejected"] * 2)
        self.assertEqual(order.service_comment, sent["comment"])
        [answer] = self.submit(sent)
        self.assertEqual(answer["result"], "unchanged")

    def test_an_unreadable_double_of_an_order_stops_it_too(self):
        sent = self.payload()
        first, second = self.submit(sent, dict(sent, colour="red"))
        self.assertEqual(self.problems(first), {("duplicate_ref", "external_ref")})
        self.assertIn(("unknown_field", "colour"), self.problems(second))

    def test_one_bad_order_leaves_the_others_alone(self):
        good, bad, unreadable = self.submit(
            self.payload(), self.payload(store="T99"), "S-1"
        )
        self.assertEqual(good["result"], "created")
        self.assertEqual(self.problems(bad), {("unknown_store", "store")})
        self.assertEqual(self.problems(unreadable), {("bad_value", "")})

    def test_markup_in_names_stays_text(self):
        name = "<script>alert(1)</script> & Co"
        order = self.order_of(
            self.submit_one(
                customer={"name": name, "phone": "+79131112233"},
                recipient={"name": name},
                comment=name,
            )
        )
        self.assertEqual(order.partner_id.name, name)
        self.assertEqual(order.service_recipient_name, name)
        self.assertEqual(order.service_comment, name)

    def test_too_many_orders_lines_or_characters_write_nothing(self):
        counts = self._counts()
        large = [
            [self.payload() for _index in range(101)],
            [self.payload(lines=[self.line("KVAS")] * 2501), self.payload()],
            [self.payload(comment="x" * 10_000_000)],
        ]
        for orders in large:
            answers = self.submit(*orders)
            self.assertEqual(len(answers), len(orders))
            for answer in answers:
                self.assertEqual(self.problems(answer), {("too_many", "")})
            self.assertEqual(answers[0]["external_ref"], orders[0]["external_ref"])
        self.assertEqual(self._counts(), counts)

    def test_what_is_no_list_is_refused_with_a_sentence(self):
        api = self.orders.with_user(self.integrator)
        for orders in ({}, "x", None, 5):
            with self.assertRaisesRegex(UserError, "must be a list"):
                api.service_submit(orders)

    def test_not_once_an_operator_is_in_it(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        self._task(order, self.operator).action_take()
        self.assertEqual(self.submit(sent)[0]["result"], "unchanged")
        sent["comment"] = "Other"
        [answer] = self.submit(sent)
        self.assertEqual(self.problems(answer), {("not_editable", "")})
        self.assertEqual(answer["order_id"], order.id)
        self.assertEqual(order.service_comment, "Ring twice")

    def test_not_once_it_has_moved_on(self):
        sent = self.payload()
        self._carry(self.order_of(self.submit(sent)[0]), "assembly")
        sent["lines"] = [self.line("KVAS", 9)]
        self.assertEqual(self.problems(self.submit(sent)[0]), {("not_editable", "")})

    def test_a_number_an_order_made_by_hand_has(self):
        order = self._order()
        self.assertRefused(
            ("not_editable", "external_ref"),
            external_ref=order.service_external_ref,
        )

    def test_what_odoo_itself_refuses_hits_only_its_order(self):
        """A constraint of another module: the batch is halved to the culprit."""
        orders = [self.payload() for _index in range(5)]
        orders[3]["comment"] = "poison"
        orders[4]["customer"] = orders[3]["customer"]
        create, sentence = type(self.orders).create, "No poison in the comment."

        def refuse(records, vals_list):
            if any(vals.get("service_comment") == "poison" for vals in vals_list):
                raise ValidationError(sentence)
            return create(records, vals_list)

        with patch.object(type(self.orders), "create", refuse):
            answers = self.submit(*orders)
        self.assertEqual(
            [answer["result"] for answer in answers],
            ["created", "created", "created", "rejected", "created"],
        )
        self.assertEqual(
            answers[3]["errors"],
            [
                {
                    "code": "bad_value",
                    "field": "",
                    "message": sentence,
                }
            ],
        )
        self.assertEqual(self.submit(orders[3])[0]["result"], "created")

    def test_sentences_are_in_the_callers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        api = self.env["order.service.intake"].with_user(self.integrator)
        with patch.object(type(self.env), "_", lambda env, text, *a, **k: env.lang):
            [answer] = api.with_context(lang="ru_RU")._receive([{}])
        self.assertEqual({error["message"] for error in answer["errors"]}, {"ru_RU"})


@tagged("post_install", "-at_install")
class TestSubmitRewrite(ApiCommon):
    """A new order sent again with other content."""

    def test_another_fulfilment_takes_the_other_route(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        sent.update(fulfilment="pickup", address=None)
        [answer] = self.submit(sent)
        self.assertEqual(answer["result"], "updated")
        self.assertEqual(order.service_route_id, self.route_pickup)
        self.assertEqual(order.service_stage_id.route_id, self.route_pickup)
        self.assertEqual(order.partner_shipping_id, order.partner_id)
        self.assertTrue(self._task(order))

    def test_another_store_gets_the_task(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        self.submit(dict(sent, store=self.other_store.service_code))
        self.assertEqual(order.warehouse_id, self.other_store)
        self.assertEqual(self._task(order).store_id, self.other_store)

    def test_another_slot_moves_the_promise_and_is_told(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        sent["slot"] = {"start": "2026-11-22T01:00:00Z", "end": "2026-11-22T03:00:00Z"}
        self.submit(sent)
        self.assertEqual(str(order.commitment_date), "2026-11-22 03:00:00")
        kinds = self.env["order.service.change"].search([("order_id", "=", order.id)])
        self.assertEqual(sorted(kinds.mapped("kind")), ["slot", "stage"])

    def test_a_bad_rewrite_leaves_the_order_as_it_was(self):
        sent = self.payload()
        order = self.order_of(self.submit(sent)[0])
        [answer] = self.submit(dict(sent, lines=[self.line("NONE")], comment="x"))
        self.assertEqual(answer["result"], "rejected")
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(order.service_comment, "Ring twice")
        self.assertEqual(self.submit(sent)[0]["result"], "unchanged")

    def test_an_order_no_route_fits_waits_for_attention(self):
        self.env["order.service.route"].search([]).in_use = False
        order = self.order_of(self.submit_one())
        self.assertFalse(order.service_route_id)
        self.assertTrue(order.service_attention)

    def test_unchanged_orders_are_recognised_before_anything_is_looked_up(self):
        orders = [self.payload() for _index in range(50)]
        self.submit(*orders)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            answers = self.submit(*orders)
        self.assertEqual({answer["result"] for answer in answers}, {"unchanged"})
