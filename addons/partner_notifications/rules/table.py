"""Tables people upload, CSV or XLSX, read into rows of texts; no database.

A row is (number, cells) as the person sees it in a spreadsheet: the header is row 1.
A cell is a text, or {"date": "YYYY-MM-DD"} where the spreadsheet says it is a day. A
row that cannot be read stands among the others as (number, None).
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import chardet
from openpyxl import load_workbook

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
# a small file can hold a huge table of nothing: what a spreadsheet may unpack to
MOST_UNPACKED_BYTES = 600 * 1024 * 1024
LONGEST_CELL = 10_000
SEPARATORS = ";,\t|"
WINDOWS = "cp1251"
# also what mail and Unix write, and Excel's "CSV (MS-DOS)"
RUSSIAN = (WINDOWS, "koi8-r", "cp866")
# of 1; a wrong encoding stays below, and so does what is too short to tell
SURE = 0.7
# enough to tell, and quick whatever the size of the file
SAMPLE_BYTES = 16 * 1024
NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
# a spreadsheet would take such a cell for a formula
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
DAMAGED = (
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
    zipfile.zlib.error,
)


class TableError(ValueError):
    """A file that is no table; ``code`` names the sentence, ``values`` fill it."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Table:
    """A file's header and rows.

    :param list header: names of the columns, as they stand there
    :param rows: iterator of (number, cells or None); reads on as it is asked
    :param str encoding: of a CSV file, else empty
    :param str separator: of a CSV file, else ``;``
    """

    header: list
    rows: Any
    encoding: str = ""
    separator: str = ";"


def open_table(content):
    """The table of a file; which kind it is its first bytes say, not its name.

    :param bytes content: the whole file
    :raises TableError: too_big, empty, old_excel, damaged, encoding, too_many_columns;
        while its rows are read also too_many_rows
    """
    if len(content) > MOST_BYTES:
        raise TableError("too_big")
    if not content.strip():
        raise TableError("empty")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError("old_excel")
    reader = _read_xlsx if content.startswith(b"PK") else _read_csv
    lines, encoding, separator = reader(content)
    number, header = next(_filled(lines), (0, None))
    if not header:
        raise TableError("empty")
    header = [cell.strip() if isinstance(cell, str) else str(cell) for cell in header]
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise TableError("too_many_columns", most=MOST_COLUMNS)
    return Table(header, _rows(lines, len(header)), encoding, separator)


def harmless(text):
    """A cell that no spreadsheet takes for a formula; ``clean`` takes the sign away."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def clean(text):
    """A cell's text without white space around it and the sign of ``harmless``."""
    text = text.strip()
    if text[:1] == "'" and text[1:].startswith(FORMULA_SIGNS):
        return text[1:]
    return text


def _filled(lines):
    """The lines that hold something."""
    return (line for line in lines if line[1] is None or any(line[1]))


def _rows(lines, width):
    """The rows below the header, as wide as it is; more cells make a row unreadable."""
    for count, (number, cells) in enumerate(_filled(lines), 1):
        if count > MOST_ROWS:
            raise TableError("too_many_rows", most=MOST_ROWS)
        if cells is None or any(cells[width:]) or not all(map(_storable, cells)):
            yield number, None
        else:
            cells = [clean(cell) if isinstance(cell, str) else cell for cell in cells]
            yield number, (cells + [""] * width)[:width]


def is_storable(text):
    """Whether a database keeps the text: no zero byte, whole signs, not endless."""
    if len(text) > LONGEST_CELL or "\x00" in text:
        return False
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _storable(cell):
    if not isinstance(cell, str):
        return True
    return is_storable(cell)


# -- CSV -------------------------------------------------------------------------------


def _read_csv(content):
    text, encoding = _decode(content)
    first, _end, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        separator, text, skipped = first.strip()[-1], rest, 1
    else:
        separator = _separator(first)
    return _csv_lines(text, separator, skipped), encoding, separator


def _decode(content):
    """Text and encoding: what a mark at the beginning says, UTF-8, else by letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ("utf-16",)
    else:
        candidates = ("utf-8-sig", _russian(content))
    for encoding in candidates:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise TableError("encoding")


def _russian(content):
    """The encoding of one byte a sign by which it reads like Russian.

    In doubt it is Windows': a word or two may look alike in all of them.
    """
    first = NOT_ASCII.search(content)
    if not first:
        return WINDOWS
    sample = content[first.start() : first.start() + SAMPLE_BYTES]
    likeness = {encoding: _likeness(sample, encoding) for encoding in RUSSIAN}
    best = max(likeness, key=likeness.get)
    return best if likeness[best] >= SURE else WINDOWS


def _likeness(sample, encoding):
    """How much a sample reads like Russian in an encoding, from 0 to 1.

    In small letters, by which chardet knows languages: capitals in one encoding are
    small ones in another.
    """
    text = sample.decode(encoding, "ignore").lower()
    guesses = chardet.detect_all(text.encode(WINDOWS, "ignore"), ignore_threshold=True)
    fitting = [
        one["confidence"] for one in guesses if one["encoding"] == "windows-1251"
    ]
    return max(fitting, default=0)


def _separator(header):
    """The sign that cuts a header into most pieces."""
    return max(SEPARATORS, key=header.count)


def _csv_lines(text, separator, skipped):
    """(number, cells) of each line; None for what has a quotation mark astray."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        number = skipped + reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, None


# -- XLSX ------------------------------------------------------------------------------


def _read_xlsx(content):
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
            raise TableError("too_many_rows", most=MOST_ROWS)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except TableError:
        raise
    except DAMAGED as error:
        raise TableError("damaged", row=1) from error
    # some programs write a wrong size of the sheet, which openpyxl would believe
    sheet.reset_dimensions()
    return _xlsx_lines(sheet), "", ";"


def _xlsx_lines(sheet):
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except DAMAGED as error:
            raise TableError("damaged", row=number) from error
        yield number, [_cell(value) for value in cells]


def _cell(value):
    """A spreadsheet's value as a person reads it; days stay days."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return str(value)


def _moment(value):
    """A day, or a text where the cell holds an hour too."""
    if value.hour or value.minute or value.second:
        return value.isoformat(" ", "minutes")
    return {"date": value.date().isoformat()}
