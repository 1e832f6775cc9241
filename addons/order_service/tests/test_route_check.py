from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..rules import route_check


def stage(number, **values):
    """A stage as plain data; the first is open and New, unless told otherwise."""
    defaults = {"id": number, "name": f"S{number}", "status": "new", "outcome": ""}
    return {**defaults, "mandatory": True, "can_fail": False, **values}


def way(start, end, trigger="done"):
    return {"from": start, "from_name": f"S{start}", "to": end, "trigger": trigger}


WON = {"status": "delivered", "outcome": "won", "mandatory": False}


class TestRouteCheck(BaseCase):
    """What keeps a route from carrying every order to its end."""

    def test_whole_route_has_no_problem(self):
        self.assertEqual(
            route_check.find_problems([stage(1), stage(2, **WON)], [way(1, 2)]), []
        )

    def test_each_problem_is_named_with_its_stage(self):
        cases = [
            ([], [], ("no_stages", "")),
            ([stage(1)], [], ("dead_end", "S1")),
            (
                [stage(1, status="packed"), stage(2, **WON)],
                [way(1, 2)],
                ("no_start_status", "S1"),
            ),
            (
                [stage(1), stage(2, **{**WON, "status": "new"})],
                [way(1, 2)],
                ("won_status", "S2"),
            ),
            (
                [stage(1), stage(2, outcome="lost", mandatory=False)],
                [way(1, 2)],
                ("lost_status", "S2"),
            ),
            ([stage(1), stage(2)], [way(1, 2), way(2, 1)], ("never_closes", "S1")),
            (
                [stage(1), stage(2, **WON), stage(3, **WON)],
                [way(1, 2)],
                ("unreachable", "S3"),
            ),
            (
                [stage(1), stage(2, **WON)],
                [way(1, 2), way(2, 1)],
                ("closed_leaves", "S2"),
            ),
            (
                [stage(1, can_fail=True), stage(2, **WON)],
                [way(1, 2)],
                ("no_refusal_way", "S1"),
            ),
            ([stage(1), stage(2, **WON)], [way(1, 2, "timer")], ("no_done_way", "S1")),
            (
                [stage(1, mandatory=False), stage(2, **WON)],
                [way(1, 2)],
                ("no_mandatory_task", "S1"),
            ),
            (
                [stage(1), stage(2, **WON)],
                [way(1, 2), way(1, 9)],
                ("stage_archived", "S1"),
            ),
        ]
        for stages, ways, problem in cases:
            with self.subTest(problem):
                self.assertIn(problem, route_check.find_problems(stages, ways))

    # the first draw reads the source of all Odoo: slow on a busy machine
    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=15),
        st.sets(st.integers(1, 5)),
    )
    def test_route_without_problems_lets_every_order_end(self, pairs, closing):
        """Whatever stage an order stands in, some chain of transitions closes it."""
        stages = [
            stage(number, **(WON if number in closing else {})) for number in range(6)
        ]
        ways = [way(start, end) for start, end in pairs]
        if route_check.find_problems(stages, ways):
            return
        ends = {number: number in closing for number in range(6)}
        for _round in range(6):
            for start, end in pairs:
                ends[start] = ends[start] or ends[end]
        self.assertTrue(all(ends.values()))
