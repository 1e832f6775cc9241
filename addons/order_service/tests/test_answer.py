from datetime import timedelta

from lxml import html

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .test_assembly import AssemblyCommon


class AnswerCommon(AssemblyCommon):
    """Orders whose kvass is replaced, and answers over the API."""

    def _answer_api(self, order, line, answer):
        ref = {
            "source": self.source.code,
            "external_ref": order.service_external_ref,
        }
        api = self.env["sale.order"].with_user(self.integrator)
        return api.service_answer(ref, line.service_ref, answer)

    def _replaced(self, policy="listed", finish=True, **values):
        """An order whose kvass is replaced by kefir; (order, line)."""
        order = self._at_assembly(**values)
        kvass = order.order_line[0]
        self._wish(kvass, policy, self.kefir, self.sour)
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        if policy != "call":
            task.action_service_replace(kvass.id, self.kefir.id)
        if finish:
            self._done(order)
        return order, kvass

    def _events(self, order):
        return order.service_event_ids.filtered(lambda event: event.trigger == "answer")

    def _call(self, order):
        return order.service_task_ids.filtered("asks_customer")

    def _pass_minutes(self, minutes):
        later = fields.Datetime.now() + timedelta(minutes=minutes)
        return freeze_time(later)


@tagged("post_install", "-at_install")
class TestAnswer(AnswerCommon):
    """S6: the customer's word on substitutes, in time, late or never."""

    # -- after the assembly ------------------------------------------------------------

    def test_accepting_keeps_the_substitute_and_is_counted(self):
        order, kvass = self._replaced()
        told = self._answer_api(order, kvass, "accept")
        self.assertEqual(told, {"result": "updated", "errors": []})
        self.assertEqual(
            self._answer_api(order, kvass, "accept")["result"], "unchanged"
        )
        self.assertEqual(kvass.service_replaced_by_ids.product_uom_qty, 2)
        row = kvass.service_substitute_ids[0]
        self.assertEqual((row.outcome, row.replaced_id), ("accepted", self.kvass))

    def test_declining_takes_the_substitute_off_sale_and_stock(self):
        order, kvass = self._replaced()
        before = order.amount_total
        self.assertEqual(self._answer_api(order, kvass, "decline")["result"], "updated")
        sent = kvass.service_replaced_by_ids
        self.assertEqual(sent.product_uom_qty, 0)
        self.assertFalse(self._move_of(sent))
        self.assertEqual(kvass.service_outcome, "missing")
        self.assertLess(order.amount_total, before)
        self.assertEqual(kvass.service_substitute_ids[0].outcome, "declined")
        last = self.env["order.service.change"].search(
            [("order_id", "=", order.id)], order="id desc", limit=1
        )
        self.assertEqual((last.kind, last.data["outcome"]), ("line", "missing"))
        self.assertEqual(
            self._answer_api(order, kvass, "decline")["result"], "unchanged"
        )
        self._carry(order, "report")
        self.assertEqual(sent.qty_delivered, 0)

    def test_declining_the_substitute_of_a_key_item_drops_its_dependents(self):
        order, kvass = self._replaced(finish=False)
        kvass.service_key = True
        order.order_line[1].service_depends_ids = kvass
        self._done(order)
        self.assertEqual(order.order_line[1].product_uom_qty, 1)
        self._answer_api(order, kvass, "decline")
        self.assertEqual(order.order_line[1].product_uom_qty, 0)

    def test_declining_may_cancel_the_order_as_wished(self):
        order, kvass = self._replaced(
            finish=False, service_on_key_missing="cancel_order"
        )
        kvass.service_key = True
        self._done(order)
        self._answer_api(order, kvass, "decline")
        self.assertEqual(order.service_stage_id.code, "refused")
        self.assertEqual(order.service_reason_id.code, "no_key_item")

    def test_an_answer_after_the_deadline_is_refused(self):
        order, kvass = self._replaced()
        with self._pass_minutes(self.company.service_answer_minutes + 1):
            told = self._answer_api(order, kvass, "decline")
        self.assertEqual(told["result"], "rejected")
        self.assertEqual(told["errors"][0]["code"], "not_editable")
        self.assertEqual(kvass.service_replaced_by_ids.product_uom_qty, 2)

    def test_an_answer_after_the_hand_over_is_refused(self):
        order, kvass = self._replaced()
        self._carry(order, "delivery")
        self.assertEqual(
            self._answer_api(order, kvass, "decline")["result"], "rejected"
        )

    def test_who_wants_to_be_called_is_called_and_the_order_waits(self):
        order, kvass = self._replaced()
        self._answer_api(order, kvass, "call")
        call = self._call(order)
        self.assertEqual((call.role, call.state), ("operator", "open"))
        self.assertEqual(call.stage_id, order.service_stage_id)
        handover = order.service_task_ids.filtered("asks_courier")
        order._service_set_courier(self.courier)
        handover.with_user(self.storeadmin)._finish("done")
        self.assertEqual(order.service_stage_id.code, "handover", "the call is open")
        kvass.with_user(self.operator).action_service_answer("accept")
        self.assertEqual(call.state, "done")
        self.assertEqual(order.service_stage_id.code, "delivery")

    def test_wrong_answers_have_codes(self):
        order, kvass = self._replaced()
        told = self._answer_api(order, kvass, "maybe")
        self.assertEqual(told["errors"][0]["field"], "answer")
        kvass.service_ref = "9"
        ref = {"source": self.source.code, "external_ref": order.service_external_ref}
        api = self.env["sale.order"].with_user(self.integrator)
        told = api.service_answer(ref, "1", "accept")
        self.assertEqual(told["errors"][0]["field"], "line_ref")
        told = api.service_answer({**ref, "external_ref": "no"}, "1", "accept")
        self.assertEqual(told["errors"][0]["field"], "order_ref.external_ref")
        milk = order.order_line[2]
        self.assertEqual(self._answer_api(order, milk, "decline")["result"], "rejected")

    # -- while it is assembled ---------------------------------------------------------

    def test_policy_call_asks_at_once_and_the_assembly_waits(self):
        order, kvass = self._replaced("call", finish=False)
        self.assertEqual(kvass.service_answer, "call")
        self.assertEqual(kvass.service_chosen_id, self.kefir, "what is proposed")
        self.assertEqual(len(self._call(order)), 1)
        with self.assertRaisesRegex(UserError, "asking the customer about .*Kvas"):
            self._assembly_task(order)._finish("done")
        self.assertEqual(self._answer_api(order, kvass, "accept")["result"], "updated")
        self.assertEqual(kvass.service_outcome, "replaced")
        self.assertEqual(self._call(order).state, "done")
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.product_id, self.kefir)
        self.assertEqual(kvass.service_substitute_ids[0].outcome, "accepted")

    def test_finding_the_goods_ends_the_call(self):
        order, kvass = self._replaced("call", finish=False)
        self._assembly_task(order).action_service_found(kvass.id)
        self.assertEqual(self._call(order).state, "done")
        self.assertFalse(kvass.service_answer)

    def _time_runs_out(self, order):
        with self._pass_minutes(self.company.service_call_minutes + 1):
            self._events(order)._run()

    def test_nobody_answers_so_the_first_listed_is_sent(self):
        """S6: to be called was the first choice, what was listed is the second."""
        order, kvass = self._replaced("call", finish=False)
        self._time_runs_out(order)
        self.assertEqual(kvass.service_answer, "silent")
        self.assertEqual(kvass.service_chosen_id, self.kefir)
        self.assertEqual(self._call(order).state, "done")
        self.assertFalse(self._events(order))
        self._done(order)
        sent = kvass.service_replaced_by_ids
        self.assertEqual((sent.product_id, sent.product_uom_qty), (self.kefir, 2))

    def test_nobody_answers_and_the_only_listed_is_sent(self):
        order, kvass = self._replaced("call", finish=False)
        kvass.service_substitute_ids[1].unlink()
        self._time_runs_out(order)
        self.assertEqual(kvass.service_chosen_id, self.kefir)
        self.assertEqual(kvass.service_outcome, "replaced")

    def test_nobody_answers_and_what_was_sold_meanwhile_is_passed_over(self):
        order, kvass = self._replaced("call", finish=False)
        self.assertEqual(kvass.service_chosen_id, self.kefir, "what was proposed")
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.kefir, self.store.lot_stock_id, -100)
        self._time_runs_out(order)
        self.assertEqual(kvass.service_chosen_id, self.sour)

    def test_nobody_answers_and_what_was_declined_is_passed_over(self):
        order, kvass = self._replaced("call", finish=False)
        kvass.service_substitute_ids[0]._service_keep("declined")
        self._time_runs_out(order)
        self.assertEqual(kvass.service_chosen_id, self.sour)

    def test_nobody_answers_about_what_is_packed_so_it_stays(self):
        order, kvass = self._replaced()
        self._answer_api(order, kvass, "call")
        self._time_runs_out(order)
        self.assertEqual(kvass.service_answer, "silent")
        self.assertFalse(kvass.service_answer_until)
        self.assertEqual(kvass.service_replaced_by_ids.product_uom_qty, 2)
        self.assertEqual(self._call(order).state, "done")

    def test_the_operators_task_tells_what_came_of_the_call(self):
        order, kvass = self._replaced("call", finish=False)
        call = self._call(order).with_user(self.operator).with_context(lang="en_US")
        self.assertFalse(call.answered_text, "the customer is still asked")
        self.assertIn("Did nobody answer about", call.done_question)
        self._time_runs_out(order)
        self.assertEqual(
            call.answered_text, "Kvas: Did not answer. Instead: Kefir × 2."
        )
        self._assembly_task(order).action_service_missing(kvass.id)
        kvass.with_user(self.operator).action_service_answer("decline")
        self.assertEqual(call.answered_text, "Kvas: Declined. Left out.")

    def test_who_listed_nothing_and_does_not_answer_gets_nothing(self):
        order, kvass = self._replaced("call", finish=False)
        kvass.service_substitute_ids.unlink()
        with self._pass_minutes(self.company.service_call_minutes + 1):
            self._events(order)._run()
        self.assertEqual(
            (kvass.service_answer, kvass.service_outcome), ("silent", "missing")
        )
        self._done(order)
        self.assertEqual(kvass.product_uom_qty, 0)
        self.assertFalse(kvass.service_replaced_by_ids)

    def test_the_timer_comes_after_the_answer_and_changes_nothing(self):
        order, kvass = self._replaced("call", finish=False)
        self._answer_api(order, kvass, "decline")
        with self._pass_minutes(self.company.service_call_minutes + 1):
            self._events(order)._run()
        self.assertEqual(kvass.service_answer, "decline")
        self.assertEqual(kvass.service_outcome, "missing")

    def test_an_operator_who_gives_up_has_the_first_listed_sent(self):
        order, kvass = self._replaced("call", finish=False)
        self._call(order).with_user(self.operator).action_done()
        self.assertEqual(kvass.service_answer, "silent")
        self.assertEqual(kvass.service_chosen_id, self.kefir)

    def test_lost_key_item_is_asked_about_before_the_end(self):
        order = self._at_assembly(service_on_key_missing="call")
        kvass, cucumber, _milk = order.order_line
        kvass.service_key = True
        cucumber.service_depends_ids = kvass
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        action = self._done(order)
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(task.state, "open")
        self.assertEqual(len(self._call(order)), 1)
        kvass.with_user(self.operator).action_service_answer("accept")
        self._done(order)
        self.assertEqual(order.service_stage_id.code, "handover")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [0, 0, 3])

    def test_without_the_key_item_the_customer_may_give_up_the_order(self):
        order = self._at_assembly(service_on_key_missing="call")
        kvass = order.order_line[0]
        kvass.service_key = True
        self._assembly_task(order).action_service_missing(kvass.id)
        self._done(order)
        kvass.with_user(self.operator).action_service_answer("decline")
        self.assertEqual(order.service_stage_id.code, "refused")

    def test_a_stage_without_a_task_for_calls_gets_one(self):
        stage = self.env.ref("order_service.stage_delivery_assembly")
        stage.template_ids.filtered("asks_customer").active = False
        order, _kvass = self._replaced("call", finish=False)
        self.assertEqual(self._call(order).template_id.stage_id, stage)

    # -- who may -----------------------------------------------------------------------

    def test_only_the_api_and_operators_pass_answers_on(self):
        order, kvass = self._replaced()
        api = self.env["sale.order"]
        ref = {"source": self.source.code, "external_ref": order.service_external_ref}
        for user in (self.operator, self.storeadmin, self.courier, self.marketing):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                api.with_user(user).service_answer(ref, "1", "accept")
        for user in (self.storeadmin, self.courier, self.integrator, self.marketing):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                kvass.with_user(user).action_service_answer("accept")

    # -- suggestions over the API ------------------------------------------------------

    def test_suggestions_are_told_in_a_shape_every_protocol_carries(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "listed", self.sour, self.kefir)
        ref = {"source": self.source.code, "external_ref": order.service_external_ref}
        api = self.env["sale.order"].with_user(self.integrator)
        told = api.service_suggest(ref, "1", 1)
        self.assertEqual(told["errors"], [])
        [best] = told["suggestions"]
        self.assertEqual((best["sku"], best["listed"]), ("SOUR", True))
        self.assertEqual(best["price"], 89.9, "never above the line's price")
        told = api.service_suggest(ref, "nine", 1)
        self.assertEqual(told["suggestions"], [])
        self.assertEqual(told["errors"][0]["field"], "line_ref")
        with self.assertRaises(AccessError):
            api.with_user(self.courier).service_suggest(ref, "1")


@tagged("post_install", "-at_install")
class TestAnswerPortal(AnswerCommon, HttpCase):
    """S6: the buttons on the order's page, by login or by its link."""

    def _page(self, order):
        return self.url_open(order.get_portal_url()).text

    def _press(self, order, line, answer, **values):
        self.authenticate(None, None)
        form = {
            "csrf_token": http.Request.csrf_token(self),
            "access_token": order.access_token,
            "line_id": line.id,
            "answer": answer,
            **values,
        }
        url = f"/my/orders/{order.id}/service/answer"
        return self.url_open(url, data=form)

    def test_the_page_shows_what_came_instead_and_takes_the_answer(self):
        order, kvass = self._replaced()
        order._portal_ensure_token()
        page = self._page(order)
        self.assertIn("Not as ordered", page)
        self.assertIn("Kefir", page)
        self.assertIn("Leave it out", page)
        self.assertEqual(self._press(order, kvass, "decline").status_code, 200)
        self.assertEqual(kvass.service_answer, "decline")
        self.assertEqual(kvass.service_replaced_by_ids.product_uom_qty, 0)
        self.assertNotIn("Leave it out", self._page(order))

    def _line_on_page(self, order, line):
        """The row of a line on the page, spaces made one; None: it has no row."""
        page = html.fromstring(self._page(order))
        rows = [
            " ".join(row.text_content().split())
            for row in page.xpath("//tr[@name='tr_product']")
        ]
        return next((row for row in rows if row.startswith(line.name)), None)

    def test_the_page_says_why_a_line_does_not_come_instead_of_zeros(self):
        order, kvass = self._replaced()
        sent = kvass.service_replaced_by_ids
        row = self._line_on_page(order, kvass)
        self.assertIn(f"{kvass.name} Not available.", row)
        self.assertNotIn("0.00", row)
        self.assertIn(f"Instead of {self.kvass.name}", self._line_on_page(order, sent))
        self._press(order, kvass, "decline")
        declined = f"Not available. You declined: {self.kefir.name}."
        self.assertIn(declined, self._line_on_page(order, kvass))
        self.assertIsNone(self._line_on_page(order, sent), "the line tells of it")
        self.assertEqual(self._page(order).count(declined), 2, "above and in the list")

    def test_the_page_says_what_was_left_out_with_a_missing_line(self):
        order = self._at_assembly(service_on_key_missing="drop_dependents")
        kvass, cucumber, _milk = order.order_line
        kvass.service_key = True
        cucumber.service_depends_ids = kvass
        self._assembly_task(order).action_service_missing(kvass.id)
        self._done(order)
        self.assertIn(
            f"Left out with {self.kvass.name}.", self._line_on_page(order, cucumber)
        )

    def test_the_page_tells_the_price_of_a_piece_below_the_name_too(self):
        order, _kvass = self._replaced()
        milk = order.order_line.filtered(lambda line: line.product_id == self.milk)
        price = milk.currency_id.format(milk.price_unit).replace("\xa0", " ")
        self.assertIn(f"{price} / pcs", self._line_on_page(order, milk))

    def test_the_printed_order_says_it_too(self):
        order, kvass = self._replaced()
        self._press(order, kvass, "decline")
        report = self.env["ir.actions.report"]
        sheet, _kind = report._render_qweb_html("sale.report_saleorder", order.ids)
        self.assertIn(f"You declined: {self.kefir.name}.", sheet.decode())
        self.assertNotIn(">0.0", sheet.decode())

    def test_without_the_link_nobody_answers(self):
        order, kvass = self._replaced()
        order._portal_ensure_token()
        self._press(order, kvass, "decline", access_token="wrong")
        self.assertFalse(kvass.service_answer)

    def test_a_late_answer_is_told_to_be_late(self):
        order, kvass = self._replaced()
        order._portal_ensure_token()
        kvass.service_answer_until = fields.Datetime.now() - timedelta(minutes=1)
        page = self._press(order, kvass, "decline").text
        self.assertIn("is not awaited", page)
        self.assertFalse(kvass.service_answer)
