"""The figures of a run, each with its baseline from the same run beside it."""

import json
import platform
from pathlib import Path


class Report:
    """Rows of name, value, unit, baseline name, baseline value, ratio."""

    def __init__(self, path):
        self.path = Path(path)
        self.rows = []

    def add(
        self,
        name,
        value,
        unit,
        baseline="",
        against=None,
        most=None,
        least=None,
        most_ratio=None,
        least_ratio=None,
        **notes,
    ):
        """Keep one figure.

        :param float value: the median of the runs, in ``unit``
        :param str baseline: what it stands beside
        :param float against: the baseline's value, in ``unit``
        :param float most: the value may not be above it
        :param float least: the value may not be below it
        :param float most_ratio: value / against may not be above it
        :param float least_ratio: value / against may not be below it
        :param notes: what else the run tells (runs, rows ...)
        """
        ratio = None if not against else value / against
        highest = ((most, value), (most_ratio, ratio))
        lowest = ((least, value), (least_ratio, ratio))
        row = {
            "name": name,
            "value": round(value, 4),
            "unit": unit,
            "baseline": baseline,
            "baseline_value": None if against is None else round(against, 4),
            "ratio": None if ratio is None else round(ratio, 3),
            "limit": _limit(most, least, most_ratio, least_ratio),
            "holds": all(bound is None or of <= bound for bound, of in highest)
            and all(bound is None or of >= bound for bound, of in lowest),
            **notes,
        }
        self.rows.append(row)
        print(self._line(row), flush=True)

    def write(self):
        """Write what is known so far."""
        machine = {"python": platform.python_version(), "system": platform.platform()}
        self.path.write_text(
            json.dumps({"machine": machine, "figures": self.rows}, indent=1) + "\n"
        )

    def show(self):
        """Print the whole table."""
        print("\n".join(self._line(row) for row in self.rows))

    def missed(self):
        """The rows that pass their limit."""
        return [row for row in self.rows if not row["holds"]]

    @staticmethod
    def _line(row):
        text = f"{row['name']:<58} {row['value']:>10} {row['unit']:<8}"
        if row["ratio"]:
            text += f" {row['ratio']:>6} x {row['baseline']} ({row['baseline_value']})"
        if row["limit"]:
            text += f"   {row['limit']}: {'holds' if row['holds'] else 'MISSED'}"
        return text


def _limit(most, least, most_ratio, least_ratio):
    """The bound as the table shows it."""
    bounds = (
        (most, "at most {:g}"),
        (least, "at least {:g}"),
        (most_ratio, "at most {:g} x"),
        (least_ratio, "at least {:g} x"),
    )
    shown = (text.format(bound) for bound, text in bounds if bound is not None)
    return next(shown, "")
