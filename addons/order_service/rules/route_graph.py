"""A route drawn as a picture: layers from left to right, plain SVG."""

from markupsafe import Markup, escape

BOX_WIDTH, BOX_HEIGHT = 168, 46
GAP_X, GAP_Y = 92, 34
MARGIN = 24
STATUS_FILLS = {
    "new": "#e7f1fb",
    "registered": "#e3f4f4",
    "packed": "#fdf3d9",
    "in_delivery": "#ece7fa",
    "delivered": "#e2f3e5",
    "cancelled": "#fae3e3",
}


def layers(stages, transitions):
    """Columns of stage ids: a stage stands one column behind the first way to it.

    :param stages: dicts with id, in the route's order; the first is the start
    :param transitions: dicts with from and to (stage ids)
    :return: list of lists of stage ids; unreachable stages stand in the last column
    """
    known = [stage["id"] for stage in stages]
    if not known:
        return []
    depth = {known[0]: 0}
    waiting = [known[0]]
    while waiting:
        start = waiting.pop(0)
        for way in transitions:
            target = way["to"]
            if way["from"] == start and target in known and target not in depth:
                depth[target] = depth[start] + 1
                waiting.append(target)
    last = max(depth.values()) + 1
    columns = {}
    for stage_id in known:
        columns.setdefault(depth.get(stage_id, last), []).append(stage_id)
    return [columns[index] for index in sorted(columns)]


def draw(stages, transitions):
    """The route as SVG; every text is escaped.

    :param stages: dicts with id, name, status, outcome
    :param transitions: dicts with from, to, trigger, name, reason_party
    :return: markupsafe.Markup, empty without stages
    """
    if not stages:
        return Markup("")
    columns = layers(stages, transitions)
    places = _places(columns)
    width = MARGIN * 2 + len(columns) * (BOX_WIDTH + GAP_X) - GAP_X
    rows = max(len(column) for column in columns)
    height = MARGIN * 2 + rows * (BOX_HEIGHT + GAP_Y) + GAP_Y
    lines = [_arrow(way, places) for way in transitions if way["to"] in places]
    boxes = [_box(stage, *places[stage["id"]]) for stage in stages]
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" class="o_service_graph"'
        ' viewBox="0 0 {} {}" width="{}" height="{}" font-size="12">{}{}{}</svg>'
    ).format(
        width, height, width, height, _marker(), Markup("").join(lines),
        Markup("").join(boxes),
    )


def _places(columns):
    """Upper left corner of each stage's box."""
    return {
        stage_id: (
            MARGIN + column * (BOX_WIDTH + GAP_X),
            MARGIN + GAP_Y + row * (BOX_HEIGHT + GAP_Y),
        )
        for column, stage_ids in enumerate(columns)
        for row, stage_id in enumerate(stage_ids)
    }


def _marker():
    return Markup(
        '<defs><marker id="service_arrow" viewBox="0 0 8 8" refX="8" refY="4"'
        ' markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#6c757d"/></marker></defs>'
    )


def _box(stage, x, y):
    edge = {"won": "#198754", "lost": "#dc3545"}.get(stage["outcome"], "#adb5bd")
    name = stage["name"]
    shown = name if len(name) <= 24 else name[:23] + "…"
    return Markup(
        '<g><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="8"'
        ' fill="{}" stroke="{}" stroke-width="{}"/>'
        '<text x="{}" y="{}" text-anchor="middle" fill="#212529">{}</text></g>'
    ).format(
        escape(name), x, y, BOX_WIDTH, BOX_HEIGHT,
        STATUS_FILLS.get(stage["status"], "#f8f9fa"), edge,
        3 if stage["outcome"] else 1,
        x + BOX_WIDTH // 2, y + BOX_HEIGHT // 2 + 4, escape(shown),
    )


def _arrow(way, places):
    (x1, y1), (x2, y2) = places[way["from"]], places[way["to"]]
    refusal = bool(way["reason_party"]) or way["trigger"] == "failed"
    color = "#dc3545" if refusal else "#198754" if way["trigger"] == "done" else "#6c757d"
    dash = "6 4" if way["trigger"] in ("timer", "payment", "stock") else "none"
    return Markup(
        '<path d="{}" fill="none" stroke="{}" stroke-width="1.5"'
        ' stroke-dasharray="{}" marker-end="url(#service_arrow)"><title>{}</title></path>'
    ).format(_curve(x1, y1, x2, y2), color, dash, escape(way["name"]))


def _curve(x1, y1, x2, y2):
    """A path from the edge of one box to the edge of the other."""
    middle = BOX_HEIGHT // 2
    if x2 > x1:
        start, end = (x1 + BOX_WIDTH, y1 + middle), (x2, y2 + middle)
        bend = max(GAP_X // 2, (end[0] - start[0]) // 2)
        return (
            f"M{start[0]} {start[1]} C{start[0] + bend} {start[1]}"
            f" {end[0] - bend} {end[1]} {end[0]} {end[1]}"
        )
    if x1 == x2:
        down = y2 > y1
        start_y, end_y = (y1 + BOX_HEIGHT, y2) if down else (y1, y2 + BOX_HEIGHT)
        x = x1 + BOX_WIDTH // 2
        return f"M{x} {start_y} L{x} {end_y}"
    x_start, x_end = x1 + BOX_WIDTH // 2, x2 + BOX_WIDTH // 2
    top = min(y1, y2) - GAP_Y
    return f"M{x_start} {y1} C{x_start} {top} {x_end} {top} {x_end} {y2}"
