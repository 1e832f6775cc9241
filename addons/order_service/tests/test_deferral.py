from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestLastAttempt(OrderServiceCommon):
    """An order is put aside only so often; then it is refused by itself (N8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("order_service.reason_no_contact")
        cls.reason.write({"deferral_kind": "no_answer", "deferral_attempts": 2})
        cls.now = fields.Datetime.now().replace(microsecond=0)

    def _put_aside(self, order, kind="no_answer"):
        """Put aside for an hour from the test's clock on."""
        until = fields.Datetime.now() + timedelta(hours=1)
        self.env["order.service.deferral"].with_user(self.operator)._open(
            order, kind, until
        )

    def _let_time_run_out(self, order, hours):
        """Both crons, some hours after the start of the test."""
        with (
            freeze_time(self.now + timedelta(hours=hours)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("order_service.cron_deferrals").method_direct_trigger()
            self.env.ref("order_service.cron_events").method_direct_trigger()
        order.invalidate_recordset()

    def _put_aside_twice(self, kind="no_answer", stage="check"):
        """An order whose second time is over two hours after the start."""
        order = self._carry(self._order(), stage)
        self._put_aside(order, kind)
        self._let_time_run_out(order, 1.1)
        self.assertEqual(
            order.service_stage_id.code, stage, "the first is not the last"
        )
        with freeze_time(self.now + timedelta(hours=1.2)):
            self._put_aside(order, kind)
        return order

    def test_last_attempt_that_runs_out_refuses_the_order_with_the_kinds_reason(self):
        order = self._put_aside_twice()
        self.assertEqual(order.service_deferral_id.attempt, 2)
        self._let_time_run_out(order, 3)
        self.assertEqual(order.service_stage_id.code, "refused")
        self.assertEqual(order.service_reason_id, self.reason)
        log = order.service_log_ids[:1]
        self.assertEqual((log.trigger, log.actor), ("failed", "system"))
        self.assertFalse(order.service_deferral_id)
        self.assertFalse(order.service_event_ids)

    def test_taken_back_to_work_before_the_end_it_goes_on(self):
        order = self._put_aside_twice()
        order.with_user(self.operator).action_service_resume()
        self._let_time_run_out(order, 9)
        self.assertEqual(order.service_stage_id.code, "check")
        self.assertEqual(self._task(order).state, "open")

    def test_kinds_without_a_reason_go_on_for_ever(self):
        order = self._put_aside_twice(kind="other")
        self._let_time_run_out(order, 3)
        self.assertEqual(order.service_stage_id.code, "check")

    def test_stage_without_a_way_for_the_reason_is_not_left(self):
        """The assembly fails for technical reasons only."""
        order = self._put_aside_twice(stage="assembly")
        self._let_time_run_out(order, 3)
        self.assertEqual(order.service_stage_id.code, "assembly")
        self.assertFalse(order.service_deferral_id)
        self.assertFalse(order.service_event_ids)

    def test_effect_that_fails_is_shown_and_the_order_is_back_at_work(self):
        way = self.env.ref("order_service.way_delivery_check_failed")
        way.to_stage_id.effect = "deliver"
        order = self._put_aside_twice()
        self._let_time_run_out(order, 3)
        self.assertEqual(order.service_status, "new")
        self.assertIn("confirm it first", order.service_attention)

    def test_put_aside_anew_before_it_is_given_up_it_waits(self):
        order = self._put_aside_twice()
        with freeze_time(self.now + timedelta(hours=3)):
            order.service_deferral_id._expire()
            self.assertEqual(order.service_event_ids.trigger, "failed")
            self.env.flush_all()
            self._put_aside(order)
            self.assertFalse(order.service_event_ids)

    def test_dialog_says_that_it_is_the_last_attempt(self):
        order = self._order()
        dialogs = self.env["order.service.postpone"].with_user(self.operator)
        dialogs = dialogs.with_context(default_order_id=order.id)
        self.assertFalse(dialogs.new({"kind": "no_answer"}).last_text)
        self._put_aside(order)
        order.service_deferral_id._close()
        text = dialogs.new({"order_id": order.id, "kind": "no_answer"}).last_text
        self.assertIn("Attempt 2 is the last one", text)
        self.assertIn("cannot be reached", text)
        self.assertFalse(dialogs.new({"order_id": order.id, "kind": "other"}).last_text)

    def _proposed(self, order):
        dialogs = self.env["order.service.postpone"].with_user(self.operator)
        dialogs = dialogs.with_context(default_order_id=order.id)
        values = dialogs.default_get(["order_id"])
        return values["day"], values["at"]

    def test_dialog_proposes_a_time_at_which_the_store_works(self):
        self.store.service_calendar_id = self.env.ref(
            "resource.resource_calendar_std"
        ).copy({"tz": self.store.service_tz})
        order = self._order()
        with freeze_time("2026-11-20 13:30:00"):  # Friday, 23:30 in Khabarovsk
            self.assertEqual(self._proposed(order), (date(2026, 11, 23), 8))
        with freeze_time("2026-11-24 00:10:00"):  # Tuesday, 10:10
            self.assertEqual(self._proposed(order), (date(2026, 11, 24), 13))

    def test_dialog_of_a_store_without_hours_proposes_the_next_full_hour(self):
        order = self._order()
        with freeze_time("2026-11-20 12:30:00"):  # 22:30 in Khabarovsk
            self.assertEqual(self._proposed(order), (date(2026, 11, 21), 0))

    def test_own_reason_of_the_company_goes_first(self):
        own = self.reason.copy(
            {
                "code": "own",
                "company_id": self.company.id,
                "deferral_kind": "no_answer",
                "deferral_attempts": 5,
            }
        )
        order = self._order()
        reasons = self.env["order.service.reason"]
        self.assertFalse(reasons._ending(order, "no_answer", 4))
        self.assertEqual(reasons._ending(order, "no_answer", 5), own)

    def test_one_reason_a_kind_with_a_number_of_attempts(self):
        other = self.env.ref("order_service.reason_not_real")
        for record, values in (
            (other, {"deferral_kind": "no_answer", "deferral_attempts": 1}),
            (other, {"deferral_kind": "payment", "deferral_attempts": 0}),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                record.write(values)
                record.flush_recordset()
