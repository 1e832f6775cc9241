from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_slots import SlotCommon

KEYS = {
    "slot_id",
    "store",
    "kind",
    "start",
    "end",
    "places",
    "taken",
    "left",
    "cutoff_at",
    "state",
}


@tagged("post_install", "-at_install")
class TestServiceSlots(SlotCommon):
    """A site reads the slots of its stores (S17)."""

    def ask(self, user=None, **values):
        asked = {
            "store": self.store.service_code,
            "date_from": str(self._day(2)),
            "date_to": str(self._day(2)),
            **values,
        }
        api = self.orders.with_user(user or self.integrator)
        return self.carried(api.service_slots(**asked))

    def test_slots_of_a_day_in_the_promised_shape(self):
        first, second = self.ask()
        self.assertEqual(set(first), KEYS)
        self.assertEqual(first["slot_id"], self.morning.id)
        self.assertEqual(first["store"], self.store.service_code)
        self.assertEqual(first["start"], self._times(self.morning)["start"])
        self.assertEqual(second["start"], first["end"])
        self.assertEqual((first["places"], first["taken"], first["left"]), (2, 0, 2))
        self.assertEqual((first["kind"], first["state"]), ("delivery", "open"))

    def test_states(self):
        self.company.service_slot_few_percent = 50
        self.reserve(self.morning)
        self.assertEqual(self.ask()[0]["state"], "few")
        self.reserve(self.morning, "R-2")
        full = self.ask()[0]
        self.assertEqual((full["state"], full["left"], full["taken"]), ("full", 0, 2))
        self.noon.closed = True
        self.assertEqual(self.ask()[1]["state"], "closed")

    def test_the_kind_narrows(self):
        self._week(self.store, kind="pickup")
        self.assertEqual(len(self.ask()), 4)
        self.assertEqual({slot["kind"] for slot in self.ask(kind="pickup")}, {"pickup"})

    def test_stores_of_others_and_bad_questions_get_a_sentence(self):
        self.source.store_ids = self.other_store
        with self.assertRaisesRegex(UserError, "^unknown_store:"):
            self.ask()
        self.source.store_ids = False
        for values in (
            {"date_from": "soon"},
            {"date_to": str(self._day(1))},
            {"date_to": str(self._day(90))},
            {"date_from": None},
            {"kind": "drone"},
        ):
            with self.assertRaisesRegex(UserError, "^bad_value:"):
                self.ask(**values)

    def test_it_is_for_users_of_the_api_with_a_source(self):
        for user in (self.operator, self.storeadmin, self.courier, self.marketing):
            self.assertRaises(AccessError, self.ask, user=user)
            self.assertRaises(AccessError, self.reserve, self.morning, user=user)
        with self.assertRaisesRegex(UserError, "^forbidden:"):
            self.ask(user=self.manager)
        told = self.reserve(self.morning, user=self.manager)
        self.assertEqual(self.problems(told), {("forbidden", "order_ref.source")})

    def test_a_month_of_slots_costs_few_queries(self):
        self.ask()
        self.env.invalidate_all()
        with self.assertQueryCount(9):
            self.ask(date_to=str(self._day(30)))


@tagged("post_install", "-at_install")
class TestReserveSlot(SlotCommon):
    """A place is held for a basket, and is free again when time is over (S17)."""

    def assertRejected(self, code, field, *arguments, **values):
        told = self.reserve(*arguments, **values)
        self.assertEqual(told["result"], "rejected")
        self.assertEqual(self.problems(told), {(code, field)})

    def test_a_place_is_held_for_an_order_to_come(self):
        told = self.reserve(self.morning, minutes=20)
        self.assertEqual(told["result"], "reserved")
        self.assertEqual((told["slot_id"], told["places"]), (self.morning.id, 1))
        until = fields.Datetime.to_datetime(told["expires_at"][:19].replace("T", " "))
        soon = fields.Datetime.now() + timedelta(minutes=20)
        self.assertAlmostEqual(until, soon, delta=timedelta(minutes=1))
        self.assertEqual(self.left(self.morning), 1)

    def test_asked_again_it_is_unchanged(self):
        told = self.reserve(self.morning)
        again = self.reserve(self.morning, minutes=30)
        self.assertEqual(again, {**told, "result": "unchanged"})
        self.assertEqual(self.left(self.morning), 1)

    def test_another_slot_frees_the_first_one(self):
        self.reserve(self.morning)
        self.assertEqual(self.reserve(self.noon)["result"], "reserved")
        self.assertEqual((self.left(self.morning), self.left(self.noon)), (2, 1))

    def test_a_full_slot_is_free_again_when_time_is_over(self):
        self.reserve(self.morning)
        self.reserve(self.morning, "R-2")
        self.assertRejected("slot_full", "slot_id", self.morning, "R-3")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.assertEqual(self.left(self.morning), 2)
            self.assertEqual(self.reserve(self.morning, "R-3")["result"], "reserved")

    def test_what_cannot_be_held(self):
        self.assertRejected("slot_unknown", "slot_id", 2**31 - 1)
        self.assertRejected("bad_value", "minutes", self.morning, minutes=0)
        self.assertRejected("bad_value", "minutes", self.morning, minutes=100000)
        self.morning.closed = True
        self.assertRejected("slot_closed", "slot_id", self.morning)
        self.noon.cutoff_at = fields.Datetime.now()
        self.assertRejected("slot_closed", "slot_id", self.noon)
        self.source.store_ids = self.other_store
        self.assertRejected("slot_unknown", "slot_id", self.noon)

    def test_an_order_of_another_source(self):
        told = self.orders.with_user(self.integrator).service_reserve_slot(
            {"source": "alien", "external_ref": "R-1"}, self.morning.id
        )
        self.assertEqual(self.problems(told), {("forbidden", "order_ref.source")})

    def test_an_order_that_has_the_place_is_unchanged(self):
        sent = self.payload(slot=self._times(self.morning))
        self.submit(sent)
        told = self.reserve(self.morning, sent["external_ref"])
        self.assertEqual(told["result"], "unchanged")
        self.assertNotIn("expires_at", told)
        self.assertEqual(self.left(self.morning), 1)


@tagged("post_install", "-at_install")
class TestSubmitSlot(SlotCommon):
    """Received orders take places, each refusal has its code (S4, S17)."""

    def assertRefused(self, code, slot, **values):
        answer = self.submit_one(
            slot=slot if isinstance(slot, dict) else self._times(slot), **values
        )
        self.assertEqual(answer["result"], "rejected")
        self.assertEqual(self.problems(answer), {(code, "slot")})
        return answer

    def test_an_order_takes_a_place(self):
        order = self.order_of(self.submit_to(self.morning))
        self.assertEqual(order.service_place_ids.slot_id, self.morning)
        self.assertEqual((self.left(self.morning), self.morning.taken), (1, 1))

    def test_the_place_held_for_it_is_taken_over(self):
        self.reserve(self.morning, "P-mine")
        self.reserve(self.morning, "R-2")
        self.assertRefused("slot_full", self.morning)
        order = self.order_of(self.submit_to(self.morning, external_ref="P-mine"))
        self.assertEqual(len(order.service_place_ids), 1)
        self.assertFalse(order.service_place_ids.external_ref)
        self.assertEqual(self.left(self.morning), 0)

    def test_a_place_held_in_another_slot_is_given_back(self):
        self.reserve(self.noon, "P-other")
        self.order_of(self.submit_to(self.morning, external_ref="P-other"))
        self.assertEqual((self.left(self.morning), self.left(self.noon)), (1, 2))

    def test_more_lines_take_more_places(self):
        lines = [self.line("KVAS", ref=str(number)) for number in range(4)]
        order = self.order_of(self.submit_to(self.morning, lines=lines))
        self.assertEqual(len(order.service_place_ids), 2)
        seven = [self.line("KVAS", ref=str(number)) for number in range(7)]
        self.assertRefused("slot_full", self.noon, lines=seven)
        self.assertEqual(self.left(self.noon), 2)

    def test_of_a_batch_the_first_get_the_places(self):
        slot = self._times(self.morning)
        answers = self.submit(*(self.payload(slot=slot) for _index in range(3)))
        self.assertEqual(
            [answer["result"] for answer in answers], ["created", "created", "rejected"]
        )
        self.assertEqual(self.problems(answers[2]), {("slot_full", "slot")})
        self.assertEqual(
            self.env["order.service.intake"].search_count(
                [("external_ref", "=", answers[2]["external_ref"])]
            ),
            0,
            "its number is free to be sent again",
        )

    def test_times_that_are_no_slot(self):
        times = self._times(self.morning)
        for wrong in (
            {**times, "end": self._times(self.noon)["end"]},
            {"start": "2031-11-21T12:00:00+10:00", "end": "2031-11-21T14:00:00+10:00"},
        ):
            self.assertRefused("slot_unknown", wrong)
        self._week(self.store, kind="pickup", hours=((15, 16),))
        self.assertRefused("slot_unknown", self.morning, fulfilment="pickup")

    def test_closed_or_past_its_cut_off(self):
        self.morning.closed = True
        answer = self.assertRefused("slot_closed", self.morning)
        self.assertIn("10:00–12:00", answer["errors"][0]["message"])
        self.noon.cutoff_at = fields.Datetime.now()
        self.assertRefused("slot_closed", self.noon)

    def test_a_store_without_a_week_takes_any_time(self):
        code = self.other_store.service_code
        order = self.order_of(self.submit_one(store=code))
        self.assertFalse(order.service_place_ids)
        self.order_of(self.submit_one(fulfilment="pickup", address=None))
        self.patterns.active = False
        self.order_of(self.submit_one())

    def test_an_order_without_a_slot_takes_no_place(self):
        order = self.order_of(self.submit_one(slot=None))
        self.assertFalse(order.service_place_ids)

    def test_an_order_refused_for_something_else_holds_nothing(self):
        self.submit_to(self.morning, lines=[self.line("NONE")])
        self.assertEqual(self.left(self.morning), 2)

    # -- sent again --------------------------------------------------------------------

    def test_sent_again_unchanged_takes_nothing_more(self):
        sent = self.payload(slot=self._times(self.morning))
        self.submit(sent)
        self.assertEqual(self.submit(sent)[0]["result"], "unchanged")
        self.assertEqual(self.left(self.morning), 1)

    def test_another_slot_moves_the_place(self):
        sent = self.payload(slot=self._times(self.morning))
        order = self.order_of(self.submit(sent)[0])
        sent["slot"] = self._times(self.noon)
        self.assertEqual(self.submit(sent)[0]["result"], "updated")
        self.assertEqual(order.service_place_ids.slot_id, self.noon)
        self.assertEqual((self.left(self.morning), self.left(self.noon)), (2, 1))
        self.assertEqual(order.commitment_date, self.noon.end)

    def test_a_full_slot_leaves_the_order_where_it_was(self):
        sent = self.payload(slot=self._times(self.morning))
        order = self.order_of(self.submit(sent)[0])
        for number in ("R-1", "R-2"):
            self.reserve(self.noon, number)
        [answer] = self.submit(dict(sent, slot=self._times(self.noon)))
        self.assertEqual(self.problems(answer), {("slot_full", "slot")})
        self.assertEqual(order.service_place_ids.slot_id, self.morning)

    def test_more_and_fewer_lines_move_the_number_of_places(self):
        sent = self.payload(slot=self._times(self.morning))
        order = self.order_of(self.submit(sent)[0])
        many = [self.line("KVAS", ref=str(number)) for number in range(5)]
        self.submit(dict(sent, lines=many))
        self.assertEqual(len(order.service_place_ids), 2)
        self.submit(sent)
        self.assertEqual(
            (len(order.service_place_ids), self.left(self.morning)), (1, 1)
        )

    def test_an_order_stays_in_its_slot_past_the_cut_off(self):
        sent = self.payload(slot=self._times(self.morning))
        order = self.order_of(self.submit(sent)[0])
        self.morning.cutoff_at = fields.Datetime.now()
        [answer] = self.submit(dict(sent, comment="Third floor"))
        self.assertEqual((answer["result"], answer["errors"]), ("updated", []))
        self.assertEqual(order.service_place_ids.slot_id, self.morning)

    def test_another_store_s_slot(self):
        week = self._week(self.other_store)
        self.assertTrue(week)
        sent = self.payload(slot=self._times(self.morning))
        order = self.order_of(self.submit(sent)[0])
        slot = self._slots_of(self.other_store, 2)[0]
        code = self.other_store.service_code
        [answer] = self.submit(dict(sent, store=code, slot=self._times(slot)))
        self.assertEqual(answer["result"], "updated")
        self.assertEqual(order.service_place_ids.slot_id, slot)
        self.assertEqual(self.left(self.morning), 2)

    def test_a_batch_costs_the_same_few_queries_whatever_its_slots(self):
        """Places of a batch are found, held and taken in as many statements as one."""
        self.patterns.places = 60

        def queries(count):
            slots = self._slots_of(self.store)[4 : 4 + count]
            sent = [self.payload(slot=self._times(slot)) for slot in slots]
            self.env.flush_all()
            self.env.invalidate_all()
            wants = self.env["order.service.slot.place"]
            seen = []
            execute = type(self.env.cr).execute

            def note(cursor, query, *arguments, **values):
                seen.append("slot_place" in str(getattr(query, "code", query)))
                return execute(cursor, query, *arguments, **values)

            self.patch(type(wants.env.cr), "execute", note)
            self.submit(*sent)
            self.env.flush_all()
            return sum(seen)

        queries(1)
        self.assertEqual(queries(2), queries(8))
