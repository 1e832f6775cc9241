from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestRoute(OrderServiceCommon):
    """Routes are built, checked, copied and retired by a manager (S8)."""

    @classmethod
    def _route(cls, stages=("new", "won"), **values):
        """A route of a first stage with one task and of closing stages."""
        route = cls.env["order.service.route"].create({"name": "Own", **values})
        made = {}
        for index, code in enumerate(stages):
            made[code] = cls.env["order.service.stage"].create(
                {
                    "route_id": route.id,
                    "name": code.title(),
                    "code": code,
                    "sequence": index,
                    **cls._stage_defaults(code),
                }
            )
        return route, made

    @classmethod
    def _stage_defaults(cls, code):
        if code == "won":
            return {"status": "delivered", "outcome": "won"}
        if code == "lost":
            return {"status": "cancelled", "outcome": "lost"}
        task = {"name": "Work", "role": "operator", "can_fail": False}
        return {"status": "new", "template_ids": [Command.create(task)]}

    def _way(self, start, end, trigger="done", **values):
        return self.env["order.service.transition"].create(
            {"stage_id": start.id, "to_stage_id": end.id, "trigger": trigger, **values}
        )

    def test_dead_end_is_named_and_keeps_the_route_from_use(self):
        route, stages = self._route()
        self.assertIn("“New” is a dead end", route.problems)
        with self.assertRaisesRegex(ValidationError, "“New” is a dead end"):
            route.in_use = True
        self._way(stages["new"], stages["won"])
        self.assertFalse(route.problems)
        route.in_use = True

    def test_missing_refusal_way_is_named(self):
        route, stages = self._route(("new", "won", "lost"))
        self._way(stages["new"], stages["won"])
        stages["new"].template_ids.can_fail = True
        self.assertIn("no transition for a failure", route.problems)
        self._way(stages["new"], stages["lost"], "failed", reason_party="customer")
        self.assertFalse(route.problems)

    def test_route_in_use_stays_whole_whatever_is_changed(self):
        route, stages = self._route()
        way = self._way(stages["new"], stages["won"])
        route.in_use = True
        with self.assertRaises(ValidationError), self.cr.savepoint():
            way.unlink()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            stages["won"].outcome = False
        with self.assertRaises(ValidationError), self.cr.savepoint():
            stages["new"].template_ids.unlink()

    def test_shipped_routes_have_no_problem(self):
        for route in (self.route_delivery, self.route_pickup):
            self.assertFalse(route.problems)
            self.assertTrue(route.in_use)

    def test_store_with_several_delivery_steps_is_named(self):
        self.store.delivery_steps = "pick_ship"
        self.route_delivery.invalidate_recordset(["problems"])
        self.assertIn(self.store.name, "".join(self.route_delivery._list_problems()))

    def test_copy_has_its_own_stages_tasks_and_transitions(self):
        copy = self.route_delivery.copy()
        self.assertFalse(copy.in_use)
        self.assertEqual(
            copy.stage_ids.mapped("code"), self.route_delivery.stage_ids.mapped("code")
        )
        self.assertEqual(
            len(copy.transition_ids), len(self.route_delivery.transition_ids)
        )
        self.assertFalse(copy.stage_ids & self.route_delivery.stage_ids)
        for way in copy.transition_ids:
            self.assertEqual(way.to_stage_id.route_id, copy)
            self.assertIn(way.template_id.stage_id.route_id, (copy, copy.browse()))
        handover = copy.stage_ids.filtered(lambda stage: stage.code == "handover")
        self.assertEqual(len(handover.template_ids.line_ids), 2)
        self.assertFalse(copy.problems)

    def test_first_route_whose_condition_fits_is_taken_and_kept(self):
        route, stages = self._route(sequence=1, domain="[('amount_total', '>', 10000)]")
        self._way(stages["new"], stages["won"])
        route.in_use = True
        big = self._order(lines=[(self.kvass, 1000)])
        small = self._order()
        self.assertEqual(big.service_route_id, route)
        self.assertEqual(small.service_route_id, self.route_delivery)

    def test_order_that_fits_nowhere_needs_attention(self):
        order = self._order(service_fulfilment=False)
        self.assertFalse(order.service_route_id)
        with self.assertRaisesRegex(UserError, "No route in use fits"):
            order.with_user(self.operator).action_service_start()
        order.service_fulfilment = "pickup"
        self.assertIn("on no route yet", order.service_attention)
        order.with_user(self.operator).action_service_start()
        self.assertEqual(order.service_route_id, self.route_pickup)

    def test_unused_stage_can_be_deleted_and_a_used_one_only_archived(self):
        route, stages = self._route(("new", "won", "lost"))
        stages["lost"].unlink()
        self._way(stages["new"], stages["won"])
        route.in_use = True
        route.sequence = 0
        self._order()
        route.in_use = False
        with self.assertRaisesRegex(UserError, "Archive it"):
            stages["new"].unlink()

    def test_condition_that_cannot_be_read_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.route_delivery.domain = "[('no_such_field', '=', 1)]"

    def test_guard_that_cannot_be_evaluated_is_refused_when_it_is_saved(self):
        """Else every order at the stage would fail, long after."""
        way = self.env.ref("order_service.way_delivery_assembly_done")
        for wrong in (
            "[('moon', '=', 1)]",
            "[('amount_total', '>', 'abc')]",
            "[('amount_total', '=', 'abc')]",
            "[('service_visit', '<', 'x')]",
            "[('service_slot_start', '<', 'soon')]",
            "[('service_slot_start', '<', 5)]",
            "[('partner_id', '>', [1])]",
            "[('order_line.product_uom_qty', '>', 'x')]",
            "[('order_line', 'any', [('moon', '=', 1)])]",
            "[('name',)]",
            "5",
            "[(",
            "undefined",
        ):
            for record in (way, self.route_delivery):
                with (
                    self.subTest(f"{record._name} {wrong}"),
                    self.assertRaisesRegex(ValidationError, "cannot be read"),
                    self.cr.savepoint(),
                ):
                    record.with_user(self.manager).domain = wrong

    def test_guards_that_can_be_evaluated_are_taken(self):
        way = self.env.ref("order_service.way_delivery_assembly_done")
        for right in (
            "[('amount_total', '>', 1000)]",
            "['|', ('partner_id.name', 'ilike', 'a'), ('state', '!=', 'sale')]",
            "[('service_slot_start', '<', 'now +1d')]",
            "[('order_line', 'any', [('product_uom_qty', '>', 2)])]",
            "[('service_late', '=', True)]",
            "[('service_attention', '!=', False)]",
            "[]",
            False,
        ):
            way.with_user(self.manager).domain = right
            self._carry(self._order(), "assembly")
