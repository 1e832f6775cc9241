"""A route drawn as a picture: the good way on top, refusals below, plain SVG.

Every line is made of straight stretches: ways to the neighbour go straight, ways back
and over stages go above the row, ways to another row go through the gap between the
rows, one track for each stage they lead to.
"""

from markupsafe import Markup, escape

# Shown in these very pixels, so that texts are read at any width of the screen: six
# stages in a row, those of a delivery, fit the form on a screen of 1280.
BOX_WIDTH, BOX_HEIGHT = 124, 46
GAP_X = 84
MARGIN = 12
TRACK = 12
FONT = 12
LABEL_HEIGHT = 15
ARC = 26
CHARACTER_WIDTH = 6.5
BOX_ROOM, GAP_ROOM, BELOW_ROOM = (
    int(width / CHARACTER_WIDTH) for width in (BOX_WIDTH - 10, GAP_X, BOX_WIDTH + GAP_X)
)
STATUS_FILLS = {
    "new": "#e7f1fb",
    "registered": "#e3f4f4",
    "packed": "#fdf3d9",
    "in_delivery": "#ece7fa",
    "delivered": "#e2f3e5",
    "cancelled": "#fae3e3",
}
COLORS = {"done": "#198754", "refusal": "#dc3545", "other": "#6c757d"}


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
    :param transitions: dicts with from, to, trigger, name, reason_party and label
        (what is written at the arrow; the name without it)
    :return: markupsafe.Markup, empty without stages
    """
    if not stages:
        return Markup("")
    return _Picture(stages, transitions).svg()


def _is_refusal(way):
    return bool(way["reason_party"]) or way["trigger"] == "failed"


def _label(way):
    return way.get("label") or way["name"] or ""


def _shorten(text, characters):
    return text if len(text) <= characters else text[: characters - 1] + "…"


class _Picture:
    """Places of the stages and the lines between them."""

    def __init__(self, stages, transitions):
        self.stages = stages
        known = {stage["id"] for stage in stages}
        self.pairs = {}
        for way in transitions:
            if way["from"] in known and way["to"] in known:
                self.pairs.setdefault((way["from"], way["to"]), []).append(way)
        self.cell = self._cells(layers(stages, transitions))
        self.columns = 1 + max(column for column, _row in self.cell.values())
        self.rows = 1 + max(row for _column, row in self.cell.values())
        self.arcs = self._arcs()
        self.tracks = self._tracks()
        self.top = self._row_tops()

    # -- places ---------------------------------------------------------------------

    def _cells(self, columns):
        """(column, row) of each stage: cancelled ones never in the upper row."""
        status = {stage["id"]: stage["status"] for stage in self.stages}
        cells = {}
        for column, stage_ids in enumerate(columns):
            row = 0
            for stage_id in sorted(
                stage_ids, key=lambda one: status[one] == "cancelled"
            ):
                if column and status[stage_id] == "cancelled":
                    row = max(row, 1)
                cells[stage_id] = (column, row)
                row += 1
        return cells

    def _kind(self, pair):
        """``straight``, ``arc`` (within a row) or ``between`` (two rows)."""
        (column, row), (to_column, to_row) = self.cell[pair[0]], self.cell[pair[1]]
        if row != to_row:
            return "between"
        return "straight" if to_column == column + 1 else "arc"

    def _gap(self, pair):
        """The gap a line between rows runs through: that below this row."""
        rows = sorted(self.cell[stage_id][1] for stage_id in pair)
        return rows[0] if self.cell[pair[0]][1] == rows[0] else rows[1] - 1

    def _arcs(self):
        """Height above its row, in arcs, of each way back or over a stage."""
        level, arcs = {}, {}
        for pair in self.pairs:
            if self._kind(pair) == "arc":
                row = self.cell[pair[0]][1]
                level[row] = level.get(row, 0) + 1
                arcs[pair] = level[row]
        return arcs

    def _tracks(self):
        """The track of each stage in each gap: (gap, stage id) -> number."""
        tracks = {}
        for pair in self.pairs:
            if self._kind(pair) == "between":
                gap = self._gap(pair)
                count = sum(1 for key in tracks if key[0] == gap)
                tracks.setdefault((gap, pair[1]), count)
        return tracks

    def _row_tops(self):
        tops, y = [], MARGIN
        for row in range(self.rows):
            levels = [
                arc for pair, arc in self.arcs.items() if self.cell[pair[0]][1] == row
            ]
            y += max(levels, default=0) * ARC
            tops.append(y)
            y += BOX_HEIGHT + self._gap_height(row)
        self.height = y + MARGIN - self._gap_height(self.rows - 1)
        return tops

    def _labels_height(self, gap):
        """Room under row ``gap`` for what its ways to other rows are called."""
        lines = {}
        for pair, ways in self.pairs.items():
            if self._kind(pair) == "between" and self.cell[pair[0]][1] == gap:
                lines[pair[0]] = lines.get(pair[0], 0) + len(_lines_below(ways))
        return max(lines.values(), default=0) * LABEL_HEIGHT + 6

    def _gap_height(self, gap):
        count = sum(1 for key in self.tracks if key[0] == gap)
        return self._labels_height(gap) + (count + 1) * TRACK + 14

    def _box(self, stage_id):
        column, row = self.cell[stage_id]
        return MARGIN + column * (BOX_WIDTH + GAP_X), self.top[row]

    # -- drawing --------------------------------------------------------------------

    def svg(self):
        """The whole picture."""
        width = MARGIN * 2 + self.columns * (BOX_WIDTH + GAP_X) - GAP_X
        if any(self._is_last_and_between(pair) for pair in self.pairs):
            width += BOX_WIDTH // 2 + GAP_X
        parts = [self._pair(pair, ways) for pair, ways in self.pairs.items()]
        parts += [_box_svg(stage, *self._box(stage["id"])) for stage in self.stages]
        return Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" role="img"'
            ' class="o_service_graph" viewBox="0 0 {} {}" width="{}" height="{}"'
            ' font-size="{}">{}{}</svg>'
        ).format(
            *(width, self.height, width, self.height),
            *(FONT, _markers(), _join(parts)),
        )

    def _is_last_and_between(self, pair):
        """Whether what the way is called stands to the right of the last boxes."""
        last = self.cell[pair[0]][0] == self.columns - 1
        return last and self._kind(pair) == "between"

    def _pair(self, pair, ways):
        lines = {
            "straight": self._straight,
            "arc": self._arc,
            "between": self._between,
        }[self._kind(pair)]
        points, labels = lines(pair, ways)
        return _line_svg(points, ways) + _join(labels)

    def _straight(self, pair, ways):
        (x, y), (to_x, _to_y) = self._box(pair[0]), self._box(pair[1])
        middle = y + BOX_HEIGHT // 2
        texts = _wrap(", ".join(filter(None, map(_label, ways))), GAP_ROOM, 3)
        first, center = middle - 6 - (len(texts) - 1) * FONT, x + BOX_WIDTH + GAP_X // 2
        labels = [
            _text_svg(text, center - 3, first + index * FONT, "middle")
            for index, text in enumerate(texts)
        ]
        return [(x + BOX_WIDTH, middle), (to_x, middle)], labels

    def _arc(self, pair, ways):
        (x, y), (to_x, to_y) = self._box(pair[0]), self._box(pair[1])
        level = y - self.arcs[pair] * ARC + 8
        shift = 12 * self.arcs[pair]
        start, end = x + BOX_WIDTH // 2 - shift, to_x + BOX_WIDTH // 2 + shift
        text = _shorten(", ".join(filter(None, map(_label, ways))), 40)
        label = _text_svg(text, (start + end) // 2, level - 3, "middle")
        return [(start, y), (start, level), (end, level), (end, to_y)], [label]

    def _between(self, pair, ways):
        (x, y), (to_x, to_y) = self._box(pair[0]), self._box(pair[1])
        down = to_y > y
        gap = self._gap(pair)
        track = self.tracks[(gap, pair[1])]
        level = (
            self.top[gap] + BOX_HEIGHT + self._labels_height(gap) + (track + 1) * TRACK
        )
        start_x = x + BOX_WIDTH // 2 + (0 if down else 24)
        end_x = to_x + BOX_WIDTH // 2 - (0 if down else 24)
        points = [(start_x, y + BOX_HEIGHT if down else y), (start_x, level)]
        points += self._detour(pair, level, end_x)
        points.append((end_x, to_y if down else to_y + BOX_HEIGHT))
        return points, self._between_labels(pair, ways, start_x, y, down)

    def _detour(self, pair, level, end_x):
        """Straight to the stage's column, or between columns past other rows."""
        row, to_row = self.cell[pair[0]][1], self.cell[pair[1]][1]
        if abs(to_row - row) == 1:
            return [(end_x, level)]
        side = self._box(pair[1])[0] - 14
        beside = (
            self.top[to_row] - 10
            if to_row > row
            else (self.top[to_row] + BOX_HEIGHT + 10)
        )
        return [(side, level), (side, beside), (end_x, beside)]

    def _between_labels(self, pair, ways, x, y, down):
        before = 0
        for other, others in self.pairs.items():
            if other == pair:
                break
            if other[0] == pair[0] and self._kind(other) == "between":
                before += len(_lines_below(others))
        lines = _lines_below(ways)
        first = y + BOX_HEIGHT + 14 if down else y - 6 - LABEL_HEIGHT * len(lines)
        return [
            _text_svg(text, x + 5, first + (before + index) * LABEL_HEIGHT, "start")
            for index, text in enumerate(lines)
        ]


def _join(parts):
    return Markup("").join(parts)


def _color(ways):
    if any(map(_is_refusal, ways)):
        return "refusal"
    return "done" if any(way["trigger"] == "done" for way in ways) else "other"


def _markers():
    return _join(
        Markup(
            '<defs><marker id="service_arrow_{}" viewBox="0 0 8 8" refX="8" refY="4"'
            ' markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 0 L8 4 L0 8 z" fill="{}"/></marker></defs>'
        ).format(name, color)
        for name, color in COLORS.items()
    )


def _line_svg(points, ways):
    """A line through ``points``; its title names the ways in full."""
    color = _color(ways)
    dashed = all(way["trigger"] in ("timer", "payment", "stock") for way in ways)
    path = "M" + " L".join(f"{x} {y}" for x, y in points)
    return Markup(
        '<path d="{}" fill="none" stroke="{}" stroke-width="1.5"'
        ' stroke-linejoin="round" stroke-dasharray="{}"'
        ' marker-end="url(#service_arrow_{})">'
        "<title>{}</title></path>"
    ).format(
        path,
        COLORS[color],
        "6 4" if dashed else "none",
        color,
        escape(", ".join(filter(None, map(_label, ways)))),
    )


def _wrap(text, room, most):
    """``text`` in at most ``most`` lines of ``room`` characters."""
    lines = [""]
    for word in text.split():
        fits = len(lines[-1]) + 1 + len(word) <= room
        if lines[-1] and not fits and len(lines) < most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [_shorten(line, room) for line in lines if line]


def _lines_below(ways):
    """What ways to another row are called, line by line, beside where they start."""
    return [line for way in ways for line in _wrap(_label(way), BELOW_ROOM, 2)]


def _text_svg(text, x, y, anchor):
    if not text:
        return Markup("")
    return Markup(
        '<text x="{}" y="{}" text-anchor="{}" fill="#212529">{}</text>'
    ).format(x, y, anchor, escape(text))


def _box_svg(stage, x, y):
    edge = {"won": "#198754", "lost": "#dc3545"}.get(stage["outcome"], "#adb5bd")
    texts = _wrap(stage["name"], BOX_ROOM, 2)
    first = y + BOX_HEIGHT // 2 + 4 - (len(texts) - 1) * LABEL_HEIGHT // 2
    lines = [
        _text_svg(text, x + BOX_WIDTH // 2, first + index * LABEL_HEIGHT, "middle")
        for index, text in enumerate(texts)
    ]
    return Markup(
        '<g><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="8"'
        ' fill="{}" stroke="{}" stroke-width="{}"/>{}</g>'
    ).format(
        *(stage["name"], x, y, BOX_WIDTH, BOX_HEIGHT),
        *(STATUS_FILLS.get(stage["status"], "#f8f9fa"), edge),
        *(3 if stage["outcome"] else 1, _join(lines)),
    )
