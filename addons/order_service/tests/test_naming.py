from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .test_answer import AnswerCommon


@tagged("post_install", "-at_install")
class TestNaming(AnswerCommon):
    """S6: the customer on the phone names another product than the proposed one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tea = cls._product("TEA", 120.0, barcode="2000000000053")
        cls.juice = cls._product("JUICE", 70.0)

    def _asked(self, **values):
        """(order, its kvass at 89.90) while an operator asks about it."""
        return self._replaced("call", finish=False, **values)

    def _name(self, line, product, user=None, **values):
        """Name ``product`` over RPC as ``user``."""
        lines = self.env["sale.order.line"].with_user(user or self.operator)
        args = [line.ids, product.id]
        return call_kw(lines, "action_service_name_substitute", args, values)

    def _with_tax(self, line, amount):
        """What a total grows by if the goods of ``line`` cost ``amount`` more."""
        return line.tax_ids.compute_all(amount, line.currency_id)["total_included"]

    def _dialog(self, line):
        """The dialog an operator opens beside the question."""
        action = line.with_user(self.operator).action_service_name_other()
        model = self.env[action["res_model"]].with_user(self.operator)
        return Form(model.with_context(**action["context"]))

    def test_what_is_named_is_packed_and_costs_the_lower_price(self):
        order, kvass = self._asked()
        before = order.amount_total
        self._name(kvass, self.tea)
        self.assertEqual(
            (kvass.service_outcome, kvass.service_answer), ("replaced", "accept")
        )
        self.assertEqual(self._call(order).state, "done")
        shown = self._assembly_task(order).get_service_assembly()
        self.assertEqual(self._shown(shown, kvass)["substitute"], "Tea × 2")
        self._done(order)
        sent = kvass.service_replaced_by_ids
        self.assertEqual(sent.product_id, self.tea)
        self.assertEqual((sent.product_uom_qty, sent.price_unit), (2, 89.9))
        self.assertEqual(self._move_of(sent).quantity, 2)
        self.assertEqual(order.amount_total, before)
        self.assertFalse(order.service_consent_ids)
        row = kvass.service_substitute_ids.filtered(
            lambda row: row.product_id == self.tea
        )
        self.assertEqual((row.outcome, row.replaced_id), ("accepted", self.kvass))

    def test_what_is_named_is_no_question_any_more_and_the_others_are(self):
        order, kvass = self._asked()
        milk = order.order_line[2]
        self._wish(milk, "call", self.kefir)
        self._assembly_task(order).action_service_missing(milk.id)
        call = self._call(order).with_user(self.operator)
        self.assertEqual(call.asked_line_ids, kvass | milk)
        self._name(kvass, self.tea)
        [shown] = call.web_read({"asked_line_ids": {}, "answered_text": {}})
        self.assertEqual(shown["asked_line_ids"], milk.ids)
        self.assertIn("Tea × 2", shown["answered_text"])
        self.assertEqual(call.state, "open")

    def test_cheaper_goods_cost_the_price_of_the_store(self):
        order, kvass = self._asked()
        self._name(kvass, self.juice, quantity=1)
        self._done(order)
        sent = kvass.service_replaced_by_ids
        self.assertEqual((sent.product_uom_qty, sent.price_unit), (1, 70))

    def test_the_customer_who_agrees_pays_more_and_it_is_recorded(self):
        order, kvass = self._asked()
        before = order.amount_total
        self._name(kvass, self.tea, agreed_price=120.0)
        consent = order.service_consent_ids
        self.assertEqual((consent.how, consent.user_id), ("phone", self.operator))
        self.assertIn("Tea", consent.note)
        more = consent.new_total - consent.old_total
        self.assertAlmostEqual(more, self._with_tax(kvass, 60.2))
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.price_unit, 120)
        self.assertAlmostEqual(order.amount_total, before + more)
        self.assertEqual(order.service_agreed_total, order.amount_total)

    def test_nobody_pays_more_than_the_store_asks_when_it_is_packed(self):
        order, kvass = self._asked()
        self._name(kvass, self.tea, agreed_price=500.0)
        self.assertEqual(kvass.service_chosen_price, 120)
        self.tea.list_price = 100
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.price_unit, 100)

    def test_the_top_price_of_a_listed_substitute_holds_unless_agreed(self):
        order, kvass = self._asked()
        kvass.service_substitute_ids[1].max_price = 50
        self._name(kvass, self.sour)
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.price_unit, 50)

    def test_an_agreed_price_is_forgotten_with_the_choice(self):
        order, kvass = self._asked()
        self._name(kvass, self.tea, agreed_price=120.0)
        self._assembly_task(order).action_service_found(kvass.id)
        self.assertFalse(kvass.service_chosen_price)

    # -- a consent lives as long as what it was given for ------------------------------

    def test_undoing_what_was_agreed_to_takes_the_consent_down(self):
        """S3: the total never grows without a consent to what makes it grow."""
        for undo in ("action_service_reset", "action_service_found"):
            with self.subTest(undo):
                order, kvass = self._asked()
                agreed = order.service_agreed_total
                self._name(kvass, self.tea, agreed_price=120.0)
                self.assertGreater(order.service_agreed_total, agreed)
                getattr(self._assembly_task(order), undo)(kvass.id)
                self.assertEqual(order.service_agreed_total, agreed)
                self.assertTrue(order.service_consent_ids.void_at)
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    order.order_line[2].with_user(self.operator).product_uom_qty = 4
                    self.env.flush_all()

    def test_undoing_one_of_two_leaves_the_consent_to_the_other(self):
        order = self._at_assembly()
        agreed = order.service_agreed_total
        first, _second, third = order.order_line
        task = self._assembly_task(order)
        for line in (first, third):
            self._wish(line, "call")
            task.action_service_missing(line.id)
        self._name(first, self.tea, agreed_price=120.0)
        kept = order.service_agreed_total
        self._name(third, self.tea, quantity=1, agreed_price=120.0)
        task.action_service_reset(third.id)
        self.assertAlmostEqual(order.service_agreed_total, kept)
        task.action_service_reset(first.id)
        self.assertAlmostEqual(order.service_agreed_total, agreed)

    def test_what_was_sent_dearer_and_is_undone_later_is_paid_until_it_is_settled(self):
        order, kvass = self._asked()
        agreed = order.service_agreed_total
        self._name(kvass, self.tea, agreed_price=120.0)
        self._done(order)
        dearer = order.service_agreed_total
        again = self.env.ref("order_service.way_delivery_handover_again")
        self._task(order, self.storeadmin).action_button(again.id)
        self._assembly_task(order).action_service_found(kvass.id)
        self.assertEqual(order.service_agreed_total, dearer, "the bags hold tea still")
        self._done(order)
        self.assertAlmostEqual(order.service_agreed_total, agreed)
        self.assertAlmostEqual(order.amount_total, agreed)

    def test_another_consent_leaves_room_for_what_is_still_to_be_packed(self):
        order, kvass = self._asked()
        self._name(kvass, self.tea, agreed_price=120.0)
        more = order.service_consent_ids._amount()
        milk = order.order_line[2]
        order.with_user(self.operator).write(
            {
                "order_line": [Command.update(milk.id, {"product_uom_qty": 4})],
                "service_consent_how": "phone",
            }
        )
        self.assertAlmostEqual(order.service_agreed_total, order.amount_total + more)
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.price_unit, 120)

    def test_a_lost_key_item_is_saved_by_what_the_customer_names(self):
        order = self._at_assembly(service_on_key_missing="call")
        kvass, cucumber, _milk = order.order_line
        kvass.service_key = True
        cucumber.service_depends_ids = kvass
        self._assembly_task(order).action_service_missing(kvass.id)
        self._done(order)
        self.assertTrue(kvass.service_ends_order)
        self.assertEqual(kvass.service_question, "Kvas: 2 pcs missing.")
        self._name(kvass, self.juice)
        self._done(order)
        self.assertEqual(order.service_stage_id.code, "handover")
        self.assertEqual(cucumber.product_uom_qty, 1)
        self.assertEqual(kvass.service_replaced_by_ids.product_id, self.juice)

    # -- refusals ----------------------------------------------------------------------

    def test_what_may_not_be_sent_is_refused_and_the_call_goes_on(self):
        order, kvass = self._asked()
        spirits = self.env["product.category"].create(
            {"name": "Spirits", "minimum_age": 18}
        )
        wine = self._product("WINE", 50.0, categ_id=spirits.id)
        self.env["order.service.assortment"].create(
            {
                "store_id": self.store.id,
                "product_id": self.juice.id,
                "carried": False,
            }
        )
        for product, words in (
            (self.juice, "not in the assortment"),
            (wine, "from the age of 18"),
            (self.kvass, "is what is missing"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._name(kvass, product)
        self.assertEqual(kvass.service_answer, "call")
        self.assertEqual(self._call(order).state, "open")
        for quantity in (0, 3, 0.5, -1):
            with self.assertRaisesRegex(UserError, "in this quantity"):
                self._name(kvass, self.tea, quantity=quantity)

    def test_without_a_question_nothing_is_named(self):
        order = self._at_assembly()
        with self.assertRaisesRegex(UserError, "is not awaited"):
            self._name(order.order_line[0], self.tea)

    def test_an_order_that_is_packed_takes_no_other_goods(self):
        order, kvass = self._replaced()
        self._answer_api(order, kvass, "call")
        with self.assertRaisesRegex(UserError, "is packed already"):
            self._name(kvass, self.tea)
        self.assertEqual(kvass.service_replaced_by_ids.product_id, self.kefir)

    def test_named_once_it_is_not_named_again(self):
        order, kvass = self._asked()
        self._name(kvass, self.tea)
        with self.assertRaisesRegex(UserError, "is not awaited"):
            self._name(kvass, self.juice)
        self.assertEqual(kvass.service_chosen_id, self.tea)

    def test_a_product_that_is_gone_is_a_sentence(self):
        _order, kvass = self._asked()
        gone = self._product("GONE", 1.0, stock=0)
        gone_id = gone.browse(gone.id)
        gone.unlink()
        with self.assertRaisesRegex(UserError, "no such product"):
            self._name(kvass, gone_id)

    # -- who may -----------------------------------------------------------------------

    def test_only_operators_of_the_company_name_products(self):
        _order, kvass = self._asked()
        people = self.storeadmin, self.courier, self.marketing, self.integrator
        for user in people:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._name(kvass, self.tea, user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                kvass.with_user(user).action_service_name_other()
        company = self.env["res.company"].create({"name": "Other"})
        self.operator.write({"company_ids": company.ids, "company_id": company.id})
        with self.assertRaises(AccessError):
            self._name(kvass, self.tea)

    def test_the_dialog_shows_no_price_of_anothers_order(self):
        _order, kvass = self._asked()
        company = self.env["res.company"].create({"name": "Other"})
        self.operator.write({"company_ids": company.ids, "company_id": company.id})
        dialogs = self.env["order.service.name.substitute"].with_user(self.operator)
        with self.assertRaises(AccessError):
            dialogs.create({"line_id": kvass.id, "product_id": self.tea.id}).read(
                ["price", "store_price", "proposals", "question"]
            )

    # -- the dialog --------------------------------------------------------------------

    def test_the_dialog_tells_what_it_costs_before_it_is_sent(self):
        self.tea.taxes_id = False
        order, kvass = self._asked()
        with self._dialog(kvass) as dialog:
            self.assertIn("Kvas", dialog.question)
            self.assertIn("Kefir", dialog.question, "what is proposed")
            self.assertIn("Sour", dialog.proposals)
            dialog.product_id = self.tea
            self.assertEqual(
                (dialog.quantity, dialog.price, dialog.store_price, dialog.free),
                (2, 89.9, 120, 100),
            )
            self.assertEqual(dialog.amount, 179.8, "of both")
            self.assertFalse(dialog.refusal)
            dialog.agreed = True
            self.assertEqual(dialog.amount, 240)
        dialog.record.action_confirm()
        self.assertEqual(kvass.service_chosen_price, 120)
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.price_unit, 120)

    def test_the_dialog_tells_why_a_product_cannot_be_sent(self):
        _order, kvass = self._asked()
        self.tea.minimum_age = 18
        dialog = self._dialog(kvass)
        dialog.product_id = self.tea
        self.assertIn("from the age of 18", dialog.refusal)
        self.assertFalse(dialog.price)

    def test_operators_find_a_product_by_name_number_and_barcode(self):
        products = self.env["product.product"].with_user(self.operator)
        for text in ("Tea", "TEA", self.tea.barcode):
            found = [one for one, _name in products.name_search(text)]
            self.assertIn(self.tea.id, found, text)
