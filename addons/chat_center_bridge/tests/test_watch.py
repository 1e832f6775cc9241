from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import BaseCase, TransactionCase, new_test_user, tagged

from ..rules.watching import LAG, SILENT, Health, trouble
from .common import ChatBuilders

# a Monday
MORNING = datetime(2026, 3, 2, 9)


class TestWatchingRule(BaseCase):
    """When something is wrong with a gateway."""

    def _trouble(self, lag=0, is_open=True, silent=0, lag_limit=60, silent_limit=600):
        return trouble(Health(lag, is_open, silent), lag_limit, silent_limit)

    def test_more_than_the_limit_is_a_lag(self):
        self.assertIsNone(self._trouble(lag=60))
        self.assertEqual(self._trouble(lag=61), LAG)

    def test_silence_counts_in_working_hours_only(self):
        self.assertIsNone(self._trouble(silent=599))
        self.assertEqual(self._trouble(silent=600), SILENT)
        self.assertIsNone(self._trouble(silent=600, is_open=False))

    def test_a_lag_goes_before_a_silence(self):
        self.assertEqual(self._trouble(lag=61, silent=600), LAG)

    def test_a_limit_of_zero_asks_for_nothing(self):
        self.assertIsNone(self._trouble(lag=900, lag_limit=0))
        self.assertIsNone(self._trouble(silent=9000, silent_limit=0))

    def test_who_never_had_an_event_is_not_silent(self):
        self.assertIsNone(self._trouble(silent=None))


@tagged("post_install", "-at_install")
class TestWatch(ChatBuilders, TransactionCase):
    """Supervisors hear of a gateway that is out of order, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.supervisor = new_test_user(
            cls.env, "chat_svetlana", groups="chat_center_bridge.group_supervisor"
        )
        cls.direction.supervisor_ids = cls.supervisor
        cls.gateway.silent_minutes = 30
        calendar = cls.env["resource.calendar"].create(
            {"name": "Nine to six", "tz": "UTC", "attendance_ids": False}
        )
        calendar.attendance_ids = [
            (
                0,
                0,
                {
                    "name": str(day),
                    "dayofweek": str(day),
                    "hour_from": 9,
                    "hour_to": 18,
                    "day_period": "morning",
                },
            )
            for day in range(5)
        ]
        cls.direction.calendar_id = calendar
        cls._receive(cls._update())

    def _last_event(self, moment, state="done"):
        """The one event there is came at a moment."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE chat_inbox SET create_date = %s, state = %s WHERE gateway_id = %s",
            (moment, state, self.gateway.id),
        )
        self.env.invalidate_all()

    def _watch(self, moment):
        with patch.object(fields.Datetime, "now", lambda: moment):
            self.gateway.invalidate_recordset()
            self.env["chat.gateway"]._cron_watch()

    def _told(self):
        return self.gateway.activity_ids.mapped("summary")

    def test_silence_is_told_once_and_its_end_too(self):
        self._last_event(MORNING)
        self._watch(MORNING + timedelta(minutes=29))
        self.assertEqual(self._told(), [])
        for minutes in (30, 31, 45):
            self._watch(MORNING + timedelta(minutes=minutes))
        self.assertEqual(len(self._told()), 1)
        self.assertIn("30 working minutes", self._told()[0])
        self.assertEqual(self.gateway.activity_ids.user_id, self.supervisor)
        self.assertEqual(self.gateway.alarm_since, MORNING + timedelta(minutes=30))
        self._last_event(MORNING + timedelta(minutes=46))
        self._watch(MORNING + timedelta(minutes=47))
        self.assertEqual(self._told(), [])
        self.assertFalse(self.gateway.alarm)
        self.assertIn("in order again", self.gateway.message_ids[0].body)

    def test_the_night_is_no_silence_and_the_weekend_does_not_count(self):
        friday = MORNING - timedelta(days=3) + timedelta(hours=8, minutes=50)
        self._last_event(friday)
        self._watch(friday + timedelta(hours=5))
        self._watch(MORNING + timedelta(minutes=19))
        self.assertEqual(self._told(), [])
        self._watch(MORNING + timedelta(minutes=20))
        self.assertEqual(len(self._told()), 1)

    def test_a_lag_is_told_day_and_night(self):
        night = MORNING - timedelta(hours=5)
        self._last_event(night, state="new")
        self._watch(night + timedelta(seconds=60))
        self.assertEqual(self._told(), [])
        self._watch(night + timedelta(seconds=61))
        self.assertEqual(self.gateway.alarm, "lag")
        self.assertIn("60 s", self._told()[0])

    def test_a_paused_gateway_is_no_longer_wrong(self):
        self._last_event(MORNING)
        self._watch(MORNING + timedelta(minutes=30))
        self.gateway.action_pause()
        self._watch(MORNING + timedelta(minutes=31))
        self.assertFalse(self.gateway.alarm)
        self.assertEqual(self._told(), [])

    def test_the_open_screens_of_supervisors_hear_it(self):
        self._last_event(MORNING)
        with patch.object(type(self.env["bus.bus"]), "_sendone") as sendone:
            self._watch(MORNING + timedelta(minutes=30))
        told = [
            call.args[-1]["type"]
            for call in sendone.call_args_list
            if call.args[-2] == "chat_center_bridge/alarm"
        ]
        self.assertEqual(told, ["danger"])

    def test_without_supervisors_the_companys_administrators_hear_it(self):
        self.direction.supervisor_ids = False
        self._last_event(MORNING)
        self._watch(MORNING + timedelta(minutes=30))
        users = self.gateway.activity_ids.user_id
        self.assertIn(self.env.ref("base.user_admin"), users)
        self.assertNotIn(self.supervisor, users)

    def test_supervisors_are_told_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.supervisor.lang = "fr_FR"
        self._last_event(MORNING)
        seen = []
        gateway = type(self.gateway)
        with patch.object(
            gateway,
            "_alarm_sentence",
            lambda record: seen.append(record.env.lang) or "silent",
        ):
            self._watch(MORNING + timedelta(minutes=30))
        self.assertEqual(seen, ["fr_FR"])

    def test_where_there_is_no_messenger_none_falls_silent(self):
        site = self._site()
        self.env["chat.inbox"].create(
            {"gateway_id": site.id, "event_id": "1", "state": "new", "lane": 0}
        )
        self.env.flush_all()
        self._pass_time(site.inbox_ids, minutes=90)
        self.assertGreater(site.lag_seconds, site.lag_limit_seconds)
        self.env["chat.gateway"]._cron_watch()
        self.assertFalse(site.alarm)
