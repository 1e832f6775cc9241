"""What is wrong with a route: rules over plain data, no database."""


def find_problems(stages, transitions):
    """Name what keeps a route from carrying every order to its end.

    :param stages: dicts with id, name, status, outcome ("", "won", "lost"),
        mandatory and can_fail (whether a task of the stage is), the first stage first
    :param transitions: dicts with from, from_name, to (stage ids) and trigger
    :return: list of (code, stage name)
    """
    if not stages:
        return [("no_stages", "")]
    known = {stage["id"] for stage in stages}
    problems = [
        ("stage_archived", transition["from_name"])
        for transition in transitions
        if transition["to"] not in known
    ]
    ways = _ways(transitions, known)
    if stages[0]["status"] != "new":
        problems.append(("no_start_status", stages[0]["name"]))
    reached = _reach([stages[0]["id"]], ways)
    closing = _closing(stages, ways)
    for stage in stages:
        problems += _stage_problems(stage, transitions, ways, reached, closing)
    return problems


def _ways(transitions, known):
    ways = {}
    for transition in transitions:
        if transition["to"] in known:
            ways.setdefault(transition["from"], set()).add(transition["to"])
    return ways


def _reach(starts, ways):
    """Ids of the stages that can be reached from ``starts``, these included."""
    seen, waiting = set(starts), list(starts)
    while waiting:
        for target in ways.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _closing(stages, ways):
    """Ids of the stages from which some way leads to a closing stage."""
    backwards = {}
    for start, targets in ways.items():
        for target in targets:
            backwards.setdefault(target, set()).add(start)
    return _reach([stage["id"] for stage in stages if stage["outcome"]], backwards)


def _stage_problems(stage, transitions, ways, reached, closing):
    name = stage["name"]
    triggers = {
        transition["trigger"]
        for transition in transitions
        if transition["from"] == stage["id"]
    }
    checks = [
        ("unreachable", stage["id"] not in reached),
        *(_closed_checks(stage, triggers) if stage["outcome"] else ()),
        *(_open_checks(stage, triggers, ways, closing) if not stage["outcome"] else ()),
    ]
    return [(code, name) for code, wrong in checks if wrong]


def _closed_checks(stage, triggers):
    return [
        ("lost_status", stage["outcome"] == "lost" and stage["status"] != "cancelled"),
        ("won_status", stage["outcome"] == "won" and stage["status"] != "delivered"),
        ("closed_leaves", bool(triggers)),
    ]


def _open_checks(stage, triggers, ways, closing):
    dead_end = not ways.get(stage["id"])
    return [
        ("dead_end", dead_end),
        ("never_closes", not dead_end and stage["id"] not in closing),
        ("no_done_way", stage["mandatory"] and not {"done", "button"} & triggers),
        ("no_refusal_way", stage["can_fail"] and "failed" not in triggers),
        ("no_mandatory_task", "done" in triggers and not stage["mandatory"]),
    ]
