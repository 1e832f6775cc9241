from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user


class OrderServiceBuilders:
    """Two stores in two time zones, their people, and builders with defaults.

    They work in any ``env``: the test cases below roll back, tests with several
    connections commit in a database of their own.
    """

    @classmethod
    def set_up_world(cls, env):
        """Make stores, people, goods and a source through ``env``."""
        context = {"tracking_disable": True, "no_reset_password": True}
        cls.env = env(context=dict(env.context, **context))
        cls.company = cls.env.company
        cls._set_up_stores()
        cls._set_up_people()
        cls._set_up_goods()
        cls.source = cls.env["order.service.source"].create(
            {"name": "Site", "code": "site_test", "user_ids": cls.integrator.ids}
        )
        cls.route_delivery = cls.env.ref("order_service.route_delivery")
        cls.route_pickup = cls.env.ref("order_service.route_pickup")

    @classmethod
    def _set_up_stores(cls):
        cls.store = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.store.write(
            {
                "name": "Khabarovsk, Lenina 1",
                "service_code": "T01",
                "service_city": "Khabarovsk",
                "service_tz": "Asia/Vladivostok",
            }
        )
        cls.other_store = cls.env["stock.warehouse"].create(
            {
                "name": "Kaliningrad, Mira 2",
                "code": "KGD",
                "service_code": "T02",
                "service_city": "Kaliningrad",
                "service_tz": "Europe/Kaliningrad",
            }
        )

    @classmethod
    def _set_up_people(cls):
        def person(login, group, stores=None):
            user = new_test_user(
                cls.env, login, groups=f"order_service.{group}", name=login.title()
            )
            user.service_store_ids = stores or cls.env["stock.warehouse"]
            return user

        cls.operator = person("t_operator", "group_operator")
        cls.storeadmin = person("t_storeadmin", "group_storeadmin", cls.store)
        cls.other_storeadmin = person(
            "t_other_storeadmin", "group_storeadmin", cls.other_store
        )
        cls.courier = person("t_courier", "group_courier", cls.store)
        cls.other_courier = person("t_other_courier", "group_courier", cls.store)
        cls.manager = person("t_manager", "group_manager")
        cls.marketing = person("t_marketing", "group_marketing")
        cls.integrator = person("t_integrator", "group_api")
        cls.env["order.service.shift"].create(
            {
                "store_id": cls.store.id,
                "user_id": cls.storeadmin.id,
                "role": "storeadmin",
                "start": fields.Datetime.now() - timedelta(hours=4),
                "end": fields.Datetime.now() + timedelta(hours=8),
            }
        )

    @classmethod
    def _set_up_goods(cls):
        cls.kvass = cls._product("KVAS", 89.9)
        kilogram = cls.env.ref("uom.product_uom_kgm")
        cls.cucumber = cls._product("CUCUMBER", 199.0, uom_id=kilogram.id)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Anna Petrova", "phone": "+79130000001", "email": "a@example.com"}
        )

    @classmethod
    def _product(cls, sku, price, stock=100.0, **values):
        """A storable product with stock in both stores."""
        product = cls.env["product.product"].create(
            {
                "name": sku.title(),
                "default_code": sku,
                "list_price": price,
                "type": "consu",
                "is_storable": True,
                **values,
            }
        )
        for store in (cls.store, cls.other_store) if stock else ():
            cls.env["stock.quant"]._update_available_quantity(
                product, store.lot_stock_id, stock
            )
        return product

    @classmethod
    def _order(cls, start=True, lines=None, **values):
        """An order of the site; on its route unless ``start`` is False.

        :param lines: list of (product, quantity)
        """
        slot = fields.Datetime.now() + timedelta(hours=5)
        number = cls.env["sale.order"].search_count([]) + 1
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "warehouse_id": cls.store.id,
                "service_source_id": cls.source.id,
                "service_external_ref": f"T-{number}",
                "service_fulfilment": "delivery",
                "service_slot_start": slot,
                "service_slot_end": slot + timedelta(hours=2),
                "service_recipient_name": "Maria Petrova",
                "service_recipient_phone": "+79130000002",
                "order_line": [
                    fields.Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product, quantity in lines
                    or [(cls.kvass, 2), (cls.cucumber, 1)]
                ],
                **values,
            }
        )
        if start:
            order._service_start(actor="system")
        return order

    def _task(self, order, user=None):
        """The open task of ``order``, as ``user`` sees it."""
        task = order.service_task_ids.filtered(lambda task: task.state == "open")
        assert len(task) == 1, f"one open task is expected: {task}"
        return task.with_user(user) if user else task

    def _reason(self, code):
        return self.env.ref(f"order_service.reason_{code}")

    def _answer(self, action, user, **values):
        """Fill in the dialog an action opened, as ``user``, and confirm it."""
        assert action["res_model"] == "order.service.act", action
        dialog = self.env["order.service.act"].with_user(user)
        return dialog.with_context(**action["context"]).create(values).action_confirm()

    def _assemble(self, order, user):
        """Finish the assembly of ``order`` as ``user``, everything found as ordered."""
        task = self._task(order, user)
        task.action_service_all_found()
        task.action_done()

    def _pay_part(self, order, amount):
        """A payment of ``amount`` that its provider has confirmed.

        :param float amount: in the order's currency
        """
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].search([], limit=1)
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{order.name}-{amount}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [fields.Command.link(order.id)],
                "state": "done",
            }
        )
        order.invalidate_recordset(["transaction_ids"])
        self.env.add_to_compute(order._fields["payment_status"], order)
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _carry(self, order, to_code):
        """Carry ``order`` forward by finishing tasks as the manager."""
        for _step in range(9):
            if order.service_stage_id.code == to_code:
                return order
            task = self._task(order, self.manager)
            courier = order.service_courier_id or self.courier
            if task.assembles:
                task.action_service_all_found()
            action = task.action_done()
            if task.asks_courier:
                self._answer(action, self.manager, courier_id=courier.id)
        raise AssertionError(f"{order.name} never came to {to_code}")


class OrderServiceCommon(OrderServiceBuilders, TransactionCase):
    """The world of the builders, rolled back after each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world(cls.env)
