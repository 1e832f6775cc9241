"""Yesterday's conversations, those that wait now, and those that are going on."""

from datetime import datetime, time, timedelta

from odoo import fields

from ..rules import life
from .play import QUICK_TAKE, SLOW_TAKE, Play
from .stories import (
    ACTIVE,
    ACTIVE_COURIER,
    COURIER_STORIES,
    CUSTOMER,
    GIVEN_UP,
    MISLED,
    ON_HOLD,
    STORIES,
    VISITOR_STORIES,
    WAITING,
    WAITING_COURIER,
    WAITING_VISITOR,
)

SEED = 19
# yesterday, UTC: 8 to 20 o'clock in Vladivostok begins the day before
FIRST_HOUR, HOURS = 0, 10
ROUNDS = 2
# those of today came in within so many minutes, and are over
RECENT_FROM, RECENT_TO = timedelta(minutes=200), timedelta(minutes=25)
PATIENCE_SECONDS = 420
# who serves what, see chat_directions.xml
SERVING = {"customers": (1, 2, 3), "b2b": (4, 3), "couriers": (2,)}
WINDOW = timedelta(hours=24)
REPEAT_AFTER = timedelta(hours=2)
HOLD = timedelta(hours=20)
# hours since FIRST_HOUR -> state
SHIFT = {0: "available", 4: "break", 5: "available", HOURS: "away"}
# how they stand now; the others are away
STATES = {"operator2": "busy", "operator4": "busy", "operator_supervisor": "busy"}


def load_day(env, people):
    """A day of conversations, what is open now, and its figures.

    :param people: gateways.People
    """
    day = Day(env, people)
    channels = day.past() | day.recent() | day.couriers() | day.visitors()
    channels |= day.misled() | day.given_up() | day.repeat()
    channels |= day.waiting() | day.active() | day.on_hold()
    day.play.age(channels)
    day.shifts()
    env["chat.figure.row"]._count(channels)


class Day:
    """The order of a day: who writes when, and who answers."""

    def __init__(self, env, people):
        self.env = env
        self.play = Play(env, SEED)
        self.people = people
        self.morning = datetime.combine(
            fields.Date.today() - timedelta(days=1), time(hour=FIRST_HOUR)
        )
        self.turns = {name: 0 for name in SERVING}

    # -- what happened -----------------------------------------------------------------

    def past(self):
        """Every story some times, spread over the day.

        :return: discuss.channel
        """
        known = [self.people.known[name] for name in ("Анна Белова", "Игорь Богданов")]
        channels = self._spread(known, (STORIES[0], STORIES[3]))
        stories = STORIES * ROUNDS
        return channels | self._spread(self.people.crowd[: len(stories)], stories)

    def recent(self):
        """What was asked in the last hours: the board shows the figures of today."""
        identities = self.people.crowd[-len(STORIES) :]
        start = fields.Datetime.now() - RECENT_FROM
        span = RECENT_FROM - RECENT_TO
        return self._spread(identities, STORIES, start, span)

    def couriers(self):
        """What couriers asked on their way; two of them have not written yet."""
        asked = self.people.couriers[: len(COURIER_STORIES)]
        return self._spread(asked, COURIER_STORIES)

    def visitors(self):
        """Who asked on the site without saying who it is."""
        return self._spread(self.people.visitors, VISITOR_STORIES)

    def _spread(self, identities, stories, start=None, span=None):
        """A story each, over a span of time: yesterday's day by default."""
        start = start or self.morning
        step = (span or timedelta(hours=HOURS)) / len(stories)
        channels = self.env["discuss.channel"]
        for place, (identity, story) in enumerate(
            zip(identities, stories, strict=True)
        ):
            moment = start + place * step + self.play.seconds((0, 600))
            channels |= self._tell(identity, story, moment)
        return channels

    def _tell(self, identity, story, moment):
        """A story from the first line to the notes."""
        channel = self._begin(identity, story.direction, moment)
        first = _first_burst(story.lines)
        asked = self.play.talk(channel, story.lines[:first], moment)
        taken = asked + self.play.luck(QUICK_TAKE, SLOW_TAKE)
        self.play.take(channel, self._operator(story.direction, channel), taken)
        ended = self.play.talk(channel, story.lines[first:], taken)
        self.play.end(channel, self._reason(story), ended)
        return channel

    def misled(self):
        """One who asked the customers' line, and was handed over."""
        moment = self.morning + timedelta(hours=HOURS, minutes=5)
        customer = self.people.known["Дарья Ким"]
        channel = self._begin(customer, "customers", moment)
        asked, told, *rest = MISLED.lines
        moment = self.play.talk(channel, [asked], moment)
        moment += self.play.seconds(QUICK_TAKE)
        self.play.take(channel, self._operator("customers", channel), moment)
        moment = self.play.talk(channel, [told], moment)
        self.play.look_at(channel, moment)
        channel._chat_leave_operator()
        channel.chat_direction_id = self._direction("b2b")
        channel._chat_queue(
            moment, life.TRANSFERRED, is_head=True, comment="Нужен счёт"
        )
        moment += self.play.seconds(QUICK_TAKE)
        self.play.take(channel, self._operator("b2b", channel), moment)
        self.play.end(
            channel, self._reason(MISLED), self.play.talk(channel, rest, moment)
        )
        return channel

    def given_up(self):
        """One who left before anybody answered."""
        moment = self.morning + timedelta(hours=HOURS, minutes=20)
        channel = self._begin(self.people.known["Кирилл Ушаков"], "customers", moment)
        lines = _lines(GIVEN_UP)
        self.play.talk(channel, lines[:1], moment)
        moment += timedelta(seconds=PATIENCE_SECONDS)
        moment = self.play.talk(channel, lines[1:], moment)
        channel._chat_close(moment, life.CUSTOMER_CLOSED)
        return channel

    def repeat(self):
        """One who writes again, and speaks with the same operator."""
        moment = self.morning + timedelta(hours=HOURS, minutes=30) + REPEAT_AFTER
        return self._tell(self.people.known["Анна Белова"], STORIES[3], moment)

    # -- what is open ------------------------------------------------------------------

    def waiting(self):
        """Those who have just written, each by another way.

        :return: discuss.channel
        """
        customers = [
            (self.people.known[name], "customers", texts)
            for name, texts in WAITING.items()
        ]
        moment = fields.Datetime.now() - timedelta(minutes=6)
        channels = self.env["discuss.channel"]
        for identity, direction, texts in [
            *customers,
            (self.people.signed_in, "customers", WAITING_VISITOR),
            (self.people.couriers[-2], "couriers", WAITING_COURIER),
        ]:
            self._open_window(identity, moment)
            channel = self._begin(identity, direction, moment)
            self.play.talk(channel, _lines(texts), moment)
            channels |= channel
            moment += timedelta(minutes=1)
        return channels

    def active(self):
        """Those whose operators have something to find out."""
        asks = self.people.known["Людмила Киселёва"]
        courier = self.people.couriers[-1]
        channels = self._go_on(asks, ACTIVE, "operator4")
        return channels | self._go_on(courier, ACTIVE_COURIER, "operator2")

    def on_hold(self):
        """One who was promised an answer."""
        customer = self.people.known["Глеб Соколов"]
        channel = self._go_on(customer, ON_HOLD, "operator1")
        now = fields.Datetime.now()
        channel._chat_hold(now + HOLD, now)
        return channel

    def _go_on(self, identity, story, operator):
        """A story that has no end yet."""
        moment = fields.Datetime.now() - timedelta(minutes=15)
        self._open_window(identity, moment)
        channel = self._begin(identity, story.direction, moment)
        asked, *rest = story.lines
        moment = self.play.talk(channel, [asked], moment)
        moment += self.play.seconds(QUICK_TAKE)
        self.play.take(channel, self._ref(operator), moment)
        self.play.look_at(channel, self.play.talk(channel, rest, moment))
        return channel

    def _open_window(self, identity, moment):
        """Who writes in WhatsApp may be written to for a day."""
        if identity.gateway_id.gateway_type == "whatsapp":
            identity.window_until = moment + WINDOW

    # -- who works ---------------------------------------------------------------------

    def shifts(self):
        """Yesterday's shift of everybody, and how they stand now."""
        operators = self.env["chat.operator"].search(
            [("line_ids.direction_id.company_id", "=", self.env.company.id)]
        )
        self.env["chat.operator.state"].create(
            [
                {
                    "operator_id": operator.id,
                    "state": state,
                    "begun_at": self.morning + timedelta(hours=hour),
                }
                for operator in operators
                for hour, state in SHIFT.items()
            ]
        )
        for name, state in STATES.items():
            self._ref(name)._set_state(state)

    # -- who and what ------------------------------------------------------------------

    def _ref(self, name):
        return self.env.ref(f"chat_center_bridge.demo_{name}")

    def _direction(self, name):
        return self._ref(f"direction_{name}")

    def _reason(self, story):
        return self._ref(f"reason_{story.direction}_{story.reason}")

    def _begin(self, identity, direction, moment):
        return self.play.begin(identity, self._direction(direction), moment)

    def _operator(self, direction, channel):
        """Who comes back gets the operator he knows, everybody else the next one."""
        serving = [self._ref(f"operator{number}") for number in SERVING[direction]]
        if channel.chat_is_repeat:
            known = channel.chat_previous_id._chat_last_operator()
            if known in serving:
                return known
        self.turns[direction] += 1
        return serving[self.turns[direction] % len(serving)]


def _lines(texts):
    """What a customer writes in one go."""
    return [(CUSTOMER, text) for text in texts]


def _first_burst(lines):
    """How many lines the customer writes before anybody answers."""
    return next(place for place, (who, _text) in enumerate(lines) if who != CUSTOMER)
