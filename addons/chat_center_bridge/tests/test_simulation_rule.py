from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import figures
from ..rules.choice import AVAILABLE, BASE, EXTRA, Operator, Policy
from ..rules.figures import BOT, CUSTOMER_CLOSED, OPERATOR, QUEUE, Measure
from ..rules.simulation import (
    ACCEPT,
    ARRIVAL,
    AWAY,
    BREAK,
    CLOSE,
    CUSTOMER,
    GIVE_UP,
    GONE,
    REPLY,
    STATE,
    TRANSFER,
    Event,
    Simulation,
    Timers,
    simulated_day,
    summary,
)

START = datetime(2026, 3, 2, 9)
# long after everything of a script
END = START + timedelta(seconds=900)
CUSTOMERS, COURIERS = 1, 2
POLICIES = {
    CUSTOMERS: Policy(120, sticky_seconds=3_600, skill_wait_seconds=60),
    COURIERS: Policy(120),
}
TIMERS = Timers(accept_seconds=30, silent_seconds=90)
PATIENT_TIMERS = Timers(accept_seconds=30)
# other work on the machine must not fail the test
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def at(seconds):
    return START + timedelta(seconds=seconds)


def arrival(seconds, conversation, direction=CUSTOMERS, **values):
    values = {"customer": conversation, "direction": direction, **values}
    return Event(at(seconds), ARRIVAL, conversation, **values)


def event(seconds, kind, conversation=0, **values):
    return Event(at(seconds), kind, conversation, **values)


def served(start, conversation, end, **values):
    """Accepted, answered and closed."""
    return [
        event(start + 1, ACCEPT, conversation),
        event(start + 2, REPLY, conversation),
        event(end, CLOSE, conversation, reason="solved", **values),
    ]


def operator(number, *directions, **values):
    return Operator(number, dict.fromkeys(directions, frozenset()), **values)


class Diligent:
    """A crowd that accepts, answers and closes whatever it is given."""

    def react(self, _event, made, routing):
        """Twenty seconds a conversation."""
        events = []
        for assignment in made:
            segment = routing.conversations[assignment.conversation].segment
            for kind, seconds in ((ACCEPT, 5), (REPLY, 10), (CLOSE, 20)):
                moment = segment.opened_at + timedelta(seconds=seconds)
                number = assignment.conversation
                events.append(Event(moment, kind, number, segment.seq, reason="solved"))
        return events


@st.composite
def scripts(draw):
    """Anything that may happen to some conversations, in any order, also nonsense."""
    number = draw(st.integers(1, 8))
    events = [
        arrival(
            draw(st.integers(0, 300)),
            conversation,
            draw(st.sampled_from([CUSTOMERS, COURIERS])),
            customer=draw(st.integers(1, 3)),
            bot_seconds=draw(st.sampled_from([0, 0, 20])),
            channel_priority=draw(st.integers(0, 1)),
        )
        for conversation in range(1, number + 1)
    ]
    kinds = [ACCEPT, REPLY, CUSTOMER, CLOSE, GIVE_UP, TRANSFER, STATE, GONE]
    for _step in range(draw(st.integers(0, 25))):
        events.append(
            Event(
                at(draw(st.integers(0, 400))),
                kind := draw(st.sampled_from(kinds)),
                0 if kind in (STATE, GONE) else draw(st.integers(1, number)),
                operator=draw(st.integers(1, 3)),
                state=draw(st.sampled_from([AVAILABLE, AVAILABLE, BREAK, AWAY])),
                direction=draw(st.sampled_from([CUSTOMERS, COURIERS])),
                reason=CUSTOMER_CLOSED,
                wrap_seconds=draw(st.sampled_from([0, 15])),
            )
        )
    return events


def team():
    """One of each direction and one of both, with few slots."""
    return [
        operator(1, CUSTOMERS, base=1, base_free=1, extra=1, extra_free=1),
        operator(2, COURIERS, base=2, base_free=2, extra=1, extra_free=1),
        operator(3, CUSTOMERS, COURIERS, base=1, base_free=1, extra=0, extra_free=0),
    ]


@tagged("post_install", "-at_install")
class TestSimulationProperties(BaseCase):
    """What holds after every event, whatever happens (X5)."""

    def _check(self, routing, now):
        for one in routing.team:
            self.assertLessEqual(0, one.base_free)
            self.assertLessEqual(one.base_free, one.base)
            self.assertLessEqual(0, one.extra_free)
            self.assertLessEqual(one.extra_free, one.extra)
            taken = one.base - one.base_free + one.extra - one.extra_free
            self.assertLessEqual(len(routing.held(one.id)), taken)
        for waiting in routing.queue:
            self.assertIsNone(routing.team.pick(waiting, now))
            segment = routing.conversations[waiting.id].segment
            self.assertEqual(segment.holder_kind, QUEUE)

    @PATIENT
    @given(scripts())
    def test_slots_hold_and_no_fitting_operator_is_idle(self, script):
        simulation = Simulation(POLICIES, team(), TIMERS, check=self._check)
        routing = simulation.run(script, END)
        for segment in routing.segments:
            self.assertLessEqual(segment.opened_at, segment.closed_at)

    @PATIENT
    @given(scripts())
    def test_extra_slots_go_to_repeats_only(self, script):
        allowed = set()

        def check(routing, now):
            allowed.update(
                number
                for number, conversation in routing.conversations.items()
                if conversation.waiting.is_repeat
            )

        simulation = Simulation(POLICIES, team(), TIMERS, check=check)
        simulation.run(script, END)
        extra = [one for one in simulation.assignments if one.kind == EXTRA]
        self.assertLessEqual({one.conversation for one in extra}, allowed)

    @PATIENT
    @given(scripts())
    def test_segments_follow_each_other_without_a_gap(self, script):
        routing = Simulation(POLICIES, team(), TIMERS).run(script, END)
        last = {}
        for segment in routing.segments:
            before = last.get(segment.conversation)
            if before:
                self.assertEqual(segment.seq, before.seq + 1)
                self.assertEqual(segment.opened_at, before.closed_at)
            last[segment.conversation] = segment

    @PATIENT
    @given(scripts())
    def test_everybody_is_served_in_the_end(self, script):
        """Who does not leave is answered, once the operators work."""
        kept = [one for one in script if one.kind not in (CLOSE, GIVE_UP)]
        kept += [
            event(500, STATE, operator=number, state=AVAILABLE) for number in (1, 2, 3)
        ]
        for number in range(1, 9):
            kept += [event(600, REPLY, number), event(601, CLOSE, number)]
        routing = Simulation(POLICIES, team(), TIMERS, Diligent()).run(kept)
        self.assertFalse(len(routing.queue))
        self.assertFalse(routing.conversations)
        for one in routing.team:
            self.assertEqual((one.base_free, one.extra_free), (one.base, one.extra))

    @PATIENT
    @given(st.integers(1, 40), st.integers(1, 3))
    def test_finite_arrivals_are_all_served_by_anybody(self, number, operators):
        crew = [operator(one, CUSTOMERS) for one in range(1, operators + 1)]
        script = [arrival(one % 7, one) for one in range(1, number + 1)]
        routing = Simulation(POLICIES, crew, TIMERS, Diligent()).run(script)
        accepted = {one.conversation for one in routing.segments if one.accepted_at}
        self.assertEqual(accepted, set(range(1, number + 1)))

    @PATIENT
    @given(scripts())
    def test_the_same_script_tells_the_same(self, script):
        one = Simulation(POLICIES, team(), TIMERS).run(script, END)
        other = Simulation(POLICIES, team()[::-1], TIMERS).run(script, END)
        self.assertEqual(one.segments, other.segments)
        self.assertEqual(one.turns, other.turns)


@tagged("post_install", "-at_install")
class TestSimulationCases(BaseCase):
    """The named cases of the issue, as scripts (P3, P4, P5)."""

    def _run(self, events, *crew, timers=PATIENT_TIMERS, until=END):
        self.simulation = Simulation(POLICIES, crew, timers)
        self.routing = self.simulation.run(events, until)
        return self.routing

    def _taken(self):
        """(conversation, operator, kind) of all assignments."""
        return [
            (one.conversation, one.operator, one.kind)
            for one in self.simulation.assignments
        ]

    def _segments(self, conversation):
        return [
            (one.holder_kind, one.operator, one.reason_out)
            for one in self.routing.segments
            if one.conversation == conversation
        ]

    def test_bot_queue_operator(self):
        self._run(
            [arrival(0, 1, bot_seconds=20), *served(25, 1, 90)], operator(1, CUSTOMERS)
        )
        self.assertEqual(
            self._segments(1),
            [
                (BOT, None, "bot_done"),
                (QUEUE, None, "assigned"),
                (OPERATOR, 1, "solved"),
            ],
        )
        told = figures.figures(self.routing.segments, self.routing.turns, Measure())
        self.assertEqual(told[None].asa.mean, 6)

    def test_a_repeat_skips_the_bot_and_finds_its_operator(self):
        events = [arrival(0, 1, bot_seconds=9), *served(10, 1, 60)]
        # a new one for the other operator, then both are equally loaded
        events += [arrival(100, 2, customer=1, bot_seconds=9), *served(100, 2, 160)]
        self._run(events, operator(1, CUSTOMERS), operator(2, CUSTOMERS))
        self.assertEqual(self._taken(), [(1, 1, BASE), (2, 1, BASE)])
        self.assertNotIn(BOT, [one[0] for one in self._segments(2)])

    def test_after_the_period_the_bot_is_met_again(self):
        events = [arrival(0, 1), *served(0, 1, 60)]
        events.append(arrival(3_661, 2, customer=1, bot_seconds=9))
        self._run(events, operator(1, CUSTOMERS), until=at(3_680))
        self.assertEqual(self._segments(2)[0][0], BOT)

    def test_a_repeat_takes_an_extra_slot_before_those_who_wait(self):
        events = [arrival(0, 1, customer=9), *served(0, 1, 30)]
        events += [arrival(40 + number, number) for number in (2, 3, 4, 5)]
        events += [event(47, ACCEPT, number) for number in (2, 3, 4, 5)]
        events.append(arrival(50, 6, customer=9))
        self._run(events, operator(1, CUSTOMERS), timers=Timers(1_000))
        self.assertEqual(self._taken()[-1], (6, 1, EXTRA))
        self.assertIn(5, self.routing.queue)

    def test_not_accepted_goes_to_the_next_operator(self):
        events = [arrival(0, 1), *served(31, 1, 80)]
        # the other one has more to do, and is asked all the same
        self._run(events, operator(1, CUSTOMERS), operator(2, CUSTOMERS, base_free=1))
        self.assertEqual(self._taken(), [(1, 1, BASE), (1, 2, BASE)])
        self.assertEqual(self._segments(1)[1], (OPERATOR, 1, "not_accepted"))

    def test_not_accepted_goes_to_the_head(self):
        """The only operator takes it again, before one of higher priority."""
        one_slot = {"base": 1, "base_free": 1, "extra": 0, "extra_free": 0}
        events = [arrival(0, 1), arrival(5, 2, channel_priority=9)]
        events += [event(31, ACCEPT, 1), event(50, CLOSE, 1), event(51, ACCEPT, 2)]
        self._run(events, operator(1, CUSTOMERS, **one_slot), until=at(60))
        self.assertEqual([one[0] for one in self._taken()], [1, 1, 2])

    def test_a_vanished_operator_loses_what_he_has_not_answered(self):
        events = [arrival(0, 1), arrival(1, 2), event(3, REPLY, 1), event(4, ACCEPT, 2)]
        events.append(event(8, STATE, operator=2, state=AVAILABLE))
        events += [event(9, GONE, operator=1), event(10, ACCEPT, 2)]
        crew = operator(1, CUSTOMERS), operator(2, CUSTOMERS, state=BREAK)
        self._run(events, *crew)
        self.assertEqual(self._taken()[-1][:2], (2, 2))
        self.assertEqual(self.routing.conversations[1].segment.operator, 1)

    def test_a_silent_operator_loses_the_conversation(self):
        events = [arrival(0, 1), event(1, ACCEPT, 1), event(2, REPLY, 1)]
        events += [event(10, CUSTOMER, 1), event(30, CUSTOMER, 1)]
        events += [event(101, ACCEPT, 1), event(110, REPLY, 1), event(120, CLOSE, 1)]
        crew = operator(1, CUSTOMERS), operator(2, CUSTOMERS)
        self._run(events, *crew, timers=TIMERS)
        back = next(one for one in self.routing.segments if one.reason_out == "silent")
        self.assertEqual(back.closed_at, at(100))
        self.assertEqual(self._taken()[-1], (1, 2, BASE))

    def test_who_accepts_and_says_nothing_is_silent_too(self):
        events = [arrival(0, 1), event(5, ACCEPT, 1)]
        crew = operator(1, CUSTOMERS), operator(2, CUSTOMERS)
        self._run(events, *crew, timers=TIMERS, until=at(100))
        self.assertEqual(self._segments(1)[1], (OPERATOR, 1, "silent"))
        self.assertEqual(self.routing.conversations[1].segment.offered_at, at(95))

    def test_an_answer_in_time_stops_the_timer(self):
        events = [arrival(0, 1), event(1, ACCEPT, 1), event(80, REPLY, 1)]
        events += [event(85, CUSTOMER, 1), event(170, REPLY, 1), event(300, CLOSE, 1)]
        self._run(events, operator(1, CUSTOMERS), timers=TIMERS)
        self.assertNotIn("silent", [one[2] for one in self._segments(1)])

    def test_transfer_frees_the_slot_and_keeps_the_conversation(self):
        events = [arrival(0, 1), event(1, ACCEPT, 1), event(2, REPLY, 1)]
        events += [event(9, TRANSFER, 1, direction=COURIERS), *served(10, 1, 60)]
        self._run(events, operator(1, CUSTOMERS), operator(2, COURIERS))
        self.assertEqual(self._taken(), [(1, 1, BASE), (1, 2, BASE)])
        self.assertEqual(self.routing.team[1].base_free, 3)
        told = figures.figures(self.routing.segments, self.routing.turns, Measure())
        self.assertEqual(told[None].service_level.offered, 1)

    def test_transfer_to_one_operator(self):
        crew = [operator(number, CUSTOMERS) for number in (1, 2, 3)]
        events = [arrival(0, 1), event(1, ACCEPT, 1)]
        self._run([*events, event(9, TRANSFER, 1, operator=3)], *crew)
        self.assertEqual(self._taken()[1], (1, 3, BASE))

    def test_wrap_up_holds_the_slot(self):
        one_slot = {"base": 1, "base_free": 1, "extra": 0, "extra_free": 0}
        events = [arrival(0, 1), *served(0, 1, 50, wrap_seconds=15), arrival(20, 2)]
        self._run([*events, event(66, ACCEPT, 2)], operator(1, CUSTOMERS, **one_slot))
        offered = self.routing.conversations[2].segment.offered_at
        self.assertEqual(offered, at(65))

    def test_who_is_not_available_is_given_nothing(self):
        events = [arrival(0, 1), event(40, STATE, operator=1, state=AVAILABLE)]
        self._run([*events, event(41, ACCEPT, 1)], operator(1, CUSTOMERS, state=BREAK))
        self.assertEqual(self.routing.conversations[1].segment.offered_at, at(40))

    def test_a_skill_is_dropped_by_the_clock_alone(self):
        special = arrival(0, 1, skills=frozenset(["b2b"]))
        self._run([special, event(61, ACCEPT, 1)], operator(1, CUSTOMERS))
        self.assertEqual(self.routing.conversations[1].segment.offered_at, at(60))

    def test_giving_up_is_an_abandonment_only_before_the_acceptance(self):
        events = [arrival(0, 1), event(1, ACCEPT, 1), event(20, GIVE_UP, 1)]
        events += [event(30, CLOSE, 1, reason="solved")]
        events += [arrival(0, 2, COURIERS), event(20, GIVE_UP, 2)]
        self._run(events, operator(1, CUSTOMERS))
        told = figures.figures(self.routing.segments, self.routing.turns, Measure())
        level = told[None].service_level
        self.assertEqual((level.answered, level.abandoned), (1, 1))
        self.assertFalse(self.routing.conversations)

    def test_an_ordinary_one_is_served_though_repeats_never_end(self):
        """Each repeat takes the only slot; after two minutes the other is first."""
        one_slot = {"base": 1, "base_free": 1, "extra": 0, "extra_free": 0}
        crew = [operator(1, CUSTOMERS, **one_slot)]
        events = [arrival(0, 1), arrival(25, 2)]
        events += [
            arrival(21 + 10 * number, 10 + number, customer=1) for number in range(60)
        ]
        simulation = Simulation(POLICIES, crew, TIMERS, Diligent())
        routing = simulation.run(events)
        ordinary = next(
            one for one in routing.segments if one.conversation == 2 and one.accepted_at
        )
        self.assertGreater(ordinary.offered_at, at(60))
        # it ages at 145 s; the one being served then takes 20 s at most
        self.assertLessEqual(ordinary.offered_at, at(165))


@tagged("post_install", "-at_install")
class TestSimulatedDay(BaseCase):
    """A short day of the crowd: the long one is the bench's."""

    def test_a_day_of_a_seed(self):
        one, other = simulated_day(7, 300, 12), simulated_day(7, 300, 12)
        self.assertEqual(one.routing.segments, other.routing.segments)
        self.assertNotEqual(
            one.routing.segments, simulated_day(8, 300, 12).routing.segments
        )

    def test_nothing_is_lost_and_nothing_stays_taken(self):
        routing = simulated_day(7, 300, 12).routing
        self.assertFalse(routing.conversations)
        self.assertEqual(len({one.conversation for one in routing.segments}), 300)
        for one in routing.team:
            self.assertEqual((one.base_free, one.extra_free), (3, 2))
        ends = Counter(one.conversation for one in routing.segments if one.seq == 1)
        self.assertEqual(set(ends.values()), {1})

    def test_summary_prints_the_whole_and_the_parts(self):
        routing = simulated_day(7, 300, 12).routing
        lines = summary(routing.segments, routing.turns, Measure())
        self.assertEqual(len(lines), 1 + 3)
        for word in ("SL 60 s", "of offered", "of answered", "ASA", "A1RT", "ART"):
            self.assertIn(word, lines[0])
        self.assertIn("-", summary([], [], Measure())[0])
