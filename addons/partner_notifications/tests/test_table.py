import io
import zipfile
from datetime import date, datetime
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from odoo.tests import BaseCase

from ..rules import table


def rows_of(content):
    return list(table.open_table(content).rows)


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class TestTable(BaseCase):
    """Files as people's programs write them, and as they should not be (K9)."""

    def assertRefused(self, code, content):
        with self.assertRaises(table.TableError) as refused:
            rows_of(content)
        self.assertEqual(refused.exception.code, code)
        return refused.exception

    def test_each_usual_encoding_is_read(self):
        text = "ref;order\nк-1;Заказ №5\n"
        for encoding, read_as in (
            ("utf-8", "utf-8-sig"),
            ("utf-8-sig", "utf-8-sig"),
            ("cp1251", "cp1251"),
            ("utf-16", "utf-16"),
        ):
            opened = table.open_table(text.encode(encoding))
            self.assertEqual(opened.header, ["ref", "order"], encoding)
            self.assertEqual(list(opened.rows), [(2, ["к-1", "Заказ №5"])], encoding)
            self.assertEqual(opened.encoding, read_as)

    def test_a_text_says_by_its_letters_which_russian_encoding_it_has(self):
        rows = [f"П-{number:03};бумагу А4;31 декабря" for number in range(60)]
        for text in (
            "п-1;Заказ канцелярии\nп-2;ПОСТАВКА ТОВАРОВ НА СКЛАД",
            "п-1;РУЧКИ ШАРИКОВЫЕ",
            "ФАЙЛ;ПОПЫТКИ",
            "\n".join(rows),
        ):
            for encoding in ("cp1251", "koi8-r", "cp866"):
                content = f"ref;order\n{text}\n".encode(encoding)
                self.assertEqual(table.open_table(content).encoding, encoding, text)

    def test_what_is_too_short_to_tell_is_taken_for_windows(self):
        for text in ("Мёд", "№", "П-1"):
            content = text.encode("cp1251") + b";ref\n1;2\n"
            self.assertEqual(table.open_table(content).encoding, "cp1251", text)

    def test_each_usual_separator_is_read(self):
        for separator in ";,\t|":
            text = f"ref{separator}order\n1{separator}A b\n"
            opened = table.open_table(text.encode())
            self.assertEqual(opened.separator, separator)
            self.assertEqual(list(opened.rows), [(2, ["1", "A b"])])
        self.assertEqual(rows_of(b"sep=|\nref|order\n1|A;b\n"), [(3, ["1", "A;b"])])

    def test_a_cell_holds_separators_and_line_ends_in_quotation_marks(self):
        rows = rows_of(b'ref;text\n1;"a;b\nc"\n2;d\n')
        self.assertEqual(rows, [(2, ["1", "a;b\nc"]), (4, ["2", "d"])])

    def test_empty_lines_are_passed_over_and_short_ones_filled(self):
        rows = rows_of(b"ref;order\n\n;\n1\n")
        self.assertEqual(rows, [(4, ["1", ""])])

    def test_a_row_that_cannot_be_read_does_not_spoil_the_others(self):
        rows = rows_of(b'ref;order\n1;A\n2;B;C\n3;"x"y\n4;\x00\n5;E\n')
        self.assertEqual(
            rows, [(2, ["1", "A"]), (3, None), (4, None), (5, None), (6, ["5", "E"])]
        )

    def test_a_quotation_mark_without_its_pair_is_told(self):
        self.assertEqual(rows_of(b'ref;order\n1;"A\n2;B\n'), [(2, None)])

    def test_files_without_a_table_are_refused(self):
        for content in (b"", b"\n \n", b"\xef\xbb\xbf", b";;\n"):
            self.assertRefused("empty", content)
        self.assertRefused("old_excel", b"\xd0\xcf\x11\xe0rest")
        self.assertRefused("encoding", b"ref\n\x98")
        self.assertRefused("too_many_columns", b";".join([b"x"] * 101))

    def test_limits_hold(self):
        with patch.object(table, "MOST_BYTES", 10):
            self.assertRefused("too_big", b"ref;order\n1;2")
        with patch.object(table, "MOST_ROWS", 2):
            self.assertEqual(len(rows_of(b"ref\n1\n2\n")), 2)
            self.assertRefused("too_many_rows", b"ref\n1\n2\n3\n")

    def test_a_small_spreadsheet_that_unpacks_to_a_huge_one_is_refused(self):
        content = workbook(["ref"], ["1"])
        with patch.object(table, "MOST_UNPACKED_BYTES", 1000):
            self.assertRefused("too_many_rows", content)

    def test_a_spreadsheet_reads_as_people_see_it(self):
        content = workbook(
            ["ref", "a", "b"],
            [7701234567, 1234.5, True],
            [1.0, date(2026, 11, 30), datetime(2026, 11, 30, 14, 5)],
            [None, None, None],
            ["x", "", None],
        )
        self.assertEqual(
            rows_of(content),
            [
                (2, ["7701234567", "1234.5", "True"]),
                (3, ["1", {"date": "2026-11-30"}, "2026-11-30 14:05"]),
                (5, ["x", "", ""]),
            ],
        )

    def test_a_formula_without_a_result_is_an_empty_cell(self):
        self.assertEqual(rows_of(workbook(["ref"], ["=A1"], ["y"])), [(3, ["y"])])

    def test_a_damaged_spreadsheet_is_told(self):
        whole = workbook(["ref"], *([str(n)] for n in range(500)))
        for content in (whole[: len(whole) // 2], b"PK\x03\x04no", b"PK"):
            self.assertRefused("damaged", content)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("other.txt", "no spreadsheet")
        self.assertRefused("damaged", packed.getvalue())

    def test_a_sheet_broken_off_in_the_middle_names_the_row(self):
        source = zipfile.ZipFile(
            io.BytesIO(workbook(["ref"], *([n] for n in range(9))))
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in source.namelist():
                part = source.read(name)
                if name.endswith("sheet1.xml"):
                    part = part[: part.index(b'<row r="6"')] + b"<row<"
                archive.writestr(name, part)
        error = self.assertRefused("damaged", packed.getvalue())
        self.assertGreater(error.values["row"], 1)

    @given(st.binary(max_size=300))
    def test_no_file_is_answered_with_another_error(self, content):
        for begin in (b"", b"PK\x03\x04", b"ref;order\n", b"\xff\xfe"):
            try:
                rows_of(begin + content)
            except table.TableError as error:
                self.assertTrue(error.code)

    @given(st.text(max_size=30))
    def test_a_cell_made_harmless_comes_back_clean(self, text):
        harmless = table.harmless(text.strip())
        self.assertNotIn(harmless[:1], ("=", "+", "-", "@"))
        if not text.strip().startswith("'"):
            self.assertEqual(table.clean(harmless), text.strip())
