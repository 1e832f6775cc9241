from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import choice
from ..rules.choice import (
    AVAILABLE,
    BASE,
    EXTRA,
    ROUND_ROBIN,
    Assignment,
    Operator,
    Place,
    Policy,
    Queue,
    Team,
    Waiting,
    assign,
    dispatch,
    order,
    pick,
    position_and_wait,
)

NOW = datetime(2026, 3, 2, 12)
CUSTOMERS, COURIERS = 1, 2
POLICIES = {
    CUSTOMERS: Policy(600, sticky_seconds=86_400, skill_wait_seconds=120),
    COURIERS: Policy(300, balance=ROUND_ROBIN),
}
# other work on the machine must not fail the test
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

directions = st.sampled_from([CUSTOMERS, COURIERS])
skill_sets = st.frozensets(st.sampled_from(["b2b", "debt", "photo"]), max_size=2)
languages = st.sampled_from([None, "ru", "en"])
operator_ids = st.integers(1, 6)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


@st.composite
def waitings(draw, most=8):
    """Different conversations; some have the same age, some are long past theirs."""
    number = draw(st.integers(0, most))
    return [
        Waiting(
            conversation,
            draw(directions),
            ago(draw(st.integers(0, 14)) * 60),
            channel_priority=draw(st.integers(0, 1)),
            skills=draw(skill_sets),
            language=draw(languages),
            previous_operator=draw(st.none() | operator_ids),
            personal_manager=draw(st.none() | operator_ids),
            asked_for=draw(st.none() | operator_ids),
            is_repeat=draw(st.booleans()),
            head_of_queue=draw(st.sampled_from([False, False, True])),
            declined=draw(st.frozensets(operator_ids, max_size=2)),
        )
        for conversation in range(1, number + 1)
    ]


@st.composite
def operators(draw):
    """Different operators, busy in part; some of them are away."""
    return [
        Operator(
            number,
            draw(st.dictionaries(directions, skill_sets, min_size=1)),
            base_free=draw(st.integers(0, 3)),
            extra_free=draw(st.integers(0, 2)),
            state=draw(st.sampled_from([AVAILABLE, AVAILABLE, "break"])),
            languages=draw(st.frozensets(st.sampled_from(["ru", "en"]))),
            last_assigned_at=draw(st.none() | st.integers(0, 9).map(ago)),
        )
        for number in range(1, draw(st.integers(0, 6)) + 1)
    ]


def taken(team, made):
    """Operators as they are after some assignments."""
    after = {operator.id: operator for operator in team}
    for assignment in made:
        operator = after[assignment.operator]
        after[operator.id] = operator.taking(assignment.kind, NOW)
    return list(after.values())


def naive(waiting, team):
    """The same by the definition: sort, try every operator, begin again."""
    made, left, team = [], order(waiting, POLICIES, NOW), list(team)
    while True:
        for one in left:
            found = pick(one, team, POLICIES[one.direction], NOW)
            if found:
                break
        else:
            return made
        made.append(Assignment(one.id, found[0].id, found[1]))
        team = taken(team, made[-1:])
        left.remove(one)


@tagged("post_install", "-at_install")
class TestChoiceProperties(BaseCase):
    """What holds of the choice whatever waits and whoever works (X5)."""

    @PATIENT
    @given(waitings(), operators())
    def test_never_above_the_slots(self, waiting, team):
        made = assign(waiting, team, POLICIES, NOW)
        for operator in taken(team, made):
            self.assertGreaterEqual(operator.base_free, 0)
            self.assertGreaterEqual(operator.extra_free, 0)
        self.assertEqual(len({one.conversation for one in made}), len(made))

    @PATIENT
    @given(waitings(), operators())
    def test_extra_slots_are_for_repeats_of_full_operators(self, waiting, team):
        known = {one.id: one for one in waiting}
        after = {operator.id: operator for operator in team}
        for assignment in assign(waiting, team, POLICIES, NOW):
            operator = after[assignment.operator]
            if assignment.kind == EXTRA:
                self.assertTrue(known[assignment.conversation].is_repeat)
                self.assertEqual(operator.base_free, 0)
            after[operator.id] = operator.taking(assignment.kind, NOW)

    @PATIENT
    @given(waitings(), operators())
    def test_only_available_operators_of_the_direction_with_the_skills(
        self, waiting, team
    ):
        known = {one.id: one for one in waiting}
        for assignment in assign(waiting, team, POLICIES, NOW):
            one = known[assignment.conversation]
            operator = next(who for who in team if who.id == assignment.operator)
            wanted = choice.wanted_skills(one, POLICIES[one.direction], NOW)
            self.assertEqual(operator.state, AVAILABLE)
            self.assertLessEqual(wanted, operator.skills[one.direction])

    @PATIENT
    @given(waitings(), operators())
    def test_nobody_is_overtaken_by_a_later_one_that_fits_the_same_operator(
        self, waiting, team
    ):
        known = {one.id: one for one in waiting}
        ranked = order(waiting, POLICIES, NOW)
        after, left = {who.id: who for who in team}, list(ranked)
        for assignment in assign(waiting, team, POLICIES, NOW):
            operator, one = after[assignment.operator], known[assignment.conversation]
            for earlier in left[: left.index(one)]:
                policy = POLICIES[earlier.direction]
                self.assertIsNone(pick(earlier, [operator], policy, NOW))
            left.remove(one)
            after[operator.id] = operator.taking(assignment.kind, NOW)

    @PATIENT
    @given(waitings(), operators())
    def test_no_fitting_operator_is_idle_while_somebody_waits(self, waiting, team):
        made = assign(waiting, team, POLICIES, NOW)
        after = taken(team, made)
        served = {assignment.conversation for assignment in made}
        for one in waiting:
            if one.id not in served:
                policy = POLICIES[one.direction]
                self.assertIsNone(pick(one, after, policy, NOW))

    @PATIENT
    @given(waitings(), operators())
    def test_an_aged_one_is_served_before_any_younger(self, waiting, team):
        ranked = order(waiting, POLICIES, NOW)
        for place, one in enumerate(ranked):
            if choice.is_aged(one, POLICIES[one.direction], NOW):
                for earlier in ranked[:place]:
                    self.assertLessEqual(earlier.queued_at, one.queued_at)

    @PATIENT
    @given(waitings(), operators(), st.randoms(use_true_random=False))
    def test_the_order_of_the_lists_does_not_matter(self, waiting, team, random):
        expected = assign(waiting, team, POLICIES, NOW)
        random.shuffle(waiting)
        random.shuffle(team)
        self.assertEqual(assign(waiting, team, POLICIES, NOW), expected)

    @PATIENT
    @given(waitings(), operators())
    def test_the_index_chooses_what_the_definition_does(self, waiting, team):
        self.assertEqual(
            assign(waiting, team, POLICIES, NOW),
            naive(waiting, team),
        )

    @PATIENT
    @given(waitings(), operators(), st.data())
    def test_an_index_that_was_changed_is_as_good_as_a_new_one(
        self, waiting, team, data
    ):
        queue, index = Queue(POLICIES), Team(POLICIES, team)
        for one in waiting:
            index.pick(one, NOW)  # so that there are buckets to keep
            queue.add(one)
        gone = data.draw(st.sets(st.sampled_from(waiting))) if waiting else set()
        changed = data.draw(operators())
        for one in gone:
            queue.remove(one.id)
        for operator in changed:
            index.put(operator)
        left = [one for one in waiting if one not in gone]
        expected = assign(left, list(index), POLICIES, NOW)
        self.assertEqual(dispatch(queue, index, NOW), expected)

    @PATIENT
    @given(waitings(), operators(), st.integers(0, 3))
    def test_a_limit_cuts_off_the_end_only(self, waiting, team, limit):
        everything = assign(waiting, team, POLICIES, NOW)
        some = assign(waiting, team, POLICIES, NOW, limit=limit)
        self.assertEqual(some, everything[:limit])

    @PATIENT
    @given(waitings(), operators())
    def test_take_next_gives_the_most_urgent_that_fits(self, waiting, team):
        queue = Queue(POLICIES, waiting)
        for operator in team:
            fitting = [
                one
                for one in order(waiting, POLICIES, NOW)
                if pick(one, [operator], POLICIES[one.direction], NOW)
            ]
            found = queue.next_for(operator, NOW)
            self.assertEqual(found and found[0], fitting[0] if fitting else None)


@tagged("post_install", "-at_install")
class TestChoiceCases(BaseCase):
    """The named cases of the queue, one by one (P3, P4)."""

    def _chosen(self, waiting, *team, policies=None):
        policies = policies or POLICIES
        found = pick(waiting, team, policies[waiting.direction], NOW)
        by_index = Team(policies, team).pick(waiting, NOW)
        self.assertEqual(by_index, found)
        return found and (found[0].id, found[1])

    def _order(self, *waiting):
        return [one.id for one in order(waiting, POLICIES, NOW)]

    def _waiting(self, number=1, seconds=10, **values):
        return Waiting(number, CUSTOMERS, ago(seconds), **values)

    def _operator(self, number, taken=0, skills=(), **values):
        """An operator who holds that many conversations."""
        free = {"base_free": max(0, 3 - taken), "extra_free": 2 - max(0, taken - 3)}
        skills = {CUSTOMERS: frozenset(skills)}
        return Operator(number, skills, **{**free, **values})

    def test_order(self):
        rows = [
            self._waiting(1, 20, head_of_queue=True),
            self._waiting(2, 10, head_of_queue=True, channel_priority=5),
            self._waiting(3, 5, is_repeat=True),
            self._waiting(4, 30, channel_priority=2),
            self._waiting(5, 40, channel_priority=1),
            self._waiting(6, 60),
            self._waiting(7, 50),
            self._waiting(8, 50),
        ]
        for shuffled in list(permutations(rows))[::977]:
            self.assertEqual(self._order(*shuffled), [1, 2, 3, 4, 5, 6, 7, 8])

    def test_a_take_back_goes_to_the_head(self):
        others = [self._waiting(number, 500, is_repeat=True) for number in range(2, 9)]
        back = self._waiting(1, 1, head_of_queue=True)
        self.assertEqual(self._order(*others, back)[0], 1)

    def test_ageing_begins_with_the_direction_s_number(self):
        repeat = self._waiting(1, 100, is_repeat=True)
        self.assertEqual(self._order(repeat, self._waiting(2, 599)), [1, 2])
        self.assertEqual(self._order(repeat, self._waiting(2, 600)), [2, 1])

    def test_a_fourth_conversation_waits_and_a_repeat_does_not(self):
        full = self._operator(1, taken=3)
        self.assertIsNone(self._chosen(self._waiting(), full))
        self.assertEqual(self._chosen(self._waiting(is_repeat=True), full), (1, EXTRA))
        self.assertEqual(
            self._chosen(self._waiting(is_repeat=True), self._operator(1, taken=2)),
            (1, BASE),
        )
        self.assertIsNone(
            self._chosen(self._waiting(is_repeat=True), self._operator(1, taken=5))
        )

    def test_a_repeat_goes_to_the_same_operator_then_to_the_direction(self):
        repeat = self._waiting(is_repeat=True, previous_operator=1)
        empty = self._operator(2)
        cases = [
            (self._operator(1, taken=2), (1, BASE)),
            (self._operator(1, taken=4), (1, EXTRA)),
            (self._operator(1, taken=5), (2, BASE)),
            (self._operator(1, state="break"), (2, BASE)),
        ]
        for same, expected in cases:
            with self.subTest(same=same):
                self.assertEqual(self._chosen(repeat, same, empty), expected)

    def test_the_operator_of_the_last_time_is_nothing_without_a_repeat(self):
        old = self._waiting(previous_operator=1)
        team = self._operator(1, taken=2), self._operator(2)
        self.assertEqual(self._chosen(old, *team), (2, BASE))

    def test_a_base_slot_of_another_is_better_than_an_extra_one(self):
        repeat = self._waiting(is_repeat=True)
        team = self._operator(1, taken=3), self._operator(2, taken=2)
        self.assertEqual(self._chosen(repeat, *team), (2, BASE))

    def test_personal_manager_before_others_but_after_the_last_operator(self):
        team = [self._operator(1, taken=2), self._operator(2, taken=2)]
        team.append(self._operator(3))
        mine = {"personal_manager": 1, "previous_operator": 2}
        self.assertEqual(self._chosen(self._waiting(**mine), *team), (1, BASE))
        repeat = self._waiting(is_repeat=True, **mine)
        self.assertEqual(self._chosen(repeat, *team), (2, BASE))
        full = self._operator(1, taken=3)
        self.assertEqual(self._chosen(self._waiting(**mine), full, team[2]), (3, BASE))

    def test_all_skills_are_wanted_until_they_are_dropped(self):
        both = frozenset(("b2b", "debt"))
        team = [self._operator(1, skills=["b2b"]), self._operator(2, skills=["debt"])]
        self.assertIsNone(self._chosen(self._waiting(1, 119, skills=both), *team))
        self.assertEqual(
            self._chosen(self._waiting(1, 120, skills=both), *team), (1, BASE)
        )
        whole = self._operator(3, taken=2, skills=both)
        self.assertEqual(
            self._chosen(self._waiting(1, 9, skills=both), *team, whole), (3, BASE)
        )

    def test_a_direction_may_never_drop_a_skill(self):
        policies = {CUSTOMERS: replace(POLICIES[CUSTOMERS], skill_wait_seconds=None)}
        old = self._waiting(1, 86_400, skills=frozenset(["b2b"]))
        found = self._chosen(old, self._operator(1), policies=policies)
        self.assertIsNone(found)

    def test_language_is_preferred_and_not_required(self):
        english = self._operator(2, taken=2, languages=frozenset(["en"]))
        wanted = self._waiting(language="en")
        self.assertEqual(self._chosen(wanted, self._operator(1), english), (2, BASE))
        self.assertEqual(self._chosen(wanted, self._operator(1)), (1, BASE))

    def test_least_loaded_by_the_share_of_base_slots(self):
        # two of six are less than two of three
        large = self._operator(2, base=6, base_free=4)
        team = self._operator(1, taken=2), large
        self.assertEqual(self._chosen(self._waiting(), *team), (2, BASE))
        # extra ones count too: he has more to do
        busy = self._operator(1, base_free=1, extra_free=0)
        team = busy, self._operator(2, taken=2)
        self.assertEqual(self._chosen(self._waiting(), *team), (2, BASE))

    def test_equal_loads_go_to_the_longest_without_assignment(self):
        team = (
            self._operator(1, last_assigned_at=ago(5)),
            self._operator(2, last_assigned_at=ago(9)),
        )
        self.assertEqual(self._chosen(self._waiting(), *team), (2, BASE))
        never = self._operator(3)
        self.assertEqual(self._chosen(self._waiting(), *team, never), (3, BASE))

    def test_round_robin_goes_round_whatever_the_load(self):
        team = [Operator(number, {COURIERS: frozenset()}) for number in (1, 2, 3)]
        waiting = [Waiting(number, COURIERS, NOW) for number in range(1, 7)]
        made = assign(waiting, team, POLICIES, NOW)
        self.assertEqual([one.operator for one in made], [1, 2, 3, 1, 2, 3])

    def test_who_let_it_lapse_is_asked_again_only_if_nobody_else_can(self):
        lapsed = self._waiting(declined=frozenset([1]), personal_manager=1)
        team = self._operator(1), self._operator(2, taken=2)
        self.assertEqual(self._chosen(lapsed, *team), (2, BASE))
        self.assertEqual(self._chosen(lapsed, team[0]), (1, BASE))

    def test_one_too_special_does_not_block_those_behind_it(self):
        special = self._waiting(1, 90, skills=frozenset(["photo"]))
        made = assign(
            [special, self._waiting(2, 5)], [self._operator(1)], POLICIES, NOW
        )
        self.assertEqual(made, [Assignment(2, 1, BASE)])

    def test_repeat_within_the_sticky_period(self):
        policy = POLICIES[CUSTOMERS]
        self.assertTrue(choice.is_repeat(ago(86_400), NOW, policy))
        self.assertFalse(choice.is_repeat(ago(86_401), NOW, policy))
        self.assertFalse(choice.is_repeat(None, NOW, policy))

    def test_place_and_expected_wait(self):
        full = [self._operator(number, taken=3) for number in (1, 2)]
        waiting = [self._waiting(number, 100 - number) for number in range(1, 13)]
        # six slots of 300 s each: one becomes free every 50 s
        cases = [(waiting[0], full, 1, 50), (waiting[11], full, 12, 600)]
        cases.append((waiting[1], [self._operator(1)], 2, 0))
        cases.append((waiting[3], [self._operator(1)], 4, 100))
        cases.append((waiting[0], [], 1, None))
        cases.append((waiting[0], [self._operator(1, state="away")], 1, None))
        for one, team, position, seconds in cases:
            with self.subTest(one=one.id, team=len(team)):
                told = position_and_wait(one, waiting, team, POLICIES, NOW, 300)
                self.assertEqual(told, Place(position, seconds))

    def test_the_place_counts_only_the_own_direction(self):
        other = Waiting(2, COURIERS, ago(500))
        told = position_and_wait(self._waiting(), [other], [], POLICIES, NOW, 300)
        self.assertEqual(told.position, 1)

    def test_a_queue_knows_who_is_in_it(self):
        queue = Queue(POLICIES, [self._waiting(1), self._waiting(2)])
        self.assertEqual(queue.remove(1).id, 1)
        self.assertIsNone(queue.remove(1))
        self.assertNotIn(1, queue)
        self.assertEqual([one.id for one in queue], [2])
        self.assertEqual(len(queue), 1)
