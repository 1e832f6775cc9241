"""A day of the queue without a database: events in, segments and turns out.

``Routing`` does with an event what the models do with it, and chooses by ``choice``
only. ``Simulation`` runs it on a virtual clock, from a script of events or with a
``Crowd`` that writes, answers, gives up and goes home at random, from a seed: the same
seed always tells the same day.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import accumulate
from random import Random

from . import figures
from .choice import (
    AVAILABLE,
    Operator,
    Policy,
    Queue,
    Team,
    Waiting,
    dispatch,
    is_repeat,
)
from .figures import BOT, CUSTOMER_CLOSED, OPERATOR, QUEUE, Segment, Turn

# what comes from outside
ARRIVAL, CUSTOMER, ACCEPT, REPLY = "arrival", "customer", "accept", "reply"
GIVE_UP, CLOSE, TRANSFER = "give_up", "close", "transfer"
STATE, GONE = "state", "gone"
# timers of the routing itself
BOT_DONE, LAPSE, SILENT = "bot_done", "lapse", "silent"
WRAPPED, TICK = "wrapped", "tick"
BUSY, AWAY, BREAK = "busy", "away", "break"
ASSIGNED, NOT_ACCEPTED, TRANSFERRED = "assigned", "not_accepted", "transfer"
# after these nothing can have become free, and nobody new waits
QUIET = frozenset((CUSTOMER, ACCEPT, REPLY))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens; most kinds use a few of the fields.

    :param seq: a timer counts only while the conversation is in this segment
    :param direction: of an arrival; where a transfer goes
    :param operator: who goes or changes his state; to whom a transfer goes
    :param bot_seconds: of an arrival: how long the bot talks before the queue
    :param focus_seconds: of a reply or closing: the operator's work on it
    """

    at: datetime
    kind: str
    conversation: int = 0
    seq: int = 0
    customer: int | None = None
    direction: int | None = None
    channel: str = ""
    channel_priority: int = 0
    skills: frozenset = frozenset()
    operator: int | None = None
    state: str = ""
    reason: str = ""
    slot: str = ""
    bot_seconds: float = 0.0
    focus_seconds: float = 0.0
    wrap_seconds: float = 0.0


@dataclass(frozen=True)
class Timers:
    """How long the routing waits for people, in seconds.

    :param accept_seconds: for the operator to accept, then the next one is asked
    :param silent_seconds: for the operator to answer, then it is taken back; None: ever
    """

    accept_seconds: float = 30
    silent_seconds: float | None = None


@dataclass
class Conversation:
    """What is going on with one conversation.

    :param waiting: how it stands, or last stood, in the queue
    :param segment: the one that is open; None before the first
    :param asked_at: since when a burst of the customer is unanswered
    """

    customer: int | None
    channel: str
    waiting: Waiting
    segment: Segment | None = None
    slot: str = ""
    asked_at: datetime | None = None
    served_by: int | None = None


class Routing:
    """The queue, the operators and the log of one place.

    ``segments`` and ``turns`` hold what is over, ``timers`` what is to come back.
    """

    def __init__(self, policies, operators, timers):
        self.policies = policies
        self.queue = Queue(policies)
        self.team = Team(policies, operators)
        self.conversations = {}
        self.segments, self.turns, self.timers = [], [], []
        self._wait = timers
        self._held = defaultdict(set)
        self._last_time = {}

    def handle(self, event):
        """Do what an event asks for, and hand out what can be handed out then.

        :return: list of Assignment
        """
        conversation = self.conversations.get(event.conversation)
        if self._counts(event, conversation):
            getattr(self, f"_on_{event.kind}")(event, conversation)
        return [] if event.kind in QUIET else self._dispatch(event.at)

    def held(self, operator_id):
        """Ids of the conversations an operator holds, wrap-up left out."""
        return self._held[operator_id]

    def _counts(self, event, conversation):
        """Whether what the event is about still goes on."""
        if not event.conversation or event.kind == ARRIVAL:
            return True
        if conversation is None:
            return False
        return not event.seq or event.seq == conversation.segment.seq

    # -- customers

    def _on_arrival(self, event, _conversation):
        """A customer writes: a repeat goes past the bot, to where it was."""
        previous = self._last_time.get(event.customer)
        repeat = previous is not None and is_repeat(
            previous.at, event.at, self.policies[previous.direction]
        )
        direction = previous.direction if repeat else event.direction
        waiting = Waiting(
            event.conversation,
            direction,
            event.at,
            channel_priority=event.channel_priority,
            # skills are those of a direction
            skills=event.skills if direction == event.direction else frozenset(),
            previous_operator=previous and previous.operator,
            previous_at=previous and previous.at,
            is_repeat=repeat,
        )
        known = Conversation(event.customer, event.channel, waiting, asked_at=event.at)
        self.conversations[event.conversation] = known
        if event.bot_seconds and not repeat:
            self._open(known, BOT, event.at, "")
            self._later(BOT_DONE, event.at, event.bot_seconds, known)
        else:
            self._enqueue(known, event.at, "repeat" if repeat else "")

    def _on_bot_done(self, event, conversation):
        self._end(conversation, event.at, "bot_done")
        self._enqueue(conversation, event.at, "bot_done", queued_at=event.at)

    def _on_customer(self, event, conversation):
        if conversation.asked_at is None:
            conversation.asked_at = event.at
            self._watch(conversation, event.at)

    def _on_give_up(self, event, conversation):
        """The customer leaves, unless somebody has accepted by now."""
        if not conversation.segment.accepted_at:
            self._on_close(replace(event, reason=CUSTOMER_CLOSED), conversation)

    # -- operators

    def _on_accept(self, event, conversation):
        segment = conversation.segment
        if segment.holder_kind == OPERATOR and not segment.accepted_at:
            conversation.segment = replace(segment, accepted_at=event.at)
            conversation.served_by = segment.operator
            self._watch(conversation, event.at)

    def _on_reply(self, event, conversation):
        """The operator answers; who is away answers nothing."""
        self._on_accept(event, conversation)
        segment = conversation.segment
        if not segment.accepted_at or self.team[segment.operator].state == AWAY:
            return
        conversation.segment = replace(
            segment,
            first_reply_at=segment.first_reply_at or event.at,
            focus_seconds=segment.focus_seconds + event.focus_seconds,
        )
        self._end_turn(conversation, event.at)

    def _on_close(self, event, conversation):
        """It is over; a slot stays taken until the wrap-up is done."""
        segment = conversation.segment
        self.queue.remove(event.conversation)
        if conversation.asked_at:
            self._end_turn(conversation, None)
        wrap_seconds = event.wrap_seconds if segment.accepted_at else 0.0
        self._end(
            conversation,
            event.at,
            event.reason,
            wrap_seconds=wrap_seconds,
            focus_seconds=segment.focus_seconds + event.focus_seconds,
        )
        if segment.holder_kind == OPERATOR:
            self._let_go(conversation, event.at, wrap_seconds)
        if conversation.served_by:
            self._last_time[conversation.customer] = LastTime(
                conversation.served_by, event.at, segment.direction
            )
        del self.conversations[event.conversation]

    def _on_transfer(self, event, conversation):
        """To another direction, or to an operator of the same or another one."""
        if not conversation.segment.accepted_at:
            return
        self._end(conversation, event.at, TRANSFERRED)
        self._let_go(conversation, event.at)
        self._enqueue(
            conversation,
            event.at,
            TRANSFERRED,
            direction=event.direction or conversation.waiting.direction,
            queued_at=conversation.asked_at or event.at,
            skills=event.skills,
            personal_manager=event.operator,
            is_repeat=False,
            head_of_queue=False,
            declined=frozenset(),
        )

    def _on_state(self, event, _conversation):
        self.team.put(replace(self.team[event.operator], state=event.state))

    def _on_gone(self, event, _conversation):
        """An operator vanishes: what he has not answered goes back to the head."""
        self._on_state(replace(event, state=AWAY), None)
        for number in sorted(self._held[event.operator]):
            conversation = self.conversations[number]
            if not conversation.segment.first_reply_at:
                self._take_back(conversation, event.at, GONE)

    # -- timers

    def _on_lapse(self, event, conversation):
        if not conversation.segment.accepted_at:
            self._take_back(conversation, event.at, NOT_ACCEPTED)

    def _on_silent(self, event, conversation):
        """The same burst is still unanswered; an answer in between starts anew."""
        since = conversation.asked_at
        limit = timedelta(seconds=self._wait.silent_seconds)
        if since and event.at >= max(since, conversation.segment.accepted_at) + limit:
            self._take_back(conversation, event.at, SILENT)

    def _on_wrapped(self, event, _conversation):
        self.team.release(event.operator, event.slot)

    def _on_tick(self, event, conversation):
        """A wanted skill was waited for enough: the choice itself sees it."""

    # -- parts

    def _enqueue(self, conversation, now, reason, **values):
        """Into the queue, with a tick for the moment its skills are dropped."""
        waiting = replace(conversation.waiting, **values)
        conversation.waiting = waiting
        self._open(conversation, QUEUE, now, reason)
        self.queue.add(waiting)
        wait = self.policies[waiting.direction].skill_wait_seconds
        if waiting.skills and wait is not None:
            self._later(TICK, max(now, waiting.queued_at), wait, conversation)

    def _take_back(self, conversation, now, reason):
        """From an operator to the head of the queue."""
        segment, waiting = conversation.segment, conversation.waiting
        since = waiting.queued_at
        if segment.first_reply_at:
            since = conversation.asked_at or now
        self._end(conversation, now, reason)
        self._let_go(conversation, now)
        self._enqueue(
            conversation,
            now,
            reason,
            queued_at=since,
            head_of_queue=True,
            declined=waiting.declined | {segment.operator},
        )

    def _dispatch(self, now):
        made = dispatch(self.queue, self.team, now) if self.queue else []
        for assignment in made:
            conversation = self.conversations[assignment.conversation]
            self._end(conversation, now, ASSIGNED)
            self._open(conversation, OPERATOR, now, ASSIGNED, assignment.operator)
            conversation.slot = assignment.kind
            self._held[assignment.operator].add(assignment.conversation)
            self._later(LAPSE, now, self._wait.accept_seconds, conversation)
        return made

    def _open(self, conversation, holder_kind, now, reason, operator=None):
        before, waiting = conversation.segment, conversation.waiting
        conversation.segment = Segment(
            waiting.id,
            before.seq + 1 if before else 1,
            holder_kind,
            waiting.direction,
            conversation.channel,
            now,
            operator=operator,
            offered_at=now if operator else None,
            reason_in=reason,
        )

    def _end(self, conversation, now, reason, **values):
        """Close the open segment."""
        segment = conversation.segment
        self.segments.append(
            replace(segment, closed_at=now, reason_out=reason, **values)
        )

    def _end_turn(self, conversation, answered_at):
        if conversation.asked_at:
            segment = conversation.segment
            self.turns.append(
                Turn(
                    segment.conversation,
                    segment.seq,
                    conversation.asked_at,
                    answered_at,
                )
            )
            conversation.asked_at = None

    def _let_go(self, conversation, now, wrap_seconds=0.0):
        """Free the slot of the segment that was just closed, after the wrap-up."""
        segment, slot = conversation.segment, conversation.slot
        self._held[segment.operator].discard(segment.conversation)
        if not wrap_seconds:
            self.team.release(segment.operator, slot)
            return
        at = now + timedelta(seconds=wrap_seconds)
        timer = Event(at, WRAPPED, operator=segment.operator, slot=slot)
        self.timers.append(timer)

    def _watch(self, conversation, now):
        """Look again when the operator has been silent too long."""
        segment = conversation.segment
        if self._wait.silent_seconds and conversation.asked_at and segment.accepted_at:
            self._later(SILENT, now, self._wait.silent_seconds, conversation)

    def _later(self, kind, now, seconds, conversation):
        """A timer that counts only while the conversation is in this segment."""
        segment = conversation.segment
        at = now + timedelta(seconds=seconds)
        self.timers.append(
            Event(at, kind, conversation=segment.conversation, seq=segment.seq)
        )


@dataclass(frozen=True, slots=True)
class LastTime:
    """Who served a customer last, until when and in which direction."""

    operator: int
    at: datetime
    direction: int


class Simulation:
    """Runs a routing on a virtual clock.

    :param crowd: what people do then, see ``Crowd``; None: the script is all
    :param check: called with the routing and the moment after every event
    """

    def __init__(self, policies, operators, timers, crowd=None, check=None):
        self.routing = Routing(policies, operators, timers)
        self.assignments = []
        self._crowd, self._check = crowd, check
        self._events, self._number = [], 0

    def run(self, events, until=datetime.max):
        """Let everything happen, as long as something is to come.

        :param events: Event, in any order; of one moment they happen as given
        :param until: nothing later happens; where nobody ever accepts, an offer comes
            back for ever
        :return: the Routing
        """
        self._push(events)
        while self._events and self._events[0][0] <= until:
            event = heappop(self._events)[-1]
            made = self.routing.handle(event)
            self.assignments += made
            self._push(self.routing.timers)
            self.routing.timers.clear()
            if self._crowd:
                self._push(self._crowd.react(event, made, self.routing))
            if self._check:
                self._check(self.routing, event.at)
        return self.routing

    def _push(self, events):
        for event in events:
            self._number += 1
            heappush(self._events, (event.at, self._number, event))


@dataclass(frozen=True)
class Habits:
    """How the people of a simulated day behave; times are means in seconds.

    The defaults are of a retail chain's chat with an ACPT of some minutes; they are
    made up, and meant to be replaced by what a place measures.
    """

    bot_seconds: float = 25
    patience_seconds: float = 400
    accept_seconds: float = 5
    reply_seconds: float = 22
    customer_seconds: float = 35
    wrap_seconds: float = 15
    more_share: float = 0.72
    lapse_share: float = 0.02
    transfer_share: float = 0.05
    repeat_share: float = 0.15
    gone_share: float = 0.02
    # a conversation in which nothing more happens is closed
    forgotten_after_seconds: float = 7_200
    # arrivals of each hour of the day, of any unit
    shape: tuple = (2, 1, 1, 1, 1, 2, 3, 5, 7, 9, 10, 11)
    evening: tuple = (11, 11, 10, 10, 10, 11, 12, 12, 10, 7, 5, 3)
    shift_hours: float = 9
    shift_starts: tuple = (0, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    break_seconds: float = 1_800


@dataclass
class Crowd:
    """Customers and operators of a day, from a seed.

    What happens in one conversation is drawn from its own number, so a change in the
    routing changes only what it must.

    :param channels: dict name -> priority
    """

    seed: int
    directions: tuple
    channels: dict
    habits: Habits = field(default_factory=Habits)
    _randoms: dict = field(default_factory=dict, repr=False)

    def arrivals(self, count, start):
        """Arrivals of a day, spread over its hours as the habits say.

        :param datetime start: midnight
        :return: list of Event
        """
        random = Random(f"{self.seed}/arrivals")
        hours = (*self.habits.shape, *self.habits.evening)
        heights = list(accumulate(hours))
        drawn = random.choices(range(24), cum_weights=heights, k=count)
        seconds = sorted(hour * 3600 + random.random() * 3600 for hour in drawn)
        events = []
        for number, second in enumerate(seconds, start=1):
            at = start + timedelta(seconds=round(second))
            events += self._arrival(random, number, at)
        return events

    def _arrival(self, random, number, at):
        """One arrival and what its customer does if nobody comes."""
        habits, customer = self.habits, number
        if number > 1 and random.random() < habits.repeat_share:
            customer = random.randrange(1, number)
        channel = random.choice(sorted(self.channels))
        bot_seconds = round(random.expovariate(1 / habits.bot_seconds)) + 1
        patience = round(random.expovariate(1 / habits.patience_seconds)) + bot_seconds
        forgotten = timedelta(seconds=habits.forgotten_after_seconds)
        arrival = Event(
            at,
            ARRIVAL,
            conversation=number,
            customer=customer,
            direction=random.choice(self.directions),
            channel=channel,
            channel_priority=self.channels[channel],
            bot_seconds=bot_seconds,
        )
        given_up = Event(at + timedelta(seconds=patience), GIVE_UP, number)
        closed = Event(at + forgotten, CLOSE, number, reason="inactivity")
        return [arrival, given_up, closed]

    def shifts(self, operators, start):
        """When the operators come, rest and go.

        :return: list of Event
        """
        habits, events = self.habits, []
        for number, operator in enumerate(operators):
            random = Random(f"{self.seed}/operator/{operator.id}")
            hour = habits.shift_starts[number % len(habits.shift_starts)]
            came = start + timedelta(hours=hour)
            left = came + timedelta(hours=habits.shift_hours)
            rest = came + timedelta(hours=random.uniform(3, 6))
            rested = rest + timedelta(seconds=habits.break_seconds)
            steps = ((came, AVAILABLE), (rest, BREAK), (rested, AVAILABLE))
            steps += ((left, BUSY),)
            events += [
                Event(at, STATE, operator=operator.id, state=state)
                for at, state in steps
            ]
            if random.random() < habits.gone_share:
                gone = rested + timedelta(hours=random.random())
                events.append(Event(gone, GONE, operator=operator.id))
        return events

    def react(self, event, made, routing):
        """What people do after an event.

        :param made: list of Assignment that followed it
        :return: list of Event
        """
        events = [self._offered(assignment, event.at, routing) for assignment in made]
        conversation = routing.conversations.get(event.conversation)
        if conversation is not None and event.kind in (ACCEPT, CUSTOMER, REPLY):
            segment = conversation.segment
            if event.kind == REPLY and segment.first_reply_at:
                events.append(self._after_reply(event.at, segment, routing))
            elif segment.accepted_at and event.kind != REPLY:
                events.append(self._reply(event.at, segment, routing))
        return [event for event in events if event]

    def _offered(self, assignment, now, routing):
        """The operator accepts, or does not notice."""
        segment = routing.conversations[assignment.conversation].segment
        random = self._random(segment)
        if random.random() < self.habits.lapse_share:
            return None
        return self._event(random, ACCEPT, now, self.habits.accept_seconds, segment)

    def _reply(self, now, segment, routing):
        """The operator answers, the later the more conversations he holds."""
        random = self._random(segment)
        others = len(routing.held(segment.operator)) - 1
        seconds = self.habits.reply_seconds
        return self._event(
            random,
            REPLY,
            now,
            seconds * (1 + 0.3 * others),
            segment,
            focus_seconds=seconds,
        )

    def _after_reply(self, now, segment, routing):
        """The customer writes again, is passed on or is content."""
        habits, random = self.habits, self._random(segment)
        if random.random() < habits.more_share:
            return self._event(random, CUSTOMER, now, habits.customer_seconds, segment)
        if len(self.directions) > 1 and random.random() < habits.transfer_share:
            others = [one for one in self.directions if one != segment.direction]
            direction = random.choice(others)
            return self._event(random, TRANSFER, now, 5, segment, direction=direction)
        wrap_seconds = round(random.expovariate(1 / habits.wrap_seconds)) + 1
        return self._event(
            random,
            CLOSE,
            now,
            habits.customer_seconds,
            segment,
            reason="solved",
            wrap_seconds=wrap_seconds,
        )

    def _random(self, segment):
        """Where all chances of one conversation come from."""
        number = segment.conversation
        if number not in self._randoms:
            self._randoms[number] = Random(f"{self.seed}/{number}")
        return self._randoms[number]

    def _event(self, random, kind, now, mean_seconds, segment, **values):
        """Something of this segment, after a time spread like people's times are."""
        seconds = random.lognormvariate(0, 0.6) * mean_seconds / SKEW
        at = now + timedelta(seconds=max(1, round(seconds)))
        return Event(at, kind, segment.conversation, segment.seq, **values)


# the mean of lognormvariate(0, 0.6)
SKEW = 1.1972


def simulated_day(seed, conversations=10_000, operators=40, start=datetime(2026, 3, 2)):
    """A day of three directions in two channels.

    :param int operators: in shifts; the first third serves all directions
    :return: the Simulation, run
    """
    policies = dict.fromkeys((1, 2, 3), Policy(600, sticky_seconds=86_400))
    team = [
        Operator(number, _directions_of(number, operators), state=AWAY)
        for number in range(1, operators + 1)
    ]
    crowd = Crowd(seed, tuple(policies), {"app": 1, "telegram": 0})
    timers = Timers(accept_seconds=30, silent_seconds=300)
    simulation = Simulation(policies, team, timers, crowd)
    arrivals = crowd.arrivals(conversations, start)
    simulation.run(crowd.shifts(team, start) + arrivals)
    return simulation


def _directions_of(number, operators):
    """The directions an operator of the simulated day serves, without skills."""
    served = (1, 2, 3) if number <= operators / 3 else (number % 3 + 1,)
    return dict.fromkeys(served, frozenset())


def summary(segments, turns, measure, by="direction"):
    """The figures of a day as lines of text, for a bench or a log.

    :param by: one of ``figures.DIMENSIONS``
    :return: list of str, the whole first
    """
    whole = figures.figures(segments, turns, measure)
    parts = figures.figures(segments, turns, measure, by)
    rows = [("all", whole[None])]
    rows += [(f"{by} {key}", told) for key, told in parts.items()]
    return [_line(name, told, measure) for name, told in rows]


def _line(name, told, measure):
    level = told.service_level
    sl = f"SL {measure.threshold_seconds:g} s"
    return (
        f"{name}: {level.offered} offered, {level.answered} answered, "
        f"{sl} of offered {_number(level.of_offered)} %, "
        f"of answered {_number(level.of_answered)} %, "
        f"abandoned {_number(level.abandonment)} % and {level.short} short, "
        f"ASA {_spread(told.asa)}, A1RT {_spread(told.first_reply)}, "
        f"ART {_spread(told.reply)}, ACPT {_spread(told.handle)}"
    )


def _spread(told):
    numbers = (told.mean, told.p50, told.p90)
    return " / ".join(_number(number) for number in numbers) + " s"


def _number(value):
    return "-" if value is None else f"{value:.1f}"
