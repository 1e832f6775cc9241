from datetime import timedelta

import pytz

from odoo import api, fields, models

from ..rules.watching import LAG, SILENT, Health, trouble

ACTIVITY = "mail.mail_activity_data_warning"
EVENT = "chat_center_bridge/alarm"


class ChatGateway(models.Model):
    """Tells once that a gateway lags or is silent, and once that it is over.

    A gateway that has never had an event is not silent: nobody knows yet how busy it
    is.
    """

    # one file a concern of the gateway
    _name = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited
    _inherit = ["chat.gateway", "mail.activity.mixin"]

    silent_minutes = fields.Integer(
        string="Alarm if silent for, min",
        default=30,
        tracking=True,
        help="Of working hours of the direction. 0: never.",
    )
    lag_limit_seconds = fields.Integer(
        string="Alarm if lagging, s",
        default=60,
        tracking=True,
        help="When an event has been waiting so long to be worked off. 0: never.",
    )
    alarm = fields.Selection(
        [(LAG, "Lags behind"), (SILENT, "Silent")], readonly=True, copy=False
    )
    alarm_since = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _cron_watch(self):
        """Look at every live gateway; what has been told is not told again."""
        now = fields.Datetime.now()
        for gateway in self.search(
            ["|", ("state", "=", "live"), ("alarm", "!=", False)]
        ):
            gateway._watch(now)

    def _watch(self, now):
        """Tell what has begun to be wrong, or that it no longer is.

        :param now: naive UTC datetime
        """
        self.ensure_one()
        found = self._trouble(now)
        if found == (self.alarm or None):
            return
        if self.alarm:
            self._end_alarm()
        self.write({"alarm": found, "alarm_since": found and now})
        if found:
            self._raise_alarm()
        self.direction_id._signal_board()

    def _trouble(self, now):
        """What is wrong now; nothing is with a gateway that is paused.

        Where there is no messenger, nothing can lag or fall silent on the way.
        """
        if self.state != "live" or not self._has_provider():
            return None
        health = Health(self.lag_seconds, self._is_open(now), self._silent_seconds(now))
        minute = timedelta(minutes=1).total_seconds()
        return trouble(health, self.lag_limit_seconds, self.silent_minutes * minute)

    def _is_open(self, now):
        """Whether the direction works at this moment."""
        calendar = self.direction_id.calendar_id
        if not calendar:
            return True
        moment = timedelta(seconds=1)
        return self._working_seconds(calendar, now - moment, now) > 0

    def _silent_seconds(self, now):
        """Working time since the last event; None: there was none."""
        last, calendar = self.last_event_at, self.direction_id.calendar_id
        if not last:
            return None
        if not calendar:
            return (now - last).total_seconds()
        return self._working_seconds(calendar, last, now)

    def _working_seconds(self, calendar, start, end):
        """Working time between two naive UTC moments, without public holidays."""
        hours = calendar.get_work_hours_count(
            pytz.utc.localize(start), pytz.utc.localize(end)
        )
        return hours * timedelta(hours=1).total_seconds()

    # -- telling -----------------------------------------------------------------------

    def _watchers(self):
        """Who is told: the direction's supervisors, else the administrators."""
        supervisors = self.direction_id.supervisor_ids
        managers = self.env.ref("chat_center_bridge.group_manager").all_user_ids
        company = self.company_id
        return supervisors or managers.filtered(
            lambda user: company in user.company_ids and user._is_internal()
        )

    def _raise_alarm(self):
        for user in self._watchers():
            gateway = self.with_context(lang=user.lang)
            sentence = gateway._alarm_sentence()
            gateway.activity_schedule(ACTIVITY, summary=sentence, user_id=user.id)
            user._bus_send(EVENT, {"text": sentence, "type": "danger"})

    def _alarm_sentence(self):
        if self.alarm == LAG:
            return self.env._(
                "“%(gateway)s” lags: an event has been waiting for more than"
                " %(seconds)s s",
                gateway=self.name,
                seconds=self.lag_limit_seconds,
            )
        return self.env._(
            "“%(gateway)s” is silent: nothing has come for %(minutes)s working minutes",
            gateway=self.name,
            minutes=self.silent_minutes,
        )

    def _end_alarm(self):
        """The activities are done, and who had one hears it."""
        activities = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )
        for user in activities.user_id or self._watchers():
            text = self.with_context(lang=user.lang)._over_sentence()
            user._bus_send(EVENT, {"text": text, "type": "success"})
        self.activity_feedback([ACTIVITY], feedback=self._over_sentence())

    def _over_sentence(self):
        return self.env._("“%s” is in order again", self.name)
