from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestWaitlist(NotificationBuilders, TransactionCase):
    """Goods come in for those who wait (K4e, K11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_waitlist()
        cls.partner = cls._partner("Romashka")
        cls.person = cls._persons(cls.partner)

    # -- an arrival --------------------------------------------------------------------

    def test_an_arrival_is_told_with_goods_quantity_and_hour(self):
        entry = self._entry(self.partner, quantity=5)
        self.assertFalse(self._tick(), "nothing is there")
        self._arrive(7)
        notification = self._tick()
        self.assertEqual(notification.commercial_partner_id, self.partner)
        self.assertIn("Paper", notification.subject)
        self.assertIn("5 Units", notification.body)
        self.assertEqual(entry.state, "told")
        self.assertTrue(entry.told_at)
        self.assertFalse(self._tick(), "one arrival is told once")

    def test_the_reader_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.product.with_context(lang="ru_RU").name = "Бумага"
        self._entry(self.partner)
        self._arrive(7)
        notification = self._tick()
        self.assertIn("Бумага", notification.with_context(lang="ru_RU").subject)
        self.assertIn("Paper", notification.subject)

    def test_the_hour_is_of_the_companys_clock(self):
        self.company.partner_id.tz = "Asia/Vladivostok"
        self.company.notification_hold_hours = 2
        self._entry(self.partner)
        self._arrive(7)
        with freeze_time("2026-03-02 01:00:00"):
            notification = self._tick()
        self.assertIn("2 Mar, 13:00", notification.body, "03:00 UTC is 13:00 there")

    def test_the_first_who_entered_is_served_and_the_next_after_his_hours(self):
        first, second = self._entry(self.partner, 5), self._entry(self._partner("B"), 5)
        self._arrive(7)
        self._tick()
        self.assertEqual((first.state, second.state), ("told", "waiting"))
        with freeze_time(first.held_until + timedelta(minutes=1)):
            self._tick()
        self.assertEqual(second.state, "told")

    def test_nobody_is_told_of_the_same_arrival_twice(self):
        entry = self._entry(self.partner)
        self._arrive(7)
        self._tick()
        with freeze_time(entry.held_until + timedelta(minutes=1)):
            self.assertFalse(self._tick())
        self.assertEqual(entry.state, "told")

    def test_gone_and_back_again_is_told_again(self):
        entry = self._entry(self.partner)
        self._arrive(7)
        self._tick()
        later = entry.held_until + timedelta(minutes=1)
        self._arrive(-7)
        with freeze_time(later):
            self.assertFalse(self._tick())
            self.assertEqual(entry.state, "waiting")
            self._arrive(7)
            self.assertTrue(self._tick())
        self.assertEqual(entry.state, "told")

    def test_what_was_never_decided_on_is_told_after_its_hours(self):
        """All sending was off for longer than the goods are kept."""
        entry = self._entry(self.partner)
        self._arrive(7)
        self.rule._run()
        with freeze_time(entry.held_until + timedelta(minutes=1)):
            self._send(self.rule.broadcast_ids)
            self.assertEqual(entry.state, "held")
            self.assertTrue(self._tick())
        self.assertEqual(entry.state, "told")

    def test_a_run_repeated_tells_nobody_twice(self):
        """X6: the run that gives and the wave are one transaction or none."""
        self._entry(self.partner)
        self._arrive(7)
        self.rule._run()
        wave = self.rule.broadcast_ids
        self.pipeline._start(wave)
        self.pipeline._keep_candidates(
            wave, self.rule._source_model()._candidates(wave)
        )
        self._send(wave)
        self.assertEqual(wave.sent_count, 1)

    def test_who_is_held_out_is_kept_for_like_the_others_and_knows_nothing(self):
        """X1"""
        self.rule.hold_out_share = 99.9
        entries = [self._entry(self._partner(f"Co {n}")) for n in range(3)]
        self._arrive(100)
        notifications = self._tick()
        self.assertEqual(set(notifications.mapped("outcome")), {"hold_out"})
        for entry in entries:
            self.assertEqual(entry.state, "held")
            self.assertFalse(entry.told_at)
        self.assertFalse(self._tick(), "decided once")

    def test_reserved_goods_are_not_free(self):
        self._entry(self.partner, 5)
        self._arrive(7)
        self.env["stock.quant"]._update_reserved_quantity(
            self.product, self.warehouse.lot_stock_id, 4
        )
        self.assertFalse(self._tick())

    def test_goods_of_another_warehouse_are_no_help_and_any_is_any(self):
        other = self._warehouse("Far")
        here = self._entry(self.partner, warehouse_id=self.warehouse.id)
        anywhere = self._entry(self._partner("B"))
        self._arrive(7, other)
        self._tick()
        self.assertEqual((here.state, anywhere.state), ("waiting", "told"))
        self.assertEqual(anywhere.held_warehouse_id, other)

    def test_only_partners_whom_the_rule_lets_in_are_served(self):
        self.rule.domain = f"[('id', '!=', {self.partner.id})]"
        out, served = self._entry(self.partner, 5), self._entry(self._partner("B"), 5)
        self._arrive(7)
        self._tick()
        self.assertEqual((out.state, served.state), ("waiting", "told"))

    def test_another_companys_stock_and_entries_are_its_own(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        stock = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        entry = self._entry(self.partner)
        self._arrive(7, stock)
        self._tick()
        self.assertEqual(entry.state, "waiting")

    def test_the_clock_starts_no_wave_without_an_arrival(self):
        self.env["partner.notification.rule"]._cron_run()
        self.assertFalse(self.rule.broadcast_ids)
        self._entry(self.partner)
        self._arrive(7)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self.env["partner.notification.rule"]._cron_run()
        self.assertEqual(self.rule.broadcast_ids.state, "queued")

    def test_the_number_of_queries_does_not_grow_with_the_queue(self):
        self._arrive(1000)
        counts = []
        for size in (3, 30):
            for number in range(size):
                self._entry(self._partner(f"{size}-{number}", persons=0))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["partner.waitlist"]._hold_arrivals(self.rule)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    # -- into the order ----------------------------------------------------------------

    def _told(self, partner=None, **values):
        entry = self._entry(partner or self.partner, **values)
        self._arrive(50, product=entry.product_id)
        self._tick()
        return entry

    def test_the_button_adds_to_the_one_draft_order(self):
        entry = self._told(quantity=5)
        receipt = self._receipts(self.person)
        self.assertTrue(receipt._ask("ordered"))
        order = entry.order_id
        self.assertEqual(order.partner_id, self.partner)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.product_uom_qty, 5)
        self.assertEqual(entry.state, "done")
        self.assertTrue(receipt.sudo().acted_at)
        second = self._told(product_id=self._product("Pens").id)
        second._order_for(self.person)
        self.assertEqual(second.order_id, order)
        self.assertEqual(len(order.order_line), 2)

    def test_orders_of_others_and_sent_ones_are_left_alone(self):
        orders = self.env["sale.order"]
        for values in (
            {"partner_id": self.partner.id, "state": "sent"},
            {"partner_id": self._partner("B").id},
        ):
            orders |= orders.create({"company_id": self.company.id} | values)
        entry = self._told()
        entry._order_for(self.person)
        self.assertNotIn(entry.order_id, orders)

    def test_a_colleague_reads_who_ordered_and_orders_nothing_twice(self):
        colleague = self._person(self.partner, "colleague")
        entry = self._told()
        entry._order_for(self.person)
        copy = self._receipts(colleague)
        self.assertEqual(copy.action_state, "ordered")
        self.assertEqual(copy.acted_by, self.person.name)
        self.assertFalse(copy._ask("ordered"))
        self.assertEqual(len(entry.order_id.order_line), 1)
        with self.assertRaisesRegex(UserError, "In an order"):
            entry._order_for(colleague)

    def test_what_is_in_a_draft_order_is_given_to_nobody_else_within_its_hours(self):
        entry, second = self._entry(self.partner, 5), self._entry(self._partner("B"), 5)
        self._arrive(7)
        self._tick()
        entry._order_for(self.person)
        self._tick()
        self.assertEqual(second.state, "waiting")
        entry.order_id.action_cancel()
        self._tick()
        self.assertEqual(second.state, "told")

    def test_what_is_not_here_cannot_be_ordered(self):
        entry = self._entry(self.partner)
        with self.assertRaisesRegex(UserError, "Waiting"):
            entry._order_for(self.person)

    def test_an_entry_deleted_meanwhile_is_named(self):
        entry = self._told()
        receipt = self._receipts(self.person)
        entry.unlink()
        with self.assertRaisesRegex(UserError, "not on your waitlist"):
            receipt._ask("ordered")

    # -- invariants --------------------------------------------------------------------

    def test_a_company_waits_once_for_the_same(self):
        entry = self._entry(self.partner)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self._entry(self.person.partner_id)
        entry.action_cancel()
        self._entry(self.partner)
        self._entry(self.partner, warehouse_id=self.warehouse.id)

    def test_a_persons_entry_is_the_companys(self):
        self.assertEqual(self._entry(self.person.partner_id).partner_id, self.partner)

    def test_nobody_waits_for_a_service(self):
        service = self._product("Advice", type="service", is_storable=False)
        with self.assertRaisesRegex(ValidationError, "not kept in stock"):
            self._entry(self.partner, product_id=service.id)

    def test_nobody_waits_for_nothing(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._entry(self.partner, quantity=0)

    def test_wanting_more_waits_again_and_wanting_less_keeps(self):
        entry = self._told(quantity=5)
        entry.quantity = 3
        self.assertEqual(entry.state, "told")
        entry.quantity = 6
        self.assertEqual(entry.state, "waiting")
        self.assertFalse(entry.held_until)

    def test_cancelled_goods_go_to_the_next(self):
        first, second = self._entry(self.partner, 5), self._entry(self._partner("B"), 5)
        self._arrive(7)
        self._tick()
        first.action_cancel()
        self._tick()
        self.assertEqual(second.state, "told")
        with self.assertRaisesRegex(UserError, "Cancelled"):
            first.action_cancel()

    def test_merged_partners_wait_once_and_lose_nothing(self):
        twin = self._partner("Romashka Ltd", persons=0)
        pens = self._product("Pens")
        first, double, other = (
            self._entry(twin),
            self._entry(self.partner),
            self._entry(twin, product_id=pens.id),
        )
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([twin.id, self.partner.id], self.partner)
        self.env.invalidate_all()
        self.assertEqual((first | double | other).partner_id, self.partner)
        self.assertEqual(first.state, "waiting")
        self.assertEqual(double.state, "cancelled")
        self.assertEqual(other.state, "waiting")

    def test_an_archived_partner_is_not_told(self):
        entry = self._entry(self._partner("Gone", persons=0))
        entry.partner_id.active = False
        self._arrive(7)
        self._tick()
        self.assertNotEqual(entry.state, "told")

    # -- rights ------------------------------------------------------------------------

    def _clerk(self, company):
        return new_test_user(
            self.env,
            f"clerk-{company.id}",
            groups="partner_notifications.group_clerk",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_a_clerk_enters_and_cancels_and_does_not_write_what_is_kept(self):
        clerk = self._clerk(self.company)
        entry = (
            self.env["partner.waitlist"]
            .with_user(clerk)
            .create({"partner_id": self.partner.id, "product_id": self.product.id})
        )
        for values in ({"state": "told"}, {"held_until": fields.Datetime.now()}):
            with self.assertRaisesRegex(AccessError, "comes from the stock"):
                entry.write(values)
        with self.assertRaises(AccessError):
            entry.copy({"state": "done"})
        entry.action_cancel()
        self.assertEqual(entry.state, "cancelled")
        with self.assertRaises(AccessError):
            entry.unlink()

    def test_a_clerk_of_another_company_and_a_plain_employee_meet_nothing(self):
        entry = self._entry(self.partner)
        other = self.env["res.company"].create({"name": "Other supply"})
        clerk = self._clerk(other)
        found = entry.with_user(clerk).with_context(allowed_company_ids=other.ids)
        self.assertFalse(found.search([("id", "=", entry.id)]))
        plain = new_test_user(self.env, "plain", groups="base.group_user")
        sender = new_test_user(
            self.env, "sender", groups="partner_notifications.group_sender"
        )
        for user in (plain, sender):
            with self.assertRaises(AccessError):
                entry.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                entry.with_user(user).action_cancel()

    def test_a_portal_user_reads_the_own_company_and_writes_nothing(self):
        entry, other = self._entry(self.partner), self._entry(self._partner("B"))
        mine = self.env["partner.waitlist"].with_user(self.person)
        self.assertEqual(mine.search([]), entry)
        with self.assertRaises(AccessError):
            other.with_user(self.person).read(["quantity"])
        for act in (
            lambda: entry.with_user(self.person).write({"quantity": 2}),
            lambda: entry.with_user(self.person).action_cancel(),
            lambda: entry.with_user(self.person).unlink(),
            lambda: mine.create(
                {"partner_id": self.partner.id, "product_id": self.product.id}
            ),
        ):
            with self.assertRaises(AccessError):
                act()
        outsider = new_test_user(self.env, "outsider", groups="base.group_portal")
        self.assertFalse(entry.with_user(outsider).search([]))
