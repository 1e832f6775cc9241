from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import OrderServiceCommon

CONFIGURATION = [
    "order.service.route",
    "order.service.stage",
    "order.service.transition",
    "order.service.task.template",
    "order.service.reason",
    "order.service.source",
]


@tagged("post_install", "-at_install")
class TestRights(OrderServiceCommon):
    """Who sees and who writes what; every public method is an RPC door."""

    def test_only_the_manager_changes_the_configuration(self):
        people = (self.operator, self.storeadmin, self.courier, self.marketing)
        for model in CONFIGURATION:
            self.assertTrue(self.env[model].with_user(self.manager).has_access("write"))
            for user in people:
                with self.subTest(f"{model} {user.login}"):
                    self.assertFalse(
                        self.env[model].with_user(user).has_access("write")
                    )

    def test_each_role_sees_the_reasons_of_its_party(self):
        """S14."""
        cases = {
            self.operator: {"customer"},
            self.storeadmin: {"technical"},
            self.courier: {"delivery"},
            self.marketing: {"customer", "technical", "delivery"},
            self.manager: {"customer", "technical", "delivery"},
        }
        for user, parties in cases.items():
            seen = self.env["order.service.reason"].with_user(user).search([])
            self.assertEqual(set(seen.mapped("party")), parties, user.login)

    def test_reason_of_another_party_is_refused_at_every_door(self):
        order = self._carry(self._order(), "assembly")
        technical = self._reason("no_goods")
        way = self.env.ref("order_service.way_delivery_assembly_failed")
        with self.assertRaisesRegex(AccessError, "not yours to give"):
            order.with_user(self.operator)._service_fire(
                "failed", transition=way, reason=technical
            )
        with self.assertRaises(AccessError):
            order.with_user(self.operator).with_context(
                service_reason_id=technical.id
            ).action_cancel()

    def test_reason_of_sites_and_portal_is_refused_at_every_door_of_staff(self):
        """S14: nobody of the staff cancels in the customer's name."""
        reason = self._reason("customer_portal")
        for user in (self.operator, self.manager):
            order = self._order()
            mine = order.with_user(user)
            failing = self._task(order, user).action_fail()
            with self.refused_as_not_for_staff():
                self._answer(failing, user, reason_id=reason.id)
            with self.refused_as_not_for_staff():
                mine.with_context(service_reason_id=reason.id).action_cancel()
            dialog = self.env["sale.mass.cancel.orders"].with_user(user)
            values = {"sale_order_ids": order.ids, "service_reason_id": reason.id}
            with self.refused_as_not_for_staff():
                dialog.create(values).action_mass_cancel()
            self._carry(order, "assembly")
            button = order.service_stage_id.transition_ids.filtered(
                lambda way: way.trigger == "button" and way.reason_party == "customer"
            )
            pressed = mine.action_service_button(button.id, order.service_visit)
            with self.refused_as_not_for_staff():
                self._answer(pressed, user, reason_id=reason.id)
            self.assertEqual(order.service_stage_id.code, "assembly")

    @contextmanager
    def refused_as_not_for_staff(self):
        """What is done within is refused, and undone as the end of a call would."""
        with (
            self.assertRaisesRegex(UserError, "given by the site"),
            self.env.cr.savepoint(),
        ):
            yield
        self.env.invalidate_all()

    def test_reason_of_sites_and_portal_is_not_offered_to_staff(self):
        """S14"""
        reasons = self.env["order.service.reason"]
        for model, name in (
            ("order.service.act", "reason_id"),
            ("sale.mass.cancel.orders", "service_reason_id"),
        ):
            domain = self.env[model]._fields[name].domain
            if isinstance(domain, str):
                values = {"reason_party": "customer", "stage_id": False}
                domain = safe_eval(domain, values)
            offered = reasons.search(domain)
            self.assertIn(self._reason("changed_mind"), offered, model)
            self.assertNotIn(self._reason("customer_portal"), offered, model)

    def test_site_and_portal_give_the_reason_of_their_own(self):
        """S14: the doors the reason is kept for take it."""
        reason = self._reason("customer_portal")
        order = self._order()
        told = (
            self.env["sale.order"]
            .with_user(self.integrator)
            .service_cancel(
                {
                    "source": self.source.code,
                    "external_ref": order.service_external_ref,
                },
                reason.code,
            )
        )
        self.assertEqual(told, {"result": "updated", "errors": []})
        portal = self._order()
        portal._service_portal_cancel()
        self.assertEqual((order | portal).service_reason_id, reason)

    def test_administrator_sees_the_orders_of_the_own_stores_only(self):
        own = self._order()
        other = self._order(warehouse_id=self.other_store.id)
        for user, seen, hidden in (
            (self.storeadmin, own, other),
            (self.other_storeadmin, other, own),
        ):
            orders = self.env["sale.order"].with_user(user).search([])
            self.assertIn(seen, orders)
            self.assertNotIn(hidden, orders)
            lines = self.env["sale.order.line"].with_user(user).search([])
            self.assertFalse(lines.order_id & hidden.with_user(user))

    def test_dialog_takes_no_way_that_is_no_button_of_the_order(self):
        """A task's way is taken by its task: role, store and checklist count."""
        order = self._carry(self._order(), "handover")
        ways = order.service_stage_id.transition_ids
        people = (self.operator, self.storeadmin, self.courier, self.manager)
        for user in people:
            for way in ways.filtered(lambda way: way.trigger != "button"):
                dialog = self.env["order.service.act"].with_user(user)
                values = {
                    "order_id": order.id,
                    "transition_id": way.id,
                    "visit": order.service_visit,
                }
                with (
                    self.subTest(f"{user.login} {way.display_name}"),
                    self.assertRaises(UserError),
                ):
                    dialog.create(values).action_confirm()
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_courier_reads_only_orders_with_a_delivery_to_take(self):
        check = self._order()
        orders = self.env["sale.order"].with_user(self.courier)
        self.assertNotIn(check, orders.search([]))
        delivery = self._carry(self._order(), "delivery")
        self.assertIn(delivery, orders.search([]))

    def test_settled_values_of_a_routed_order_are_not_rewritten(self):
        order = self._order()
        for values in (
            {"warehouse_id": self.other_store.id},
            {"service_fulfilment": "pickup"},
            {"state": "cancel"},
            {"payment_status": "paid"},
            {"service_courier_id": self.courier.id},
        ):
            for user in (self.operator, self.manager):
                with self.subTest(values), self.assertRaises(UserError):
                    order.with_user(user).write(values)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            order.with_user(self.manager).unlink()

    def test_lines_of_a_closed_order_stay(self):
        order = self._carry(self._order(), "won")
        line = order.with_user(self.operator).order_line[0]
        with self.assertRaisesRegex(UserError, "is closed"):
            line.product_uom_qty = 9

    def test_used_reason_cannot_be_deleted(self):
        order = self._order()
        order._service_refuse(self._reason("changed_mind"), actor="system")
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self._reason("changed_mind").unlink()

    def test_only_operators_end_a_postponement(self):
        order = self._carry(self._order(), "assembly")
        until = fields.Datetime.now() + timedelta(hours=1)
        self.env["order.service.deferral"]._open(order, "other", until)
        with self.assertRaises(AccessError):
            order.with_user(self.storeadmin).action_service_resume()
        order.with_user(self.operator).action_service_resume()
        self.assertFalse(order.service_deferral_id)

    def test_other_stores_given_to_a_person_count_at_once(self):
        order = self._order()
        orders = self.env["sale.order"].with_user(self.other_storeadmin)
        self.assertNotIn(order, orders.search([]))
        self.other_storeadmin.service_store_ids |= self.store
        self.assertIn(order, orders.search([]))
        self.store.service_user_ids -= self.other_storeadmin
        self.assertNotIn(order, orders.search([]))

    def test_courier_sees_own_deliveries_only(self):
        order = self._carry(self._order(), "delivery")
        model = self.env["sale.order"]
        self.assertIn(order, model.with_user(self.courier).search([]))
        self.assertNotIn(order, model.with_user(self.other_courier).search([]))

    def test_administrator_and_courier_write_no_sale_and_no_stock(self):
        for user in (self.storeadmin, self.courier):
            for model in (
                "sale.order",
                "sale.order.line",
                "stock.picking",
                "stock.move",
                "stock.quant",
            ):
                for operation in ("write", "create", "unlink"):
                    with self.subTest(f"{user.login} {model} {operation}"):
                        self.assertFalse(
                            self.env[model].with_user(user).has_access(operation)
                        )

    def test_outsiders_reach_nothing(self):
        order = self._order()
        employee = new_test_user(self.env, "t_employee", groups="base.group_user")
        portal = new_test_user(self.env, "t_portal", groups="base.group_portal")
        for user in (employee, portal, self.integrator):
            for record in (order, order.service_task_ids):
                with self.subTest(f"{user.login} {record._name}"):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
            for door in ("action_service_start", "action_service_resume"):
                with self.assertRaises(AccessError):
                    getattr(order.with_user(user), door)()

    def test_context_of_a_caller_does_not_make_it_the_engine(self):
        order = self._carry(self._order(), "assembly")
        spoofed = order.with_user(self.operator).with_context(service_engine=True)
        self.assertFalse(spoofed._service_is_engine())

    def test_other_companys_orders_are_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Other grocery"})
        store = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        store.service_code = "O01"
        partner = self.env["res.partner"].create({"name": "Other customer"})
        source = self.env["order.service.source"].create(
            {"name": "Other site", "code": "other_site", "company_id": other.id}
        )
        order = self._order(
            company_id=other.id,
            warehouse_id=store.id,
            partner_id=partner.id,
            service_source_id=source.id,
            lines=[],
            order_line=[],
        )
        task = order.service_task_ids
        self.assertTrue(task)
        for user in (self.operator, self.manager, self.marketing):
            with self.assertRaises(AccessError):
                order.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                task.with_user(user).read(["state"])
            seen = self.env["order.service.source"].with_user(user).search([])
            self.assertNotIn(source, seen)
