"""Two people, two connections, real commits: one wins, nothing is done twice."""

import threading
from types import SimpleNamespace

import pytest

import odoo.api
from odoo import http
from odoo.exceptions import UserError
from odoo.service.model import retrying

from odoo.addons.order_service.tests.common import OrderServiceBuilders

from support import own_database


class Request:
    """As much of a request as core needs to begin it anew."""

    session = None
    httprequest = SimpleNamespace(files={})

    def __init__(self, env):
        self.env = env  # core asks its context when it tracks a draft order

    def _get_session_and_dbname(self):
        return None, None


class World(OrderServiceBuilders):
    """The builders, committing in a database of the test's own."""

    def __init__(self, database):
        self.database = database

    def build(self, make):
        """Run ``make(builders)`` in a transaction; return what it returns."""
        with self.database.environment() as env:
            type(self).env = env
            return make(self)

    def together(self, *acts, request=Request):
        """Run acts at once, each as a request of its own: (user id, function of env).

        :param request: makes what core takes for the request; none for a cron

        :return: list of what each returned, or the UserError it was refused with
        """
        barrier = threading.Barrier(len(acts))
        answers = [None] * len(acts)

        def run(index, user, act):
            with self.database.registry.cursor() as cr:
                env = odoo.api.Environment(cr, user, {})
                barrier.wait()
                http._request_stack.push(request and request(env))
                try:
                    answers[index] = retrying(lambda: act(env), env)
                except UserError as error:
                    answers[index] = error
                finally:
                    http._request_stack.pop()

        threads = [
            threading.Thread(target=run, args=(index, *act))
            for index, act in enumerate(acts)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers


@pytest.fixture(scope="module")
def world():
    with own_database() as database:
        world = World(database)
        world.build(lambda builders: builders.set_up_world(builders.env))
        yield world


def finish(task_id):
    """The dialog that asks about unmarked lines was answered with yes."""
    return lambda env: env["order.service.task"].browse(task_id)._finish("done")


def moves(world, order_id):
    """(stage code, number of moves, number of open tasks) of an order."""

    def read(builders):
        order = builders.env["sale.order"].browse(order_id)
        open_tasks = order.service_task_ids.filtered(lambda task: task.state == "open")
        return order.service_stage_id.code, len(order.service_log_ids), len(open_tasks)

    return world.build(read)


def order_at(world, stage):
    """A new order carried to ``stage``: (order id, ids of its open tasks)."""

    def make(builders):
        order = builders._carry(builders._order(), stage)
        tasks = order.service_task_ids.filtered(lambda task: task.state == "open")
        return order.id, tasks.ids

    return world.build(make)


@pytest.mark.parametrize("attempt", range(5))
def test_two_people_finish_one_task_and_one_of_them_wins(world, attempt):
    order_id, [task_id] = order_at(world, "assembly")
    answers = world.together(
        (world.storeadmin.id, finish(task_id)), (world.manager.id, finish(task_id))
    )
    refused = [answer for answer in answers if isinstance(answer, UserError)]
    assert len(refused) == 1
    winner = "T_Manager" if refused[0] is answers[0] else "T_Storeadmin"
    assert f"finished already: Done, {winner}" in str(refused[0])
    assert moves(world, order_id) == ("handover", 2, 1)


@pytest.mark.parametrize("attempt", range(5))
def test_two_mandatory_tasks_finished_at_once_move_the_order_once(world, attempt):
    """Under REPEATABLE READ neither sees the other's finish unless one waits."""
    world.build(
        lambda builders: (
            (
                builders.env["order.service.task.template"].search_count(
                    [("name", "=", "Second pair of eyes")]
                )
                or builders.env.ref("order_service.task_delivery_assemble").copy(
                    {"name": "Second pair of eyes"}
                )
            )
            and None
        )
    )
    order_id, task_ids = order_at(world, "assembly")
    assert len(task_ids) == 2
    answers = world.together(
        (world.storeadmin.id, finish(task_ids[0])),
        (world.manager.id, finish(task_ids[1])),
    )
    late = [
        task_id
        for task_id, answer in zip(task_ids, answers, strict=True)
        if isinstance(answer, UserError)
    ]
    for task_id in late:  # a colleague had the order: the person tries again
        world.together((world.manager.id, finish(task_id)))
    assert moves(world, order_id) == ("handover", 2, 1)
    world.build(
        lambda builders: (
            builders.env["order.service.task.template"]
            .search([("name", "=", "Second pair of eyes")])
            .write({"active": False})
        )
    )


@pytest.mark.parametrize("attempt", range(5))
def test_refusal_and_finish_at_once_leave_one_of_the_two(world, attempt):
    order_id, [task_id] = order_at(world, "assembly")
    reason_id = world.build(lambda builders: builders._reason("changed_mind").id)

    def refuse(env):
        reason = env["order.service.reason"].browse(reason_id)
        env["sale.order"].browse(order_id)._service_refuse(reason)
        return True

    answers = world.together(
        (world.storeadmin.id, finish(task_id)), (world.operator.id, refuse)
    )
    stage, count, open_tasks = moves(world, order_id)
    done, refused = (not isinstance(answer, UserError) for answer in answers)
    # both may succeed one after the other: a refusal is open at the hand-over too
    expected = {
        (True, True): ("refused", 3),
        (True, False): ("handover", 2),
        (False, True): ("refused", 2),
    }
    assert (stage, count) == expected[done, refused]
    assert open_tasks == 1


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.parametrize("door", ["task", "order"])
def test_two_people_refuse_a_new_order_and_the_second_reads_who_did_it(
    world, attempt, door
):
    order_id, [task_id] = order_at(world, "check")
    reason_id = world.build(lambda builders: builders._reason("changed_mind").id)

    def refuse(env):
        reason = env["order.service.reason"].browse(reason_id)
        if door == "task":
            task = env["order.service.task"].browse(task_id)
            return task._finish("failed", reason=reason)
        context = {"service_reason_id": reason_id}
        return env["sale.order"].browse(order_id).with_context(context)._action_cancel()

    answers = world.together((world.operator.id, refuse), (world.manager.id, refuse))
    [refused] = [answer for answer in answers if isinstance(answer, UserError)]
    winner = "T_Manager" if refused is answers[0] else "T_Operator"
    assert winner in str(refused)
    assert "already" in str(refused)
    assert moves(world, order_id) == ("refused", 1, 1)


def test_one_event_drained_by_two_crons_moves_the_order_once(world):
    order_id, _tasks = order_at(world, "check")

    def add_event(builders):
        order = builders.env["sale.order"].browse(order_id)
        way = builders.env["order.service.transition"].create(
            {
                "stage_id": order.service_stage_id.id,
                "to_stage_id": builders.env.ref(
                    "order_service.stage_delivery_assembly"
                ).id,
                "trigger": "timer",
                "minutes": 1,
            }
        )
        return (
            builders.env["order.service.event"]
            .create(
                {
                    "order_id": order.id,
                    "visit": order.service_visit,
                    "trigger": "timer",
                    "transition_id": way.id,
                    "at": order.service_stage_since,
                }
            )
            .id
        )

    world.build(add_event)

    def drain(env):
        model = env["order.service.event"].sudo()
        for event in model.search(model._due_domain()):
            locked = event.try_lock_for_update()
            if locked.exists():
                locked._run()
        return True

    world.together((odoo.SUPERUSER_ID, drain), (odoo.SUPERUSER_ID, drain), request=None)
    assert moves(world, order_id) == ("assembly", 1, 1)


def found(world, order_id):
    """Found quantities of an order's lines, and how many scans were counted."""

    def read(builders):
        order = builders.env["sale.order"].browse(order_id)
        scans = builders.env["order.service.scan"].search_count(
            [("order_id", "=", order_id)]
        )
        return order.order_line.mapped("service_found_qty"), scans

    return world.build(read)


@pytest.mark.parametrize("attempt", range(5))
def test_two_people_mark_lines_of_one_order_and_no_mark_is_lost(world, attempt):
    order_id, [task_id] = order_at(world, "assembly")
    lines = world.build(
        lambda builders: builders.env["sale.order"].browse(order_id).order_line.ids
    )

    def mark(line_id):
        def act(env):
            task = env["order.service.task"].browse(task_id)
            return task.action_service_found(line_id, 1)["marked"]

        return act

    answers = world.together(
        (world.storeadmin.id, mark(lines[0])), (world.manager.id, mark(lines[1]))
    )
    assert sorted(answers) == [1, 2], answers
    assert found(world, order_id) == ([1, 1], 0)


@pytest.mark.parametrize("attempt", range(5))
def test_one_scan_sent_twice_at_once_counts_once(world, attempt):
    order_id, [task_id] = order_at(world, "assembly")

    def scan(env):
        task = env["order.service.task"].browse(task_id)
        return bool(task.action_service_scan("KVAS", "token")["scanned"])

    answers = world.together(
        (world.storeadmin.id, scan), (world.manager.id, scan), (world.manager.id, scan)
    )
    assert answers == [True, True, True]
    assert found(world, order_id) == ([1, 0], 1)


def asked_at_assembly(world):
    """A line an operator asks about: ids of order, line and another product."""

    def make(builders):
        order = builders._carry(builders._order(), "assembly")
        task = builders._task(order, builders.storeadmin)
        line = order.order_line[0]
        line.service_policy = "call"
        task.action_service_missing(line.id)
        tea = builders._product(f"TEA-{order.id}", 50.0, stock=0)
        return order.id, line.id, tea.id

    return world.build(make)


@pytest.mark.parametrize("attempt", range(5))
def test_two_operators_name_a_product_at_once_and_one_of_them_wins(world, attempt):
    order_id, line_id, tea_id = asked_at_assembly(world)

    def name(env):
        line = env["sale.order.line"].browse(line_id)
        return line.action_service_name_substitute(tea_id, agreed_price=60.0)

    answers = world.together((world.operator.id, name), (world.manager.id, name))
    refused = [answer for answer in answers if answer is not True]
    assert len(refused) == 1, answers
    assert isinstance(refused[0], UserError)

    def read(builders):
        order = builders.env["sale.order"].browse(order_id)
        calls = order.service_task_ids.filtered("asks_customer")
        line = order.order_line[0]
        return line.service_chosen_id.id, line.service_answer, calls.mapped("state")

    assert world.build(read) == (tea_id, "accept", ["done"])


def test_a_browser_closed_half_way_finds_its_marks_again(world):
    order_id, [task_id] = order_at(world, "assembly")
    scans = ("first", "second")
    for token in scans:
        world.together(
            (
                world.storeadmin.id,
                lambda env, token=token: bool(
                    env["order.service.task"]
                    .browse(task_id)
                    .action_service_scan("KVAS", token)
                ),
            )
        )

    def reopen(env):
        # the last scan's answer was lost with the browser: it is sent once more
        task = env["order.service.task"].browse(task_id)
        task.action_service_scan("KVAS", "second")
        state = task.get_service_assembly()
        return state["marked"], [line["found"] for line in state["lines"]]

    [(marked, quantities)] = world.together((world.storeadmin.id, reopen))
    assert marked == 1
    assert sorted(quantities) == [0, 2]
    assert found(world, order_id) == ([2, 0], 2)
