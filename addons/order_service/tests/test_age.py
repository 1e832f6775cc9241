from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestAge(ApiCommon):
    """Goods sold from an age on, at every door (S6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spirits = cls.env["product.category"].create(
            {"name": "Spirits", "minimum_age": 18}
        )
        cls.wine = cls._product("WINE", 500.0, categ_id=cls.spirits.id)

    def _wine_order(self, **values):
        return self._order(lines=[(self.wine, 1), (self.kvass, 2)], **values)

    def _confirm(self, order, user, **values):
        dialog = self.env["order.service.confirm.age"].with_user(user)
        return dialog.create({"order_id": order.id, **values}).action_confirm()

    def submit_order(self, order):
        [answer] = self.submit(order)
        return answer

    # -- what is limited ---------------------------------------------------------------

    def test_higher_of_product_and_categories_above_counts(self):
        below = self.env["product.category"].create(
            {"name": "Vodka", "parent_id": self.spirits.id, "pickup_only": True}
        )
        vodka = self._product("VODKA", 700.0, categ_id=below.id)
        self.assertEqual(vodka.service_minimum_age, 18)
        self.assertTrue(vodka.service_pickup_only)
        vodka.minimum_age = 21
        self.assertEqual(vodka.service_minimum_age, 21)
        self.spirits.minimum_age = 0
        self.assertEqual(self.wine.service_minimum_age, 0)

    def test_managers_keep_the_ages_and_nobody_else_of_the_staff(self):
        self.wine.product_tmpl_id.with_user(self.manager).minimum_age = 21
        self.spirits.with_user(self.manager).write(
            {"minimum_age": 20, "pickup_only": True, "service_tolerance_percent": 5}
        )
        self.assertEqual(self.wine.service_minimum_age, 21)
        self.assertTrue(self.wine.service_pickup_only)
        for user in (self.operator, self.storeadmin, self.courier, self.marketing):
            for goods in (self.spirits, self.wine.product_tmpl_id):
                with (
                    self.subTest(f"{user.login} {goods}"),
                    self.assertRaises(AccessError),
                ):
                    goods.with_user(user).minimum_age = 0

    # -- the site ----------------------------------------------------------------------

    def test_site_is_refused_with_the_line_named(self):
        answer = self.submit_order(
            self.payload(
                lines=[
                    self.line("KVAS", 1, substitutes=[{"sku": "WINE"}], ref="1"),
                    self.line("WINE", 1, ref="2"),
                ]
            )
        )
        self.assertEqual(answer["result"], "rejected")
        self.assertEqual(
            [(error["code"], error["field"]) for error in answer["errors"]],
            [
                ("age_not_confirmed", "lines[0].substitutes[0].sku"),
                ("age_not_confirmed", "lines[1].sku"),
            ],
        )

    def test_confirmation_of_the_site_is_kept_on_the_person_once(self):
        moment = fields.Datetime.now().replace(microsecond=0) - timedelta(days=2)
        customer = {
            "external_id": "grown",
            "name": "Anna",
            "phone": "+79135550001",
            "adult_confirmed_at": moment.isoformat() + "+00:00",
            "adult_confirmed_how": "account",
        }
        for _time in range(2):
            answer = self.submit_order(
                self.payload(customer=customer, lines=[self.line("WINE", 1)])
            )
            self.assertEqual(answer["result"], "created", answer)
        person = self.orders.browse(answer["order_id"]).partner_id
        kept = person.age_confirmation_ids
        self.assertEqual(
            (kept.age, kept.how, kept.confirmed_at, kept.source_id),
            (18, "account", moment, self.source),
        )
        later = {"external_id": "grown", "name": "Anna", "phone": "+79135550001"}
        answer = self.submit_order(
            self.payload(customer=later, lines=[self.line("WINE", 1)])
        )
        self.assertEqual(answer["result"], "created", "known from before")

    def test_confirmation_from_the_future_does_not_count(self):
        moment = fields.Datetime.now() + timedelta(days=1)
        customer = {
            "external_id": "early",
            "name": "Anna",
            "phone": "+79135550002",
            "adult_confirmed_at": moment.isoformat() + "+00:00",
        }
        answer = self.submit_order(
            self.payload(customer=customer, lines=[self.line("WINE", 1)])
        )
        self.assertEqual(answer["errors"][0]["code"], "age_not_confirmed")

    def test_company_takes_the_confirmation_of_its_recipient(self):
        moment = fields.Datetime.now() - timedelta(days=2)
        company = {
            "external_id": "firm",
            "type": "company",
            "name": "ООО Ромашка",
            "email": "firm@example.com",
            "adult_confirmed_at": moment.isoformat() + "+00:00",
        }
        answer = self.submit_order(
            self.payload(customer=company, lines=[self.line("WINE", 1)])
        )
        order = self.orders.browse(answer["order_id"])
        self.assertFalse(order.partner_id.age_confirmation_ids)
        self.assertEqual(order.service_age_person_id.name, "Maria Petrova")
        self.assertFalse(order.service_age_missing)
        company.pop("adult_confirmed_at")
        other = {"name": "Igor", "phone": "8 913 000 77 77"}
        answer = self.submit_order(
            self.payload(
                customer=company, recipient=other, lines=[self.line("WINE", 1)]
            )
        )
        self.assertEqual(answer["errors"][0]["code"], "age_not_confirmed")

    def test_goods_handed_out_only_are_not_delivered(self):
        self.spirits.write({"minimum_age": 0, "pickup_only": True})
        answer = self.submit_order(self.payload(lines=[self.line("WINE", 1)]))
        error = answer["errors"][0]
        self.assertEqual(error["code"], "not_in_assortment")
        self.assertEqual(error["field"], "lines[0].sku")
        answer = self.submit_order(
            self.payload(fulfilment="pickup", lines=[self.line("WINE", 1)])
        )
        self.assertEqual(answer["result"], "created")
        order = self.orders.browse(answer["order_id"])
        with self.assertRaisesRegex(ValidationError, "handed out in the store only"):
            order.service_fulfilment = "delivery"

    def test_substitutes_of_a_site_meet_the_same_limits(self):
        lines = [self.line("KVAS", 1, substitutes=[{"sku": "WINE"}])]
        place = "lines[0].substitutes[0].sku"
        answer = self.submit_order(self.payload(lines=lines))
        self.assertEqual(self.problems(answer), {("age_not_confirmed", place)})
        self.spirits.write({"minimum_age": 0, "pickup_only": True})
        answer = self.submit_order(self.payload(lines=lines))
        self.assertEqual(self.problems(answer), {("not_in_assortment", place)})

    # -- staff -------------------------------------------------------------------------

    def test_draft_holds_the_line_while_the_operator_asks(self):
        order = self._wine_order().with_user(self.operator)
        self.assertTrue(order.service_age_missing)
        refused = self.assertRaisesRegex(UserError, "Wine.*18.*Anna Petrova")
        with refused, self.cr.savepoint():
            self._task(order, self.operator).action_done()
        self.assertEqual(order.service_stage_id.code, "check", "nothing happened")
        self._confirm(order, self.operator, how="account")
        self._task(order, self.operator).action_done()
        self.assertEqual(order.state, "sale")

    def test_outsiders_do_not_even_draft_it(self):
        portal = new_test_user(self.env, "t_portal_age", groups="base.group_portal")
        order = self._order(start=False)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.with_user(portal).sudo().write(
                {"order_line": [Command.create({"product_id": self.wine.id})]}
            )

    def test_other_customer_and_new_goods_are_checked_anew(self):
        order = self._wine_order()
        self._confirm(order, self.operator)
        self._carry(order, "assembly")
        child = self.env["res.partner"].create({"name": "Petya"})
        with self.assertRaisesRegex(ValidationError, "Petya"), self.cr.savepoint():
            order.partner_id = child
        plain = self._carry(self._order(partner_id=child.id), "assembly")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            plain.order_line[0].service_substitute_ids = [
                Command.create({"product_id": self.wine.id})
            ]
        with self.assertRaises(ValidationError), self.cr.savepoint():
            plain.order_line = [Command.create({"product_id": self.wine.id})]

    def test_confirmation_ends_with_the_company_s_period_and_by_hand(self):
        self.company.service_age_days = 30
        order = self._wine_order()
        self._confirm(order, self.operator)
        later = fields.Datetime.now() + timedelta(days=31)
        self.assertFalse(order.service_age_missing)
        self.assertEqual(self.customer._service_confirmed_age(later), 0)
        self.customer.age_confirmation_ids.with_user(self.operator).action_withdraw()
        self.assertEqual(self.customer._service_confirmed_age(), 0)
        self.assertEqual(self.customer.age_confirmation_ids.withdrawn_by, self.operator)

    def test_confirming_is_for_operators_and_the_store(self):
        order = self._carry(self._order(), "delivery")
        with self.assertRaises(AccessError):
            self._confirm(order, self.courier)
        confirmation = self.customer._service_confirm_age(18, "site", self.company)
        for user in (self.courier, self.marketing, self.integrator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                confirmation.with_user(user).action_withdraw()
        for user in (self.operator, self.manager):
            for operation in ("create", "write", "unlink"):
                with self.subTest(f"{user.login} {operation}"):
                    allowed = confirmation.with_user(user).has_access(operation)
                    self.assertFalse(allowed)

    # -- at the door -------------------------------------------------------------------

    def _at_the_door(self):
        order = self._wine_order()
        self._confirm(order, self.operator, how="account")
        return self._carry(order, "delivery")

    def test_courier_says_that_the_document_was_seen(self):
        order = self._at_the_door()
        task = self._task(order, self.courier)
        action = task.action_done()
        dialog = self.env["order.service.act"].with_context(**action["context"])
        told = dialog.with_user(self.courier).create({}).money_text
        self.assertEqual(told, task.money_text, "what to collect is told again")
        self.assertTrue(told)
        with (
            self.assertRaisesRegex(UserError, "showed a document"),
            self.cr.savepoint(),
        ):
            self._answer(action, self.courier)
        with self.assertRaisesRegex(UserError, "document first"), self.cr.savepoint():
            task._finish("done")
        self._answer(action, self.courier, age_check="of_age")
        self.assertEqual(order.service_stage_id.code, "report")
        self.assertTrue(order.service_age_checked_at)
        newest = self.customer.age_confirmation_ids.sorted("id")[-1]
        self.assertEqual((newest.how, newest.user_id), ("document", self.courier))

    def test_nobody_writes_past_the_question_that_a_document_was_seen(self):
        order = self._at_the_door()
        for user in (self.operator, self.manager):
            with self.assertRaisesRegex(UserError, "written by the order's route"):
                order.with_user(user).service_age_checked_at = fields.Datetime.now()

    def test_without_a_document_the_goods_come_off_and_are_not_paid(self):
        order = self._at_the_door()
        line = order.order_line.filtered(lambda line: line.product_id == self.wine)
        total = order.amount_total - line.price_total
        action = self._task(order, self.courier).action_done()
        self._answer(action, self.courier, age_check="refused")
        self.assertEqual(order.service_stage_id.code, "report")
        self.assertEqual(line.product_uom_qty, 0)
        self.assertEqual(line.service_off_reason_id, self._reason("technical_age"))
        self.assertFalse(line.qty_delivered)
        self.assertAlmostEqual(order.amount_total, total)
        gone = self.env["stock.quant"]._get_available_quantity(
            self.wine, self.store.lot_stock_id
        )
        self.assertEqual(gone, 100, "back on the shelf, nothing reserved")
        rows = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "line")]
        )
        self.assertEqual(rows.data["outcome"], "missing")
        self.assertEqual((rows.data["ordered"], rows.data["quantity"]), (1, 0))
        self.assertEqual((rows.data["sku"], rows.data["total"]), ("WINE", 0))

    def test_refused_goods_are_missing_with_reason_person_and_time(self):
        """Wanted stays; who sent them back, when and why is for the reports."""
        order = self._at_the_door()
        line = order.order_line.filtered(lambda line: line.product_id == self.wine)
        self.assertEqual(line.service_outcome, "found")
        action = self._task(order, self.courier).action_done()
        self._answer(action, self.courier, age_check="refused")
        self.assertEqual((line.service_ordered_qty, line.service_found_qty), (1, 0))
        self.assertEqual(line.service_outcome, "missing")
        self.assertEqual(line.service_off_reason_id.party, "technical")
        self.assertEqual(line.service_off_user_id, self.courier)
        self.assertTrue(line.service_off_at)
        why = line.service_off_reason_id.name
        self.assertEqual(line._service_gone_text(), f"Not handed over: {why}.")
        with self.assertRaisesRegex(UserError, "by the assembly"):
            line.with_user(self.manager).service_off_reason_id = False

    def test_refused_substitute_is_told_on_the_line_it_was_sent_for(self):
        order = self._at_the_door()
        kvass = order.order_line.filtered(lambda line: line.product_id == self.kvass)
        wine = order.order_line - kvass
        wine.write({"service_replaces_line_id": kvass.id})
        kvass.write({"service_outcome": "replaced", "service_chosen_id": self.wine.id})
        order._service_note_document(False)
        rows = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "line")]
        )
        self.assertEqual(rows.data["sku"], self.kvass.default_code)
        self.assertEqual(rows.data["outcome"], "found", "kvass itself is in the bag")
        self.assertNotIn("replaced_by", rows.data)
        self.assertEqual(wine.service_outcome, "missing")

    def test_order_of_nothing_else_is_refused_with_a_reason(self):
        order = self._order(lines=[(self.wine, 1)])
        self._confirm(order, self.operator)
        self._carry(order, "delivery")
        action = self._task(order, self.courier).action_done()
        with self.assertRaisesRegex(UserError, "refuse the hand-over"):
            self._answer(action, self.courier, age_check="refused")

    def test_route_that_forgot_to_ask_does_not_hand_out(self):
        self.env.ref("order_service.task_delivery_deliver").checks_age = False
        order = self._at_the_door()
        with self.assertRaisesRegex(UserError, "nobody has looked"):
            self._task(order, self.courier).action_done()

    def test_expired_confirmation_stops_at_the_confirmation_of_the_order(self):
        order = self._wine_order()
        self._confirm(order, self.operator, valid_until=fields.Date.today())
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=2)),
            self.assertRaises(UserError),
        ):
            self.env.invalidate_all()
            self._task(order, self.operator).action_done()

    # -- what whoever hands out is told ------------------------------------------------

    def test_the_task_says_which_goods_need_a_document_and_to_whom(self):
        order = self._at_the_door()
        for user in (self.courier, self.manager):
            task = self._task(order, user)
            self.assertIn("age of 18: “[WINE] Wine”", task.document_text)
        plain = self._carry(self._order(), "delivery")
        self.assertFalse(self._task(plain, self.courier).document_text)
        order._service_note_document(True)
        self.assertFalse(self._task(order, self.courier).document_text)

    def test_the_dialog_says_what_is_left_to_pay_without_the_goods(self):
        order = self._at_the_door()
        kvass = order.order_line.filtered(lambda line: line.product_id == self.kvass)
        action = self._task(order, self.courier).action_done()
        dialog = self.env["order.service.act"].with_user(self.courier)
        dialog = dialog.with_context(**action["context"]).new()
        amount = order.currency_id.format(kvass.price_total)
        self.assertIn(f"without them: {amount}", dialog.age_refused_text)
        dialog.create({"age_check": "refused"}).action_confirm()
        self.assertAlmostEqual(order.service_amount_due, kvass.price_total)

    def test_nothing_else_in_the_order_is_told_before_it_is_tried(self):
        order = self._order(lines=[(self.wine, 1)])
        self._confirm(order, self.operator)
        task = self._task(self._carry(order, "delivery"), self.courier)
        dialog = self.env["order.service.act"].with_user(self.courier)
        dialog = dialog.with_context(**task.action_done()["context"]).new()
        self.assertIn("go back and refuse", dialog.age_refused_text)

    def test_the_pickup_desk_asks_for_the_document_too(self):
        for check, left in (("of_age", 3), ("refused", 2)):
            order = self._wine_order(service_fulfilment="pickup")
            self._confirm(order, self.operator)
            task = self._task(self._carry(order, "ready"), self.storeadmin)
            self.assertTrue(task.document_text)
            self._answer(task.action_done(), self.storeadmin, age_check=check)
            self.assertEqual(order.service_stage_id.code, "report")
            self.assertEqual(sum(order.order_line.mapped("qty_delivered")), left)

    def test_a_confirmation_withdrawn_stops_an_order_with_such_a_substitute(self):
        """The order held none when it was confirmed (S6)."""
        order = self._order()
        self.customer._service_confirm_age(18, "site", self.company)
        order.order_line[0].service_substitute_ids = [
            Command.create({"product_id": self.wine.id})
        ]
        self.assertEqual(order.service_minimum_age, 18)
        self.assertFalse(order.service_age_missing)
        self.customer.age_confirmation_ids.action_withdraw()
        order.invalidate_recordset()
        self.assertTrue(order.service_age_missing)
        with self.assertRaisesRegex(UserError, "Wine"):
            self._task(order, self.operator).action_done()
