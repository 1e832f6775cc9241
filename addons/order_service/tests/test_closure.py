from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestClosure(ApiCommon):
    """A store closed for a time: nothing new comes in, what is there is moved (S17)."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now().replace(microsecond=0)
        self.start = self.now + timedelta(hours=4)
        self.end = self.now + timedelta(hours=9)

    def _close(self, user=None, **values):
        dialog = self.env["order.service.close.store"].with_user(user or self.manager)
        dialog = dialog.create(
            {
                "store_id": self.store.id,
                "start": self.start,
                "end": self.end,
                "reason": "A burst pipe",
                **values,
            }
        )
        return dialog, dialog.action_close()

    def _closure(self, **values):
        return self.env["order.service.store.closure"].create(
            {
                "store_id": self.store.id,
                "start": self.start,
                "end": self.end,
                "reason": "A burst pipe",
                **values,
            }
        )

    # -- one action -------------------------------------------------------------------

    def test_orders_hit_are_listed_and_moved_to_the_next_open_day(self):
        hit = self._order()
        other = self._order(warehouse_id=self.other_store.id)
        later = self._order(
            service_slot_start=self.now + timedelta(days=3),
            service_slot_end=self.now + timedelta(days=3, hours=2),
        )
        slots = {order: order.service_slot_start for order in hit | other | later}
        dialog, note = self._close(end=self.now + timedelta(days=1, hours=9))
        self.assertEqual(note["params"]["type"], "success")
        self.assertIn("1", note["params"]["message"])
        self.assertEqual(hit.service_slot_start, slots[hit] + timedelta(days=2))
        self.assertEqual(hit.commitment_date, hit.service_slot_end)
        for order in other | later:
            self.assertEqual(order.service_slot_start, slots[order])
        change = self.env["order.service.change"].search(
            [("order_id", "=", hit.id), ("kind", "=", "slot")]
        )
        self.assertEqual(change.data["reason"], "A burst pipe")
        self.assertEqual(hit.service_closure_id.order_ids, hit)
        self.assertTrue(dialog.exists())

    def test_dialog_shows_the_orders_before(self):
        hit = self._order()
        dialog = self.env["order.service.close.store"].new(
            {"store_id": self.store.id, "start": self.start, "end": self.end}
        )
        self.assertEqual(dialog.order_ids._origin, hit)
        self.assertIn("UTC+10", dialog.store_time)

    def test_orders_on_their_way_are_told_apart_and_stay_as_they_are(self):
        waiting, carried = self._order(), self._carry(self._order(), "delivery")
        slot = carried.service_slot_start
        dialog, _note = self._close()
        self.assertNotIn(carried, dialog.order_ids)
        self.assertIn(f"1 ({carried.service_number})", dialog.carried_text)
        self.assertEqual(carried.service_slot_start, slot)
        self.assertEqual(waiting.service_closure_id.order_ids, waiting)

    def test_without_orders_on_their_way_nothing_is_told_of_them(self):
        self._order()
        dialog, _note = self._close()
        self.assertFalse(dialog.carried_text)

    def test_administrators_are_offered_their_own_stores_managers_all(self):
        dialogs = self.env["order.service.close.store"]
        own = dialogs.with_user(self.storeadmin).new({})
        self.assertEqual(own.possible_store_ids._origin, self.store)
        self.assertEqual(own.store_id._origin, self.store)
        every = dialogs.with_user(self.manager).new({}).possible_store_ids._origin
        self.assertIn(self.other_store, every)

    def test_orders_hit_are_postponed_until_the_store_opens(self):
        hit = self._order()
        self._close(decision="defer")
        deferral = hit.service_deferral_id
        self.assertEqual(hit.service_status, "postponed")
        self.assertEqual((deferral.until, deferral.text), (self.end, "A burst pipe"))

    def test_each_customer_gets_one_message(self):
        by_mail = self._order()
        nobody = self.env["res.partner"].create({"name": "B", "phone": "+79130000009"})
        by_sms = self._order(partner_id=nobody.id)
        self._close()
        closure = by_mail.service_closure_id
        rows = self.env["order.service.message"].search(
            [("closure_id", "=", closure.id)]
        )
        self.assertEqual(
            {(row.order_id, row.kind) for row in rows},
            {(by_mail, "mail"), (by_sms, "sms")},
        )
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        closure._tell(by_mail | by_sms)
        self.assertEqual(
            len(rows.search([("closure_id", "=", closure.id)])), 2, "told once"
        )
        body = rows.mail_template_id._render_field("body_html", by_mail.ids)
        self.assertIn("A burst pipe", body[by_mail.id])
        self.assertIn(by_mail.service_slot_text, body[by_mail.id])
        text = rows.sms_template_id._render_field("body", by_sms.ids)[by_sms.id]
        self.assertIn(by_sms.service_slot_text, text)

    def test_order_that_cannot_be_postponed_is_named_and_the_others_are(self):
        order, stuck = self._order(), self._order()
        until = self.now + timedelta(days=2)
        self.env["order.service.deferral"]._open(stuck, "no_answer", until)
        _dialog, note = self._close(decision="defer")
        self.assertEqual(note["params"]["type"], "warning")
        self.assertIn(stuck.service_number, note["params"]["message"])
        self.assertEqual(order.service_status, "postponed")
        self.assertFalse(stuck.service_closure_id)

    def test_orders_may_be_left_as_they_are(self):
        hit = self._order()
        slot = hit.service_slot_start
        self._close(decision="leave")
        self.assertEqual(hit.service_slot_start, slot)
        hit.with_user(self.operator).service_comment = "still alive"
        self._carry(hit, "assembly")

    def test_finished_orders_are_not_touched(self):
        won = self._carry(self._order(), "won")
        slot = won.service_slot_start
        self._close()
        self.assertEqual(won.service_slot_start, slot)

    def test_time_that_is_over_cannot_be_closed(self):
        with self.assertRaisesRegex(UserError, "is over"):
            self._close(start=self.now - timedelta(hours=2), end=self.now)

    # -- doors ------------------------------------------------------------------------

    def test_site_is_refused_a_slot_in_the_closure(self):
        sent = self.payload()
        self._closure(start="2026-11-21 03:00:00", end="2026-11-21 09:00:00")
        [answer] = self.submit(sent)
        self.assertEqual(self.problems(answer), {("store_closed", "slot")})
        self.assertIn("from 21.11 13:00 to 21.11 19:00", answer["errors"][0]["message"])
        self.assertIn("A burst pipe", answer["errors"][0]["message"])
        sent["slot"] = {"start": "2026-11-21T09:00:00Z", "end": "2026-11-21T11:00:00Z"}
        self.assertEqual(self.submit(sent)[0]["result"], "created")

    def test_site_is_refused_picking_up_now_at_a_closed_store(self):
        self._closure(start=self.now - timedelta(hours=1))
        pickup = {"fulfilment": "pickup", "slot": None, "address": None}
        answer = self.submit_one(**pickup)
        self.assertEqual(self.problems(answer), {("store_closed", "store")})
        answer = self.submit_one(store=self.other_store.service_code, **pickup)
        self.assertEqual(answer["result"], "created")

    def test_operator_is_refused_a_slot_in_the_closure(self):
        order = self._order(
            service_slot_start=self.now + timedelta(days=2),
            service_slot_end=self.now + timedelta(days=2, hours=1),
        )
        self._closure()
        with self.assertRaisesRegex(ValidationError, "is closed from.*A burst pipe"):
            order.with_user(self.operator)._service_set_slot(
                self.start, self.start + timedelta(hours=1)
            )

    def test_one_query_finds_the_closures_of_all(self):
        self._closure()
        times = [
            (store, self.start, self.end) for store in self.store | self.other_store
        ]
        self.env.flush_all()
        with self.assertQueryCount(1):
            own, other = self.env["order.service.store.closure"]._find_hit(times)
        self.assertTrue(own)
        self.assertFalse(other)

    # -- rights -----------------------------------------------------------------------

    def test_administrator_closes_the_own_store_only(self):
        self._order()
        self._close(user=self.storeadmin)
        for user in (self.other_storeadmin, self.operator, self.courier):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._close(user=user)

    def test_who_may_not_close_a_store_opens_none_either(self):
        closure = self._closure()
        self.assertTrue(closure.with_user(self.operator).reason)
        for user in (self.operator, self.courier, self.marketing):
            with self.assertRaises(AccessError):
                closure.with_user(user).end = self.now
        with self.assertRaises(AccessError):
            closure.with_user(self.other_storeadmin).end = self.now
        with self.assertRaises(AccessError):
            closure.with_user(self.storeadmin).unlink()
        with self.assertRaises(AccessError):
            closure.with_user(self.integrator).read(["reason"])

    def test_closure_of_another_company_is_not_seen(self):
        closure = self._closure()
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": company.ids, "company_id": company.id})
        closures = self.env["order.service.store.closure"].with_user(self.manager)
        self.assertNotIn(closure, closures.search([]))
