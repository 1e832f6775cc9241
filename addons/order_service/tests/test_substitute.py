from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .test_assembly import AssemblyCommon


@tagged("post_install", "-at_install")
class TestSubstitute(AssemblyCommon):
    """S6: what came of a substitute is written by the assembly, by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.env["sale.order.line.substitute"]

    def _listed(self):
        """(order, its kvass, the row of kefir) before anything came of it."""
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "listed", self.kefir)
        return order, kvass, kvass.service_substitute_ids

    def _call(self, user, model, method, *args, **kwargs):
        """As over RPC: without any context of the engine."""
        model = self.env(user=user.id, context={})[model]
        return call_kw(model, method, list(args), kwargs)

    def test_operators_and_managers_do_not_write_what_came_of_it(self):
        order, kvass, row = self._listed()
        model = row._name
        values = {"line_id": kvass.id, "product_id": self.sour.id, "rank": 2}
        kept = {"outcome": "accepted"}, {"replaced_id": self.milk.id}
        for user in (self.operator, self.manager):
            for one in kept:
                [(name, value)] = one.items()
                default = {"context": {f"default_{name}": value}}
                update = [Command.update(row.id, one)]
                lines = [Command.update(kvass.id, {"service_substitute_ids": update})]
                for door in (
                    lambda one=one: (model, "write", [row.id], one),
                    lambda one=one: (model, "create", [{**values, **one}]),
                    lambda lines=lines: (
                        "sale.order",
                        "write",
                        [order.id],
                        {"order_line": lines},
                    ),
                ):
                    with (
                        self.subTest(user=user.login, name=name),
                        self.assertRaisesRegex(UserError, "by the assembly"),
                    ):
                        self._call(user, *door())
                with self.assertRaisesRegex(UserError, "by the assembly"):
                    self._call(user, model, "create", [values], **default)
        self.assertFalse(row.outcome or row.replaced_id)

    def test_operators_list_and_rank_substitutes(self):
        _order, kvass, row = self._listed()
        values = {"line_id": kvass.id, "product_id": self.sour.id, "rank": 2}
        [made] = self._call(self.operator, row._name, "create", [values])
        self._call(self.operator, row._name, "write", [made], {"max_price": 40})
        self.assertEqual(self.rows.browse(made).max_price, 40)
        self._call(self.operator, row._name, "unlink", [made])
        self.assertEqual(kvass.service_substitute_ids, row)

    def test_what_was_sent_is_neither_exchanged_nor_deleted(self):
        order, kvass, row = self._listed()
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        task.action_service_replace(kvass.id, self.kefir.id)
        self._done(order)
        self.assertEqual((row.outcome, row.replaced_id), ("sent", self.kvass))
        for user in (self.operator, self.manager):
            for method, args in (
                ("write", [{"product_id": self.sour.id}]),
                ("write", [{"line_id": order.order_line[2].id}]),
                ("unlink", []),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaisesRegex(UserError, "was sent already"),
                ):
                    self._call(user, row._name, method, [row.id], *args)
        self.assertTrue(row.exists())

    def test_everybody_else_does_not_touch_substitutes_at_all(self):
        _order, _kvass, row = self._listed()
        people = self.storeadmin, self.courier, self.marketing, self.integrator
        for user in people:
            for method, args in (("write", [{"rank": 5}]), ("unlink", [])):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                ):
                    self._call(user, row._name, method, [row.id], *args)

    def test_an_operator_of_another_company_neither_reads_nor_writes(self):
        _order, _kvass, row = self._listed()
        company = self.env["res.company"].create({"name": "Other"})
        self.operator.write({"company_ids": company.ids, "company_id": company.id})
        for method, args in (("read", [["rank"]]), ("write", [{"rank": 5}])):
            with self.subTest(method), self.assertRaises(AccessError):
                self._call(self.operator, row._name, method, [row.id], *args)

    def test_wanted_and_sent_are_not_written_over_rpc(self):
        """Wanted, found, chosen, agreed and answered: every one of them."""
        order, kvass, _row = self._listed()
        values = {
            "service_ordered_qty": 9,
            "service_found_qty": 9,
            "service_outcome": "found",
            "service_replaces_line_id": kvass.id,
            "service_chosen_id": self.kefir.id,
            "service_chosen_qty": 9,
            "service_chosen_price": 900,
            "service_answer": "accept",
            "service_answer_until": "2030-01-01 00:00:00",
        }
        for user in (self.operator, self.manager):
            for name, value in values.items():
                for method, args in (
                    ("write", [[kvass.id], {name: value}]),
                    ("create", [[{"order_id": order.id, name: value}]]),
                ):
                    with (
                        self.subTest(user=user.login, name=name, method=method),
                        self.assertRaisesRegex(UserError, "by the assembly"),
                    ):
                        self._call(user, "sale.order.line", method, *args)

    def test_the_moment_of_assembly_is_not_written_by_hand(self):
        order, _kvass, _row = self._listed()
        for user in (self.operator, self.manager):
            with self.assertRaisesRegex(UserError, "by the order's route"):
                self._call(
                    user,
                    "sale.order",
                    "write",
                    [order.id],
                    {"service_assembled_at": "2030-01-01 00:00:00"},
                )
