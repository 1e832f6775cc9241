"""The delivery department's list of moved orders: columns, days; no database."""

from dataclasses import dataclass
from datetime import date, datetime, time

from .table import TableError
from .upload import RowProblem

ORDER_COLUMNS = ("order", "заказ")
DATE_COLUMNS = ("date", "дата")
DAY_LAYOUTS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
HOUR_LAYOUTS = ("", " %H:%M", "T%H:%M", " %H:%M:%S", "T%H:%M:%S")


@dataclass(frozen=True)
class Move:
    """An order's new day.

    :param str order: its name
    :param date day: in the company's time zone
    :param time hour: None keeps the hour the order had
    """

    order: str
    day: date
    hour: time | None = None


def read_columns(header):
    """(index of the order's column, index of the day's).

    :raises TableError: missing_columns
    """
    names = [name.strip().lower() for name in header]
    places = []
    for column in (ORDER_COLUMNS, DATE_COLUMNS):
        at = [index for index, name in enumerate(names) if name in column]
        if not at:
            raise TableError("missing_columns", columns=column[0])
        if len(at) > 1:
            raise TableError("double_column", column=header[at[1]])
        places += at
    return tuple(places)


def read_move(cells, places):
    """The order and its new day of a row.

    :raises RowProblem: unreadable, missing_value, bad_date
    """
    if cells is None:
        raise RowProblem("unreadable")
    order, day = (cells[at] for at in places)
    if not order:
        raise RowProblem("missing_value", ORDER_COLUMNS[0])
    if not day:
        raise RowProblem("missing_value", DATE_COLUMNS[0])
    if isinstance(day, dict):
        return Move(str(order), date.fromisoformat(day["date"]))
    for layout in DAY_LAYOUTS:
        for hour in HOUR_LAYOUTS:
            try:
                moment = datetime.strptime(day, layout + hour)
            except ValueError:
                continue
            return Move(str(order), moment.date(), moment.time() if hour else None)
    raise RowProblem("bad_date", day)
