"""Who takes which of 1 000 conversations, beside the plain way; a day of 10 000."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from time import perf_counter

from odoo import SUPERUSER_ID
from odoo.api import Environment

from odoo.addons.chat_center_bridge.rules import figures, life, simulation
from odoo.addons.chat_center_bridge.rules.choice import (
    Operator,
    Policy,
    Queue,
    Team,
    Waiting,
    assign,
    dispatch,
    order,
    pick,
)
from odoo.addons.chat_center_bridge.tests.takers import Takers

OPERATORS, WAITING = 300, 1_000
CHOICES, NAIVE_CHOICES, RUNS = 500, 15, 5
TAKES = 150
CONVERSATIONS = 10_000
NAIVE = "sorting all and trying every operator"
NOW = datetime(2026, 3, 2, 12)
DIRECTIONS = (1, 2, 3)
SKILLS = ("b2b", "debt", "photo", "refund", "claims", "partner")
LANGUAGES = ("ru", "en", "kk")
POLICIES = dict.fromkeys(
    DIRECTIONS, Policy(600, sticky_seconds=86_400, skill_wait_seconds=300)
)


def measure(world, report):
    _measure_standing(report)
    _measure_take(world, report)
    _measure_cold(report)
    _measure_day(report)


def _measure_standing(report):
    """A slot becomes free in a full house: who takes it?"""
    random = Random(19)
    queue, team = Queue(POLICIES, _waiting(random)), Team(POLICIES, _operators(random))
    for _operator in list(team):
        dispatch(queue, team, NOW)  # the few repeats that find an extra slot
    _refill(random, queue)
    ours = [_one_choice(random, queue, team) for _number in range(CHOICES)]
    operators, waiting = list(team), list(queue)
    plain = [
        _milliseconds(lambda: _naive(waiting, _one_free(random, operators)))
        for _number in range(NAIVE_CHOICES)
    ]
    report.add(
        f"chat: choice, {OPERATORS} operators and {WAITING} waiting, p95",
        figures.percentile(ours, 0.95),
        "ms",
        f"{NAIVE}, p95",
        figures.percentile(plain, 0.95),
        most=1,
        p50=round(figures.percentile(ours, 0.5), 4),
        longest=round(max(ours), 4),
        naive_p50=round(figures.percentile(plain, 0.5), 4),
    )


def _one_choice(random, queue, team):
    """Milliseconds from the slot that becomes free to who takes it."""
    operator = random.choice([one for one in team if not one.base_free])
    start = perf_counter()
    team.release(operator.id, "base")
    made = dispatch(queue, team, NOW)
    took = (perf_counter() - start) * 1000
    if not made:  # nobody wants him: the slot is filled by hand
        team.take(operator.id, "base", NOW)
    _refill(random, queue)
    return took


def _measure_take(world, report):
    """The same with both locks and the commit; then all that goes with it.

    The history is written in the same transaction. What Discuss is told is measured
    beside it: most of it is core's own adding of a member.
    """
    locked = _takes(world, _lock_and_fill)
    report.add(
        "chat: choice with lock and commit, p95",
        figures.percentile(locked, 0.95),
        "ms",
        most=15,
        p50=round(figures.percentile(locked, 0.5), 2),
    )
    with Takers.quiet(world.env.registry):
        kept = _takes(world, _hand_over)
    told = _takes(world, _hand_over)
    report.add(
        "chat: the same with all of its history, p95",
        figures.percentile(kept, 0.95),
        "ms",
        "with what Discuss is told, p95",
        figures.percentile(told, 0.95),
        p50=round(figures.percentile(kept, 0.5), 2),
        told_p50=round(figures.percentile(told, 0.5), 2),
    )


def _takes(world, act):
    """Milliseconds of each of some choices that are carried out and committed.

    :param act: function of conversation and operator; gives what undoes it
    """
    random = Random(19)
    queue, team = Queue(POLICIES, _waiting(random)), Team(POLICIES, _operators(random))
    with closing(world.env.registry.cursor()) as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        return [
            _one_take(world, env, act, random, queue, team) for _take in range(TAKES)
        ]


def _one_take(world, env, act, random, queue, team):
    channel = env["discuss.channel"].browse(random.choice(world.conversations))
    operator = env["chat.operator"].browse(random.choice(world.operators))
    chosen = _one_choice(random, queue, team)
    start = perf_counter()
    undo = act(channel, operator)
    _commit(env.cr)
    took = (perf_counter() - start) * 1000
    undo()
    _commit(env.cr)
    return chosen + took


def _lock_and_fill(channel, operator):
    """The conversation and a slot of the operator are nobody else's any more."""
    assert channel._chat_lock(["queued"])
    slot = channel.env["chat.slot"]._free_of(operator, "base")
    slot.conversation_id = channel
    return lambda: slot.write({"conversation_id": False})


def _hand_over(channel, operator):
    assert channel._chat_take(operator, "base")
    moment = channel.env.cr.now()
    return lambda: channel._chat_take_back(moment, life.OPERATOR_SILENT)


def _commit(cr):
    """Commit without the job that hands out the next one."""
    cr.postcommit.clear()
    cr.commit()


def _measure_cold(report):
    """The same from plain lists, as a job has them: one slot, all of them, none."""
    random = Random(19)
    waiting, full = _waiting(random), _operators(random)
    _measure_one_free(report, waiting, [_one_free(random, full) for _run in range(20)])
    free = [_freed(operator) for operator in full]
    made, took = len(assign(waiting, free, POLICIES, NOW)), _assigning(waiting, free)
    report.add(
        f"chat: all {OPERATORS} operators become free, an assignment",
        took / made,
        "ms",
        most=1,
        assignments=made,
    )
    wanting = [
        replace(one, queued_at=NOW, skills=one.skills or frozenset(SKILLS[:1]))
        for one in waiting
    ]
    unfit = [_unfit(operator) for operator in full]
    report.add(
        "chat: a pass that finds nobody, from plain lists",
        _assigning(wanting, unfit),
        "ms",
        NAIVE,
        _milliseconds(lambda: _naive(wanting, unfit)),
    )


def _measure_one_free(report, waiting, teams):
    """One choice of each of several teams with one free slot."""
    report.add(
        "chat: the first choice from plain lists, median",
        _median(
            _milliseconds(lambda team=team: assign(waiting, team, POLICIES, NOW, 1))
            for team in teams
        ),
        "ms",
        NAIVE,
        _median(
            _milliseconds(lambda team=team: _naive(waiting, team)) for team in teams
        ),
    )


def _assigning(waiting, operators):
    """Milliseconds to hand out everything that can be handed out."""
    return _median(
        _milliseconds(lambda: assign(waiting, operators, POLICIES, NOW))
        for _run in range(RUNS)
    )


def _measure_day(report):
    """A day through the routing core, with the figures it leaves."""
    start = perf_counter()
    routing = simulation.simulated_day(1, CONVERSATIONS).routing
    took = perf_counter() - start
    assert len({one.conversation for one in routing.segments}) == CONVERSATIONS
    report.add(
        f"chat: a day of {CONVERSATIONS} conversations, no database",
        took,
        "s",
        most=60,
        segments=len(routing.segments),
        turns=len(routing.turns),
    )
    start = perf_counter()
    lines = simulation.summary(routing.segments, routing.turns, figures.Measure())
    report.add("chat: the figures of that day, twice", perf_counter() - start, "s")
    print("\n".join(lines), flush=True)


def _naive(waiting, operators):
    """The plain way to the next assignment."""
    for one in order(waiting, POLICIES, NOW):
        found = pick(one, operators, POLICIES[one.direction], NOW)
        if found:
            return one, found
    return None


def _waiting(random, first=1, count=WAITING):
    """Conversations that differ in everything."""
    return [
        Waiting(
            number,
            random.choice(DIRECTIONS),
            NOW - timedelta(seconds=random.randrange(900)),
            channel_priority=random.randrange(3),
            skills=frozenset(random.sample(SKILLS, random.choice((0, 0, 1, 2)))),
            language=random.choice(LANGUAGES),
            previous_operator=random.randint(1, OPERATORS),
            is_repeat=random.random() < 0.15,
            head_of_queue=random.random() < 0.02,
        )
        for number in range(first, first + count)
    ]


def _refill(random, queue):
    """As many wait as before."""
    missing = WAITING - len(queue)
    for one in _waiting(random, max(one.id for one in queue) + 1, missing):
        queue.add(one)


def _operators(random):
    """Operators without a free slot."""
    return [
        Operator(
            number,
            {
                direction: frozenset(random.sample(SKILLS, random.randrange(4)))
                for direction in random.sample(DIRECTIONS, random.choice((1, 1, 2, 3)))
            },
            base_free=0,
            extra_free=0,
            languages=frozenset(random.sample(LANGUAGES, random.choice((1, 2)))),
            last_assigned_at=NOW - timedelta(seconds=random.randrange(600)),
        )
        for number in range(1, OPERATORS + 1)
    ]


def _one_free(random, operators):
    """The same operators, one of them with a slot."""
    number = random.randrange(len(operators))
    one = operators[number].releasing("base")
    return [*operators[:number], one, *operators[number + 1 :]]


def _freed(operator):
    for kind in ("base", "base", "base", "extra", "extra"):
        operator = operator.releasing(kind)
    return operator


def _unfit(operator):
    """Free, but without the skill that everybody wants."""
    return Operator(operator.id, dict.fromkeys(operator.skills, frozenset()))


def _milliseconds(act):
    start = perf_counter()
    act()
    return (perf_counter() - start) * 1000


def _median(values):
    return figures.percentile(list(values), 0.5)
