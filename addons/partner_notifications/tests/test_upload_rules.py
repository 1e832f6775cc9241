import xmlrpc.client
from datetime import date, datetime, time

from odoo.tests import BaseCase

from ..rules import delivery_list, push, recipient, upload
from ..rules.table import TableError


class TestUploadRules(BaseCase):
    """What columns, rows and items of a push mean; no database."""

    def line(self, header, cells, wanted=()):
        return upload.read_line(cells, upload.read_columns(header, wanted))

    def assertProblem(self, code, header, cells, wanted=()):
        with self.assertRaises(upload.RowProblem) as problem:
            self.line(header, cells, wanted)
        self.assertEqual(problem.exception.code, code)

    def assertColumns(self, code, header, wanted=()):
        with self.assertRaises(TableError) as refused:
            upload.read_columns(header, wanted)
        self.assertEqual(refused.exception.code, code)

    def test_a_column_is_found_in_russian_and_in_any_case(self):
        columns = upload.read_columns(["Имя", "ИНН", "Order"], {"order", "partner"})
        self.assertEqual((columns.key, columns.key_at), ("inn", 1))
        self.assertEqual(columns.at, {"order": 2})
        self.assertEqual(columns.ignored, ["Имя"])

    def test_a_file_names_its_partners_by_one_column(self):
        self.assertColumns("no_key", ["name", "order"])
        self.assertColumns("two_keys", ["ref", "inn"])

    def test_columns_the_text_asks_for_must_be_there_once(self):
        self.assertColumns("missing_columns", ["ref"], {"order"})
        self.assertColumns("double_column", ["ref", "order", "Order"], {"order"})

    def test_keys_are_compared_as_people_mean_them(self):
        for written, meant in (
            (" 7701234567 ", "7701234567"),
            ("RU7701234567", "7701234567"),
            ("770 123 4567", "7701234567"),
            ("105012345", "0105012345"),
            ("10501234567", "010501234567"),
        ):
            self.assertEqual(recipient.normal("inn", written), meant)
        self.assertEqual(recipient.normal("email", " A@Example.com"), "a@example.com")
        self.assertEqual(recipient.normal("ref", " C-1 "), "C-1")

    def test_an_id_is_what_the_database_can_hold(self):
        self.assertTrue(recipient.is_id("2147483647"))
        for text in ("2147483648", "9" * 5000, "-1", "٣", "", "1.0"):
            self.assertFalse(recipient.is_id(text), text)

    def test_a_row_without_a_value_is_a_problem(self):
        header, wanted = ["ref", "order"], {"order"}
        self.assertEqual(self.line(header, ["1", "S1"], wanted).values, {"order": "S1"})
        self.assertProblem("missing_value", header, ["1", ""], wanted)
        self.assertProblem("no_recipient", header, ["", "S1"], wanted)
        self.assertProblem("failed_formula", header, ["1", "#REF!"], wanted)
        self.assertProblem("failed_formula", header, ["1", "#Н/Д"], wanted)
        self.assertProblem("unreadable", header, None, wanted)

    def test_an_amount_with_a_currency_is_read_as_people_write_it(self):
        header, wanted = ["ref", "amount", "currency"], {"amount"}
        for written, amount in (
            ("1234.5", 1234.5),
            ("1 234,50", 1234.5),
            ("1\xa0234\xa0567", 1234567),
            ("1,234,567.89", 1234567.89),
            ("1.234.567,89", 1234567.89),
        ):
            line = self.line(header, ["1", written, "RUB"], wanted)
            self.assertEqual((line.amount, line.currency), (amount, "RUB"), written)
        for written in ("много", "nan", "inf", "1e300"):
            self.assertProblem("bad_amount", header, ["1", written, "RUB"], wanted)
        line = self.line(header, ["1", "about 5", ""], wanted)
        self.assertEqual((line.values, line.amount), ({"amount": "about 5"}, None))

    def test_a_link_leads_to_a_page_of_this_site_only(self):
        header = ["ref", "url"]
        self.assertEqual(
            self.line(header, ["1", "/my/orders?a=1"]).url, "/my/orders?a=1"
        )
        for url in (
            "https://evil.example",
            "//evil.example",
            "/\\evil",
            "javascript:1",
        ):
            self.assertProblem("bad_url", header, ["1", url])

    def test_the_same_content_has_the_same_key(self):
        self.assertEqual(
            upload.content_key("a", {"x": 1, "y": 2}),
            upload.content_key("a", {"y": 2, "x": 1}),
        )
        self.assertNotEqual(upload.content_key("a", 1), upload.content_key("b", 1))

    def test_the_first_mistakes_of_an_item_tell_enough(self):
        item = push.read({str(number): 1 for number in range(1000)})
        self.assertEqual(len(item.problems), push.MOST_PROBLEMS)

    def test_a_moment_of_xml_rpc_is_read(self):
        moment = str(xmlrpc.client.DateTime(datetime(2026, 11, 20, 7, 15)))
        item = push.read({"valid_until": moment})
        self.assertEqual(item.valid_until, datetime(2026, 11, 20, 7, 15))

    def test_a_moved_order_is_read_in_each_usual_layout(self):
        places = delivery_list.read_columns(["Заказ", "Дата"])
        for written, day, hour in (
            ("2026-11-30", date(2026, 11, 30), None),
            ("30.11.2026", date(2026, 11, 30), None),
            ("30.11.26", date(2026, 11, 30), None),
            ("30.11.2026 14:30", date(2026, 11, 30), time(14, 30)),
            ({"date": "2026-11-30"}, date(2026, 11, 30), None),
        ):
            move = delivery_list.read_move(["S1", written], places)
            self.assertEqual((move.order, move.day, move.hour), ("S1", day, hour))
        for cells in (["S1", "31.02.2026"], ["", "2026-11-30"], ["S1", ""], None):
            with self.assertRaises(upload.RowProblem):
                delivery_list.read_move(cells, places)

    # -- push --------------------------------------------------------------------------

    def problems(self, raw):
        return {(one.code, one.field) for one in push.read(raw).problems}

    def test_an_item_is_read_as_the_api_says(self):
        item = push.read(
            {
                "topic": "debt",
                "recipients": [{"inn": "770 1234567", "ref": None}, {"partner_id": 7}],
                "values": {"a": "x", "b": 2, "c": {"amount": 5, "currency": "rub"}},
                "valid_until": "2026-11-20T10:15:00+03:00",
                "url": None,
            }
        )
        self.assertFalse(item.problems)
        self.assertEqual(
            [recipient[1:] for recipient in item.recipients],
            [("inn", "7701234567"), ("partner_id", "7")],
        )
        self.assertEqual(
            item.values, {"a": "x", "b": "2", "c": {"amount": 5.0, "currency": "RUB"}}
        )
        self.assertEqual(item.valid_until, datetime(2026, 11, 20, 7, 15))

    def test_typing_mistakes_are_seen(self):
        whole, bad = {"topic": "t", "recipients": [{"ref": "1"}]}, "bad_value"
        self.assertEqual(self.problems(whole), set())
        for change, problem in (
            ({"topik": "t"}, ("unknown_field", "topik")),
            ({"topic": None}, ("missing", "topic")),
            ({"topic": 5}, ("bad_value", "topic")),
            ({"recipients": []}, ("missing", "recipients")),
            ({"recipients": {"ref": "1"}}, ("missing", "recipients")),
            (
                {"recipients": [{"ref": "1", "inn": "2"}]},
                ("bad_value", "recipients[0]"),
            ),
            ({"recipients": ["1"]}, (bad, "recipients[0]")),
            ({"recipients": [{"ref": True}]}, (bad, "recipients[0].ref")),
            ({"body": ["x"]}, ("bad_value", "body")),
            ({"body": "x\x00"}, ("bad_value", "body")),
            ({"url": "//evil"}, ("bad_value", "url")),
            ({"values": {"a": None}}, ("bad_value", "values.a")),
            ({"values": {"a": float("nan")}}, ("bad_value", "values.a")),
            ({"values": {"a": 10**5000}}, ("bad_value", "values.a")),
            ({"values": {"a": "\ud800"}}, ("bad_value", "values.a")),
            ({"recipients": [{"ref": 10**5000}]}, (bad, "recipients[0].ref")),
            ({"recipients": [{"ref": "\x00"}]}, (bad, "recipients[0].ref")),
            ({"valid_until": "0001-01-01T00:00:00+05:00"}, (bad, "valid_until")),
            ({"values": {"a": {"date": "soon"}}}, ("bad_value", "values.a")),
            ({"values": [1]}, ("bad_value", "values")),
            ({"valid_until": "tomorrow"}, ("bad_value", "valid_until")),
            ({"dedup_key": "x" * 201}, ("bad_value", "dedup_key")),
        ):
            self.assertEqual(self.problems(whole | change), {problem}, change)
        self.assertEqual(self.problems("no object"), {("bad_value", "")})
