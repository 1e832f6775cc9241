from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestApiRights(ApiCommon):
    """Who may call which door of the API, role by role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.orders.browse(
            cls.orders.with_user(cls.integrator).service_submit([cls.payload()])[0][
                "order_id"
            ]
        )
        cls.portal = new_test_user(cls.env, "t_portal", groups="base.group_portal")
        cls.clerk = new_test_user(cls.env, "t_clerk", groups="base.group_user")
        cls.seller = new_test_user(
            cls.env, "t_seller", groups="sales_team.group_sale_manager"
        )
        cls.outsiders = [
            cls.portal,
            cls.clerk,
            cls.seller,
            cls.env.ref("base.public_user"),
        ]
        cls.others = [cls.storeadmin, cls.courier, cls.marketing]

    def doors(self, user):
        api = self.orders.with_user(user)
        ref = {"source": self.source.code, "external_ref": "x"}
        return {
            "submit": lambda: api.service_submit([self.payload()]),
            "changes": lambda: api.service_changes(),
            "cancel": lambda: api.service_cancel(ref, "changed_mind", ""),
            "move": lambda: api.service_move(ref, "assembly", None),
            "find": lambda: api.service_find("Petrova"),
        }

    def test_who_is_not_of_the_api_reaches_no_door(self):
        for user in self.outsiders + self.others:
            for name, door in self.doors(user).items():
                with self.subTest(user=user.login, door=name):
                    self.assertRaises(AccessError, door)

    def test_operators_only_find(self):
        doors = self.doors(self.operator)
        self.assertTrue(doors.pop("find")())
        for door in doors.values():
            self.assertRaises(AccessError, door)

    def test_a_caller_speaks_only_for_own_sources(self):
        """The manager may call, but is no user of this source."""
        [answer] = self.submit(self.payload(), user=self.manager)
        self.assertEqual(self.problems(answer), {("forbidden", "source")})
        self.assertNotIn("order_id", answer)
        ref = {
            "source": self.source.code,
            "external_ref": self.order.service_external_ref,
        }
        for door in ("service_cancel", "service_move"):
            api = self.orders.with_user(self.manager)
            told = getattr(api, door)(ref, "assembly", "changed_mind")
            self.assertEqual(self.problems(told), {("forbidden", "order_ref.source")})
        self.assertEqual(
            self.orders.with_user(self.manager).service_changes()["changes"], []
        )

    def test_an_archived_source_is_closed(self):
        self.source.active = False
        self.assertEqual(self.problems(self.submit_one()), {("forbidden", "source")})

    def test_the_person_who_called_stays_on_the_order(self):
        self.assertEqual(self.order.create_uid, self.integrator)

    def test_an_api_user_has_no_other_way_to_the_data(self):
        order = self.order.with_user(self.integrator)
        self.assertRaises(AccessError, order.read, ["name"])
        self.assertRaises(AccessError, order.write, {"note": "x"})
        for model in ("order.service.change", "order.service.intake"):
            records = self.env[model].with_user(self.integrator)
            self.assertRaises(AccessError, records.search, [])
