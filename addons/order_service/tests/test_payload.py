from datetime import UTC, datetime, timedelta, timezone
from xmlrpc.client import DateTime

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import answer, contact, payload

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["source", "external_ref", "customer", "store", "lines", "slot", "payment", "x"]
)


def order(**values):
    """A payload with nothing but what is required."""
    return {
        "source": "site",
        "external_ref": "S-1",
        "customer": {"name": "Anna", "phone": "+79130000001"},
        "fulfilment": "pickup",
        "store": "ST01",
        "lines": [{"sku": "A", "quantity": 1}],
        **values,
    }


def problems(raw):
    return {(entry.code, entry.field) for entry in payload.parse(raw)[1]}


def line(**values):
    return order(lines=[{"sku": "A", "quantity": 1, **values}])


@tagged("post_install", "-at_install")
class TestPayload(BaseCase):
    """What a site may send, and how a mistake is named."""

    def test_the_least_order_has_no_problem(self):
        clean, found = payload.parse(order())
        self.assertEqual(found, [])
        self.assertEqual(clean["lines"], [{"sku": "A", "quantity": 1.0, "ref": "1"}])

    def test_what_is_required_is_named_when_it_is_missing(self):
        self.assertEqual(
            problems({}),
            {
                ("missing", key)
                for key in (
                    "source",
                    "external_ref",
                    "customer",
                    "fulfilment",
                    "store",
                    "lines",
                )
            },
        )
        self.assertEqual(
            problems(order(lines=[{}])),
            {("missing", "lines[0].sku"), ("missing", "lines[0].quantity")},
        )
        self.assertEqual(
            problems(order(customer={"name": "A"})), {("missing", "customer.phone")}
        )

    def test_a_delivery_needs_an_address_and_no_slot(self):
        for nothing in (None, {}, {"city": "Khabarovsk", "house": "1"}, {"text": " "}):
            raw = order(fulfilment="delivery", address=nothing)
            self.assertEqual(problems(raw), {("missing", "address")}, nothing)
        for enough in ({"text": "Lenina 1"}, {"street": "Lenina"}):
            raw = order(fulfilment="delivery", address=enough)
            self.assertEqual(problems(raw), set(), enough)
        self.assertEqual(
            problems(order(fulfilment="delivery", address={"text": 5})),
            {("bad_value", "address.text")},
            "named once",
        )

    def test_null_empty_and_missing_are_one(self):
        plain = payload.parse(order())
        for nothing in (None, "", "  "):
            self.assertEqual(payload.parse(order(comment=nothing)), plain)
        self.assertEqual(payload.parse(order(slot=None, address=None)), plain)

    def test_unknown_keys_are_named_with_their_path(self):
        raw = order(colour=1, customer={"name": "A", "phone": "1", "vip": True})
        raw["lines"].append({"sku": "B", "quantity": 1, "substitutes": [{"skew": 1}]})
        self.assertLessEqual(
            {
                ("unknown_field", "colour"),
                ("unknown_field", "customer.vip"),
                ("unknown_field", "lines[1].substitutes[0].skew"),
            },
            problems(raw),
        )

    def test_quantities_and_prices_that_are_none(self):
        for quantity in (
            0,
            -1,
            1e9,
            float("nan"),
            float("inf"),
            "2",
            True,
            [],
            10**400,
        ):
            self.assertEqual(
                problems(line(quantity=quantity)),
                {("bad_quantity", "lines[0].quantity")},
                quantity,
            )
        for price in (0, -0.01, 1e12, "9.90", True):
            self.assertEqual(
                problems(line(price=price)), {("bad_price", "lines[0].price")}, price
            )

    def test_moments_of_every_protocol_are_one(self):
        wanted = "2026-11-20T07:15:00+00:00"
        for sent in (
            "2026-11-20T10:15:00+03:00",
            "2026-11-20T07:15:00Z",
            "2026-11-20T07:15:00.25",
            "2026-11-20 07:15:00",
            datetime(2026, 11, 20, 7, 15),
            DateTime("20261120T07:15:00"),
        ):
            clean, found = payload.parse(order(placed_at=sent))
            self.assertEqual((clean["placed_at"], found), (wanted, []), sent)
        for sent in ("2026-11-20", "soon", 1763622900, "0001-01-01T00:00:00+14:00"):
            self.assertEqual(
                problems(order(placed_at=sent)), {("bad_value", "placed_at")}, sent
            )

    def test_a_slot_has_a_start_and_a_later_end(self):
        early, late = "2026-11-21T12:00:00Z", "2026-11-21T14:00:00Z"
        self.assertEqual(problems(order(slot={"start": early, "end": late})), set())
        self.assertEqual(
            problems(order(slot={"start": late, "end": early})),
            {("bad_value", "slot.end")},
        )
        self.assertEqual(
            problems(order(slot={"start": early})), {("missing", "slot.end")}
        )

    def test_lines_are_named_once_and_depend_on_lines_there_are(self):
        lines = [
            {"sku": "A", "quantity": 1, "ref": "a", "depends_on": ["a"]},
            {"sku": "B", "quantity": 1, "ref": "a", "depends_on": ["z", 4]},
            {"sku": "C", "quantity": 1},
        ]
        self.assertEqual(
            problems(order(lines=lines)),
            {
                ("bad_value", "lines[0].depends_on[0]"),
                ("duplicate_ref", "lines[1].ref"),
                ("bad_value", "lines[1].depends_on[0]"),
                ("bad_value", "lines[1].depends_on[1]"),
            },
        )

    def test_lines_in_a_circle_and_substitutes_of_themselves_are_refused(self):
        lines = [
            {"sku": "A", "quantity": 1, "ref": "a", "depends_on": ["b"]},
            {"sku": "B", "quantity": 1, "ref": "b", "depends_on": ["c"]},
            {"sku": "C", "quantity": 1, "ref": "c", "depends_on": ["b"]},
            {"sku": "D", "quantity": 1, "substitutes": [{"sku": "E"}, {"sku": "D"}]},
        ]
        self.assertEqual(
            problems(order(lines=lines)),
            {
                ("bad_value", "lines[1].depends_on"),
                ("bad_value", "lines[3].substitutes[1].sku"),
            },
        )

    def test_lines_without_a_name_get_a_free_number(self):
        lines = [{"sku": "A", "quantity": 1, "ref": ref} for ref in (None, "1", None)]
        clean, _found = payload.parse(order(lines=lines))
        self.assertEqual([entry["ref"] for entry in clean["lines"]], ["2", "1", "3"])

    def test_several_lines_may_go_without_a_name(self):
        clean, found = payload.parse(order(lines=[{"sku": "A", "quantity": 1}] * 3))
        self.assertEqual(found, [])
        self.assertEqual([line["ref"] for line in clean["lines"]], ["1", "2", "3"])

    def test_markup_stays_text_and_unstorable_signs_are_refused(self):
        clean, found = payload.parse(order(comment="<b>Hi</b> & bye"))
        self.assertEqual((clean["comment"], found), ("<b>Hi</b> & bye", []))
        for text in ("a\x00b", "a\ud800b"):
            self.assertEqual(problems(order(comment=text)), {("bad_value", "comment")})

    def test_long_texts_and_long_lists_are_refused(self):
        self.assertEqual(
            problems(order(comment="x" * 4001)), {("bad_value", "comment")}
        )
        many = [{"sku": "B"}] * 21
        self.assertEqual(
            problems(line(substitutes=many)), {("bad_value", "lines[0].substitutes")}
        )
        self.assertEqual(
            len(payload.parse(order(**{f"k{i}": 1 for i in range(99)}))[1]), 20
        )

    @given(JSON | st.dictionaries(KEYS, JSON))
    def test_nothing_a_caller_sends_breaks_the_reader(self, raw):
        clean, found = payload.parse(raw)
        self.assertEqual(len(payload.fingerprint(clean)), 64)
        for problem in found:
            self.assertTrue(problem.code)
        self.assertIs(payload.has_too_many([raw]), False)

    @given(st.integers(86_400, 7_000_000_000), st.integers(-14, 14))
    def test_a_moment_is_the_same_from_every_time_zone(self, seconds, hours):
        moment = datetime.fromtimestamp(seconds, UTC)
        sent = moment.astimezone(timezone(timedelta(hours=hours))).isoformat()
        self.assertEqual(payload.read_moment(sent), moment)

    @given(st.permutations(list(order())))
    def test_the_order_of_keys_does_not_matter(self, keys):
        raw = order()
        shuffled = payload.parse({key: raw[key] for key in keys})[0]
        self.assertEqual(
            payload.fingerprint(shuffled), payload.fingerprint(payload.parse(raw)[0])
        )

    def test_size_is_measured_without_reading_all(self):
        self.assertFalse(payload.is_too_large([order()] * 100))
        self.assertTrue(payload.is_too_large([order(comment="x" * 10_000_000)]))
        self.assertTrue(payload.is_too_large([[0] * 300_000]))
        self.assertTrue(payload.is_too_large([{"n": 10**4000}]))
        nested = []
        for _level in range(5000):
            nested = [nested]
        self.assertFalse(payload.is_too_large(nested))

    def test_too_many_orders_or_lines(self):
        self.assertFalse(payload.has_too_many([order()] * 100))
        self.assertTrue(payload.has_too_many([order()] * 101))
        self.assertTrue(payload.has_too_many([order(lines=[{}] * 2501)]))


@tagged("post_install", "-at_install")
class TestAnswer(BaseCase):
    """What an answer may hold."""

    def test_keys_without_a_value_are_left_out(self):
        self.assertEqual(
            answer.shape({"a": None, "b": [{"c": None, "d": 0}], "e": False}),
            {"b": [{"d": 0}], "e": False},
        )

    def test_an_integer_no_protocol_carries_is_an_error(self):
        self.assertEqual(answer.shape([2**31 - 1]), [2**31 - 1])
        with self.assertRaises(ValueError):
            answer.shape({"a": [2**31]})


@tagged("post_install", "-at_install")
class TestContact(BaseCase):
    """Phones, addresses and search words as people write them."""

    def test_eight_and_plus_seven_are_one_phone(self):
        for text in (
            "+7 913 000-00-01",
            "8 (913) 000 00 01",
            "89130000001",
            "79130000001",
        ):
            for region in ("RU", None, "BE"):
                self.assertEqual(
                    contact.read_phone(text, region)[0], "+79130000001", (text, region)
                )
        self.assertEqual(contact.read_phone("call me", "RU"), ("", "call me"))

    def test_the_street_line_leaves_out_city_and_postal_code(self):
        self.assertEqual(
            contact.street_line(
                {
                    "text": "680000, г. Хабаровск, ул Ленина, д 1",
                    "city": "Хабаровск",
                    "postal_code": "680000",
                }
            ),
            "ул Ленина, д 1",
        )
        self.assertEqual(
            contact.street_line({"street": "Ленина", "house": "1", "flat": "2"}),
            "Ленина, 1, 2",
        )
        self.assertEqual(contact.street_line({"text": "Омск", "city": "Омск"}), "Омск")
        self.assertEqual(contact.street_line({}), "")

    def test_search_words(self):
        self.assertEqual(contact.search_words("Иванов  S-100"), [["иванов"], ["s-100"]])
        self.assertEqual(contact.search_words("8 (913) 000"), [["8913000", "7913000"]])
        self.assertEqual(
            contact.search_words("петров +7(913)000-00-01"),
            [["петров"], ["79130000001"]],
        )
        self.assertEqual(contact.search_words("ab 12"), [])
