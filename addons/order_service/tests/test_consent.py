from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import float_round

from .common_api import ApiCommon

kopecks = st.integers(1, 500_000).map(lambda number: number / 100)
grams = st.integers(1, 20_000).map(lambda number: number / 1000)


class ConsentCommon(ApiCommon):
    """An order of the site: 2 kvass at 80, 1 kg of cucumbers at 199."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.kvass | cls.cucumber).taxes_id = False
        cls.company.tax_calculation_rounding_method = "round_per_line"

    def _sent(self, **values):
        values.setdefault(
            "lines", [self.line("KVAS", 2, 80.0), self.line("CUCUMBER", 1, 199.0)]
        )
        return self.order_of(self.submit_one(**values))


@tagged("post_install", "-at_install")
class TestConsent(ConsentCommon):
    """The total never grows without the customer's recorded consent (S3)."""

    def test_total_does_not_grow_at_any_door(self):
        order = self._sent().with_user(self.operator)
        kvass = order.order_line[0]
        self.assertEqual(order.service_agreed_total, 359)
        for name, door in {
            "quantity": lambda: kvass.write({"product_uom_qty": 3}),
            "line": lambda: order.write(
                {"order_line": [Command.create({"product_id": self.kvass.id})]}
            ),
            "line by itself": lambda: order.order_line.create(
                {"order_id": order.id, "product_id": self.kvass.id}
            ),
            "price of a line never shown": lambda: order.order_line.create(
                {"order_id": order.id, "product_id": self.kvass.id, "price_unit": 1}
            ),
        }.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, "agreed to.*359.*would cost"),
                self.cr.savepoint(),
            ):
                door()
                self.env.flush_all()

    def test_tax_raised_later_is_refused_too(self):
        order = self._sent()
        tax = self.env["account.tax"].create({"name": "Levy", "amount": 10})
        with self.assertRaisesRegex(ValidationError, "agreed to"), self.cr.savepoint():
            order.order_line.with_user(self.operator).tax_ids = tax
            self.env.flush_all()

    def test_order_may_become_cheaper_and_return_to_what_was_agreed(self):
        order = self._sent().with_user(self.operator)
        order.order_line[0].product_uom_qty = 1
        self.assertEqual(order.amount_total, 279)
        order.order_line[0].product_uom_qty = 2
        self.assertEqual(order.amount_total, 359)
        self.assertFalse(order.service_consent_ids)

    def test_dearer_for_cheaper_in_one_save_needs_no_consent(self):
        order = self._sent().with_user(self.operator)
        kvass, cucumber = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(cucumber.id, {"product_uom_qty": 0.5}),
                    Command.update(kvass.id, {"product_uom_qty": 3}),
                ]
            }
        )
        self.assertEqual(order.amount_total, 339.5)

    def test_operator_notes_the_consent_in_the_same_save(self):
        order = self._sent().with_user(self.operator)
        view = "order_service.sale_order_view_form_service"
        with Form(order, view=view) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 3
            form.service_consent_how = "phone"
            form.service_consent_note = "Guests are coming"
        consent = order.service_consent_ids
        self.assertEqual((consent.old_total, consent.new_total), (359, 439))
        self.assertEqual((consent.how, consent.user_id), ("phone", self.operator))
        self.assertEqual(consent.note, "Guests are coming")
        self.assertTrue(consent.at)
        self.assertEqual(order.service_agreed_total, 439)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line[0].product_uom_qty = 4
            self.env.flush_all()

    def test_consent_raises_the_limit_of_the_line(self):
        order = self._sent().with_user(self.operator)
        kvass = order.order_line[0]
        with self.assertRaisesRegex(ValidationError, "saw"), self.cr.savepoint():
            kvass.price_unit = 90
        order.write(
            {
                "order_line": [Command.update(kvass.id, {"price_unit": 90})],
                "service_consent_how": "written",
            }
        )
        self.assertEqual((kvass.price_unit, kvass.service_seen_price), (90, 90))
        self.assertEqual(order.service_consent_ids.new_total, 379)

    def test_dearer_line_of_an_unchanged_total_is_a_consent_too(self):
        order = self._sent().with_user(self.operator)
        kvass, cucumber = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(kvass.id, {"price_unit": 90}),
                    Command.update(cucumber.id, {"price_unit": 179}),
                ],
                "service_consent_how": "phone",
            }
        )
        consent = order.service_consent_ids
        self.assertEqual((consent.old_total, consent.new_total), (359, 359))
        self.assertEqual(kvass.service_seen_price, 90)

    def test_consent_to_nothing_is_not_kept(self):
        order = self._sent().with_user(self.operator)
        order.write({"service_comment": "x", "service_consent_how": "phone"})
        self.assertFalse(order.service_consent_ids)

    def test_failed_change_leaves_no_consent_and_no_open_door(self):
        order = self._sent().with_user(self.operator)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.write(
                {
                    "order_line": [
                        Command.update(order.order_line[0].id, {"product_uom_qty": 2.5})
                    ],
                    "service_consent_how": "phone",
                }
            )
        self.assertFalse(order.service_consent_ids)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line[0].product_uom_qty = 3
            self.env.flush_all()

    def test_steps_within_one_settlement_count_at_its_end_only(self):
        order = self._sent()
        kvass, cucumber = order.order_line
        with order._service_settling():
            kvass.product_uom_qty = 4
            self.env.flush_all()
            cucumber.product_uom_qty = 0.1
        self.assertEqual(order.amount_total, 339.9)
        with (
            self.assertRaises(ValidationError),
            self.cr.savepoint(),
            order._service_settling(),
        ):
            kvass.product_uom_qty = 5

    def test_edit_right_after_the_start_is_measured_against_the_start(self):
        order = self._order(lines=[(self.kvass, 2)])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line.product_uom_qty = 3
            self.env.flush_all()

    def test_site_that_sends_other_content_agrees_by_it(self):
        sent = self.payload(lines=[self.line("KVAS", 2, 80.0)])
        order = self.order_of(self.submit(sent)[0])
        self.submit(dict(sent, lines=[self.line("KVAS", 3, 80.0)]))
        self.assertEqual(order.amount_total, 240)
        self.assertEqual(order.service_consent_ids.how, "site")
        self.assertEqual(order.service_agreed_total, 240)

    def test_totals_of_customer_courier_and_invoice_are_equal_to_the_kopeck(self):
        """S5: weights to the gram, prices that do not divide, a discount, a tax."""
        tax = self.env["account.tax"].create(
            {"name": "VAT 10", "amount": 10, "price_include_override": "tax_included"}
        )
        self.cucumber.write({"taxes_id": tax.ids, "invoice_policy": "delivery"})
        weights = (0.333, 1.067, 0.356, 2.999)
        order = self._order(lines=[(self.cucumber, weight) for weight in weights])
        order.order_line[0].price_unit = 99.99
        order.order_line[1].discount = 7
        self._carry(order, "delivery")
        order._service_run_effect(
            self.env["order.service.stage"].new({"effect": "deliver"})
        )
        order._service_run_effect(
            self.env["order.service.stage"].new({"effect": "invoice"})
        )
        expected = 33.30 + 197.47 + 70.84 + 596.80
        self.assertAlmostEqual(order.amount_total, expected, 2)
        self.assertEqual(order.service_amount_due, order.amount_total)
        self.assertEqual(self._task(order).left_to_pay, order.amount_total)
        self.assertEqual(order.invoice_ids.amount_total, order.amount_total)

    def test_limit_and_consents_are_written_by_nobody(self):
        order = self._sent()
        for user in (self.operator, self.manager):
            mine = order.with_user(user)
            with self.assertRaisesRegex(UserError, "written by the order's route"):
                mine.service_agreed_total = 1000
            with self.assertRaises(AccessError):
                mine.env["order.service.consent"].create(
                    {"order_id": order.id, "how": "phone"}
                )
            with self.assertRaises(AccessError):
                mine.write(
                    {
                        "service_consent_ids": [
                            Command.create({"how": "phone", "new_total": 1000})
                        ]
                    }
                )
            with self.assertRaises(ValueError):
                mine.write({"service_consent_how": "site"})

    def test_who_may_not_change_the_order_cannot_agree_for_the_customer(self):
        order = self._sent()
        for user in (self.storeadmin, self.courier, self.marketing, self.integrator):
            with self.subTest(user.login), self.assertRaises(AccessError):
                order.with_user(user).write({"service_consent_how": "phone"})

    def test_who_sees_the_order_sees_what_was_agreed(self):
        order = self._sent()
        order.with_user(self.operator).write(
            {
                "order_line": [
                    Command.update(order.order_line[0].id, {"product_uom_qty": 3})
                ],
                "service_consent_how": "phone",
            }
        )
        consent = order.service_consent_ids
        seen = self.env["order.service.consent"]
        for user in (self.operator, self.storeadmin, self.marketing, self.manager):
            self.assertIn(consent, seen.with_user(user).search([]), user.login)
        for user in (self.other_storeadmin, self.courier):
            self.assertNotIn(consent, seen.with_user(user).search([]), user.login)
        with self.assertRaises(AccessError):
            seen.with_user(self.integrator).search([])


@tagged("post_install", "-at_install")
class TestConsentProperty(ConsentCommon):
    """Over random prices, quantities and edits (S3)."""

    @given(
        st.lists(st.tuples(kopecks, grams), min_size=1, max_size=5),
        st.lists(
            st.tuples(
                st.integers(0, 4),
                st.sampled_from(["quantity", "price", "discount", "new"]),
                kopecks,
                grams,
                st.booleans(),
            ),
            max_size=6,
        ),
    )
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
        ],
        phases=[Phase.explicit, Phase.generate],  # shrinking with a database takes long
    )
    def test_total_is_the_sum_of_lines_and_grows_with_consent_only(self, lines, edits):
        with self.cr.savepoint() as savepoint:
            order = self._weighed_order(lines).with_user(self.operator)
            agreed = order.amount_total
            for edit in edits:
                consents = len(order.service_consent_ids)
                self._edit(order, *edit)
                if len(order.service_consent_ids) > consents:
                    agreed = order.amount_total
                self.assertLessEqual(order.amount_total, agreed)
                self._check_sums(order)
            savepoint.rollback()
        self.env.invalidate_all()

    def _weighed_order(self, lines):
        order = self._order(
            start=False, lines=[(self.cucumber, weight) for _price, weight in lines]
        )
        for line, (price, _weight) in zip(order.order_line, lines, strict=True):
            line.write({"price_unit": price, "service_seen_price": price})
        order._service_start(actor="system")
        return order

    def _edit(self, order, index, what, price, weight, asked):
        line = order.order_line[index % len(order.order_line)]
        values = {
            "quantity": {"product_uom_qty": weight},
            "price": {"price_unit": price},
            "discount": {"discount": price % 200 - 100},
            "new": {"product_id": self.cucumber.id, "product_uom_qty": weight},
        }[what]
        command = (
            Command.create(values) if what == "new" else Command.update(line.id, values)
        )
        change = {"order_line": [command]}
        if asked:
            change["service_consent_how"] = "phone"
        try:
            with self.cr.savepoint():
                order.write(change)
                self.env.flush_all()
        except ValidationError:
            self.env.invalidate_all()

    def _check_sums(self, order):
        """Each line is weight x price to the kopeck, and the total their sum."""
        for line in order.order_line:
            price = line.price_unit * (1 - line.discount / 100)
            expected = float_round(line.product_uom_qty * price, precision_digits=2)
            self.assertAlmostEqual(line.price_total, expected, 2)
        total = sum(order.order_line.mapped("price_total"))
        self.assertAlmostEqual(order.amount_total, total, 2)
