from odoo import Command
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestPortalWaitlist(NotificationBuilders, HttpCase):
    """The waitlist's routes: own company, another one, none, staff (K11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_waitlist()
        cls.partner = cls._partner("Romashka", persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        cls.order = cls._ordered(cls.partner, cls.product, 12)
        cls.line = cls.order.order_line

    @classmethod
    def _ordered(cls, partner, product, quantity):
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "state": "sale",
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self.log_in(self.person)

    def log_in(self, user):
        self.authenticate(user.login, user.login)

    def post(self, address, **data):
        return self.url_open(
            f"/my/waitlist/{address}",
            data=data | {"csrf_token": Request.csrf_token(self)},
        )

    def entries(self, partner=None):
        return self.env["partner.waitlist"].search(
            [("partner_id", "=", (partner or self.partner).id)]
        )

    # -- adding ------------------------------------------------------------------------

    def test_the_order_page_offers_its_goods_and_adds_them(self):
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertIn("Onto the waitlist", page)
        self.post("add", line_id=self.line.id)
        entry = self.entries()
        self.assertEqual(entry.product_id, self.product)
        self.assertEqual(entry.quantity, 12)
        self.assertEqual(entry.person_id, self.person.partner_id)
        self.assertEqual(entry.company_id, self.company)
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertNotIn("Onto the waitlist", page, "they wait already")

    def test_the_units_of_the_line_become_those_of_the_goods(self):
        self.line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.post("add", line_id=self.line.id)
        self.assertEqual(self.entries().quantity, 144)

    def test_the_page_finds_goods_ordered_earlier(self):
        self._ordered(self.partner, self._product("Blue pens"), 1)
        page = self.url_open("/my/waitlist").text
        self.assertIn("Paper", page)
        self.assertIn("Blue pens", page)
        page = self.url_open("/my/waitlist?search=pens").text
        self.assertNotIn("Paper", page)
        self.assertIn("Blue pens", page)
        page = self.url_open("/my/waitlist?search=zzz").text
        self.assertIn("You have not ordered anything with this name", page)

    def test_quantity_and_warehouse_are_the_persons_choice(self):
        far = self._warehouse("Far")
        self.post("add", line_id=self.line.id, quantity="2,5", warehouse_id=far.id)
        entry = self.entries()
        self.assertEqual((entry.quantity, entry.warehouse_id), (2.5, far))
        self.post(f"{entry.id}/change", quantity="4", warehouse_id="")
        self.assertEqual(entry.quantity, 4)
        self.assertFalse(entry.warehouse_id)

    def test_adding_again_changes_the_quantity_and_makes_no_second_entry(self):
        self.post("add", line_id=self.line.id, quantity="2")
        self.post("add", line_id=self.line.id, quantity="3")
        self.assertEqual(self.entries().quantity, 3)

    def test_what_is_no_quantity_is_said_on_the_page(self):
        for word in ("", "many", "-1", "0", "nan", "inf", "1e30"):
            self.post("add", line_id=self.line.id, quantity="2")
            page = self.post(f"{self.entries().id}/change", quantity=word).text
            self.assertIn("is not a quantity", page, word)
        self.assertEqual(self.entries().quantity, 2)

    def test_two_entries_made_the_same_are_refused_in_a_sentence(self):
        far = self._warehouse("Far")
        self._entry(self.partner)
        entry = self._entry(self.partner, warehouse_id=far.id)
        page = self.post(f"{entry.id}/change", quantity="2", warehouse_id="").text
        self.assertIn("there already: change the quantity", page)
        self.assertEqual(entry.warehouse_id, far)

    def test_a_service_is_refused_in_a_sentence(self):
        advice = self._product("Advice", type="service", is_storable=False)
        line = self._ordered(self.partner, advice, 1).order_line
        self.assertIn("is not kept in stock", self.post("add", line_id=line.id).text)
        self.assertFalse(self.entries())

    def test_a_warehouse_of_another_seller_is_refused(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        stock = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        page = self.post(
            "add", line_id=self.line.id, quantity="1", warehouse_id=stock.id
        )
        self.assertIn("has no such warehouse", page.text)
        self.assertFalse(self.entries())

    def test_where_no_rule_tells_nobody_is_left_waiting(self):
        self.rule.active = False
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertNotIn("Onto the waitlist", page)
        page = self.post("add", line_id=self.line.id).text
        self.assertIn("keeps no waitlist at present", page)
        self.assertFalse(self.entries())
        self.assertNotIn('href="/my/waitlist"', self.url_open("/my").text)

    # -- what came in ------------------------------------------------------------------

    def _told(self):
        entry = self._entry(self.partner, quantity=5)
        self._arrive(7)
        self._tick()
        return entry

    def test_what_came_in_is_put_into_the_draft_order(self):
        entry = self._told()
        page = self.url_open("/my/waitlist").text
        self.assertIn("kept for you until", page)
        answer = self.post(f"{entry.id}/order")
        self.assertTrue(answer.url.endswith(f"/my/orders/{entry.order_id.id}"))
        self.assertEqual(entry.order_id.order_line.product_uom_qty, 5)
        self.assertIn("Paper", answer.text)

    def test_the_notifications_button_leads_into_the_draft_order(self):
        entry = self._told()
        [receipt] = self._receipts(self.person)
        self.assertIn("Into the order", self.url_open("/my/notifications").text)
        answer = self.url_open(
            f"/my/notifications/{receipt.id}/ask",
            data={"state": "ordered", "csrf_token": Request.csrf_token(self)},
        )
        self.assertTrue(answer.url.endswith(f"/my/orders/{entry.order_id.id}"))
        self.assertEqual(entry.state, "done")
        self.log_in(self.colleague)
        page = self.url_open("/my/notifications").text
        self.assertIn("Put into the order", page)
        self.assertIn(self.person.name, page)
        self.assertNotIn(">Into the order<", page)

    def test_twice_is_once_and_said_so(self):
        entry = self._told()
        self.post(f"{entry.id}/order")
        order = entry.order_id
        self.post(f"{entry.id}/order")
        self.assertEqual(len(order.order_line), 1)

    def test_removed_is_gone(self):
        entry = self._entry(self.partner)
        self.post(f"{entry.id}/remove")
        self.assertEqual(entry.state, "cancelled")
        self.assertIn("Nothing yet", self.url_open("/my/waitlist").text)
        self.assertIn("Cancelled", self.post(f"{entry.id}/remove").text)

    # -- others ------------------------------------------------------------------------

    def _try_everything(self, entry):
        """Each route with another company's line and entry."""
        self.assertNotIn("Paper", self.url_open("/my/waitlist").text)
        self.post("add", line_id=self.line.id)
        self.post(f"{entry.id}/change", quantity="99")
        self.post(f"{entry.id}/remove")
        self.post(f"{entry.id}/order")

    def test_nobody_else_reads_or_changes_anything_by_any_route(self):
        entry = self._told()
        stranger = self._persons(self._partner("Stranger"))
        alone = new_test_user(self.env, "alone-alone", groups="base.group_portal")
        staff = new_test_user(self.env, "staff-staff", groups="base.group_user")
        clerk = new_test_user(
            self.env, "clerk-clerk", groups="partner_notifications.group_clerk"
        )
        for user in (stranger, alone, staff, clerk):
            self.log_in(user)
            self._try_everything(entry)
            self.assertEqual((entry.state, entry.quantity), ("told", 5), user.login)
        self.assertEqual(self.env["partner.waitlist"].search([]), entry)

    def test_the_home_page_leads_there(self):
        self.assertIn('href="/my/waitlist"', self.url_open("/my").text)
        self._entry(self.partner)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["waitlist_count"]}
        )
        self.assertEqual(counters["waitlist_count"], 1)

    def test_odd_numbers_in_an_address_are_nobodys(self):
        for line in ("", "x", "-1", "999999999"):
            self.assertEqual(self.post("add", line_id=line).status_code, 200)
        self.assertFalse(self.entries())
