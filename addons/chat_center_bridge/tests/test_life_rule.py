from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.chat_center_bridge.rules import life, working
from odoo.addons.chat_center_bridge.rules.choice import (
    Operator,
    Policy,
    Queue,
    Team,
    Waiting,
    pick,
)

NINE = datetime(2026, 3, 2, 9)
PACE = life.Pace(
    accept_seconds=30,
    silence_seconds=600,
    quiet_seconds=1800,
    quiet_close_seconds=900,
    wrap_up_seconds=60,
    skill_wait_seconds=120,
)

# a loaded machine makes inputs slowly
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
moments = st.integers(0, 100_000).map(lambda seconds: NINE + timedelta(seconds=seconds))
perhaps = st.none() | moments
paces = st.lists(st.integers(0, 7200), min_size=6, max_size=6).map(
    lambda seconds: life.Pace(*seconds)
)
lives = st.builds(
    life.Life,
    state=st.sampled_from(["bot", "queued", "active", "hold", "wrap_up", "closed"]),
    queued_at=moments,
    wants_skills=st.booleans(),
    offered_at=moments,
    accepted_at=perhaps,
    asked_at=perhaps,
    replied_at=perhaps,
    warned_at=perhaps,
    hold_until=moments,
    ended_at=moments,
)


def after(**time):
    return NINE + timedelta(**time)


@tagged("post_install", "-at_install")
class TestLifeRules(BaseCase):
    """What the clock does next, from the state alone (P4)."""

    def assertNext(self, moment, step, **values):
        self.assertEqual(life.next_step(life.Life(**values), PACE), (moment, step))

    def test_an_operator_has_so_long_to_accept(self):
        self.assertNext(
            after(seconds=30), life.NOT_ACCEPTED, state="active", offered_at=NINE
        )

    def test_an_operator_who_accepted_has_so_long_to_reply(self):
        self.assertNext(
            after(minutes=10, seconds=20),
            life.OPERATOR_SILENT,
            state="active",
            offered_at=NINE,
            accepted_at=after(seconds=20),
            asked_at=NINE,
        )

    def test_a_silent_customer_is_asked_and_then_the_conversation_is_closed(self):
        quiet = {
            "state": "active",
            "offered_at": NINE,
            "accepted_at": NINE,
            "replied_at": after(minutes=5),
        }
        self.assertNext(after(minutes=35), life.WARN, **quiet)
        self.assertNext(
            after(minutes=50), life.SILENCE, warned_at=after(minutes=35), **quiet
        )

    def test_a_hold_and_notes_are_over_when_it_was_said(self):
        until = after(days=2)
        self.assertNext(until, life.HOLD_OVER, state="hold", hold_until=until)
        self.assertNext(
            after(seconds=60), life.WRAPPED_UP, state="wrap_up", ended_at=NINE
        )

    def test_skills_are_waited_for_only_where_some_are_wanted(self):
        self.assertNext(
            after(seconds=120),
            life.ASK_WIDER,
            state="queued",
            queued_at=NINE,
            wants_skills=True,
        )
        plain = life.Life(state="queued", queued_at=NINE)
        self.assertIsNone(life.next_step(plain, PACE))

    @PATIENT
    @given(lives)
    def test_a_pace_of_zero_is_never(self, one):
        due = life.next_step(one, life.Pace())
        self.assertIn(due and due[1], (None, life.HOLD_OVER, life.WRAPPED_UP))

    @PATIENT
    @given(lives, paces)
    def test_a_customer_who_waits_is_never_called_silent(self, one, pace):
        due = life.next_step(one, pace)
        if due and due[1] in (life.WARN, life.SILENCE):
            self.assertIsNone(one.asked_at)
            self.assertIsNotNone(one.accepted_at)

    @PATIENT
    @given(lives, paces)
    def test_every_step_belongs_to_its_state(self, one, pace):
        due = life.next_step(one, pace)
        steps = {
            "queued": {life.ASK_WIDER},
            "active": {
                life.NOT_ACCEPTED,
                life.OPERATOR_SILENT,
                life.WARN,
                life.SILENCE,
            },
            "hold": {life.HOLD_OVER},
            "wrap_up": {life.WRAPPED_UP},
        }
        self.assertTrue(due is None or due[1] in steps[one.state])


@tagged("post_install", "-at_install")
class TestOpening(BaseCase):
    """When people work next."""

    hours = [(after(hours=0), after(hours=8)), (after(days=1), after(days=1, hours=8))]

    def test_inside_of_the_hours_it_is_now(self):
        self.assertEqual(
            working.next_opening(self.hours, after(hours=7)), after(hours=7)
        )

    def test_the_end_of_the_hours_is_outside(self):
        self.assertEqual(
            working.next_opening(self.hours, after(hours=8)), after(days=1)
        )

    def test_no_hours_to_come_is_no_opening(self):
        self.assertIsNone(working.next_opening(self.hours, after(days=3)))


@tagged("post_install", "-at_install")
class TestAskedFor(BaseCase):
    """What comes back from a hold goes to the same operator, if he is free."""

    policies = {1: Policy(max_wait_seconds=300)}

    def _operators(self, free):
        skills = {1: frozenset()}
        return [
            Operator(1, skills),
            Operator(2, skills, base_free=free, extra_free=0, last_assigned_at=NINE),
            Operator(3, skills),
        ]

    def _picked(self, operators, **values):
        one = Waiting(
            9, 1, NINE, asked_for=2, personal_manager=3, head_of_queue=True, **values
        )
        best = pick(one, operators, self.policies[1], NINE)
        same = Team(self.policies, operators).pick(one, NINE)
        self.assertEqual(best, same)
        return best[0].id

    def test_the_operator_asked_for_comes_first(self):
        self.assertEqual(self._picked(self._operators(free=1)), 2)

    def test_without_a_free_slot_of_his_it_goes_on(self):
        self.assertEqual(self._picked(self._operators(free=0)), 3)

    def test_who_let_it_go_is_not_asked_for(self):
        declined = {"declined": frozenset({2})}
        self.assertEqual(self._picked(self._operators(free=1), **declined), 3)

    def test_take_next_does_not_keep_it_for_him(self):
        one = Waiting(9, 1, NINE, asked_for=2)
        other = self._operators(free=1)[0]
        queue = Queue(self.policies, [one])
        self.assertEqual(queue.next_for(other, NINE), (one, "base"))
