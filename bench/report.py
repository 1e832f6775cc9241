"""The figures of a run, each with its baseline from the same run beside it."""

import json
import platform
from pathlib import Path


class Report:
    """Rows of name, value, unit, baseline name, baseline value, ratio."""

    def __init__(self, path):
        self.path = Path(path)
        self.rows = []

    def add(self, name, value, unit, baseline="", against=None, limit=None, **notes):
        """Keep one figure.

        :param float value: the median of the runs, in ``unit``
        :param str baseline: what it stands beside
        :param float against: the baseline's value, in ``unit``
        :param limit: what the figure must not pass, as text
        :param notes: what else the run tells (runs, rows ...)
        """
        row = {
            "name": name,
            "value": round(value, 4),
            "unit": unit,
            "baseline": baseline,
            "baseline_value": None if against is None else round(against, 4),
            "ratio": None if not against else round(value / against, 3),
            "limit": limit,
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

    @staticmethod
    def _line(row):
        text = f"{row['name']:<58} {row['value']:>10} {row['unit']:<8}"
        if row["ratio"]:
            text += f" {row['ratio']:>6} x {row['baseline']} ({row['baseline_value']})"
        return text + (f"   limit {row['limit']}" if row["limit"] else "")
