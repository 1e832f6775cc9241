import re
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import OrderServiceCommon

CODES = "odoo.addons.order_service.models.order_service_cancel_code"


@tagged("post_install", "-at_install")
class TestPortal(OrderServiceCommon, HttpCase):
    """What customers see of their orders in the portal, and how they cancel them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.lang = "en_US"
        cls.login = new_test_user(
            cls.env,
            "t_customer",
            groups="base.group_portal",
            name="Anna Petrova",
            lang="en_US",
        )
        cls.customer.user_ids = cls.login
        cls.login.partner_id = cls.customer
        cls.stranger = new_test_user(
            cls.env, "t_stranger", groups="base.group_portal", lang="en_US"
        )
        cls.company.service_sms_ready = True

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _page(self, order, **params):
        return self.url_open(self._url(order), params=params)

    def _url(self, order, path=""):
        return f"/my/orders/{order.id}{path}"

    def _post(self, order, path, **form):
        return self.url_open(
            self._url(order, path),
            data={"csrf_token": http.Request.csrf_token(self), **form},
        )

    def _cancel(self, order, **form):
        return self._post(order, "/service/cancel", **form)

    def _ask_code(self, order, **form):
        return self._post(
            order, "/service/code", access_token=order.access_token, **form
        )

    def _codes(self, order):
        codes = self.env["order.service.cancel.code"]
        return codes.search([("order_id", "=", order.id)])

    def _sent_code(self, order):
        """The code as the customer reads it in the newest SMS."""
        sms = self.env["sms.sms"].search(
            [("body", "ilike", order.service_external_ref)], limit=1
        )
        return re.match(r"\d{6}", sms.body)[0]

    # -- the page ---------------------------------------------------------------------

    def test_the_list_keeps_its_columns_beside_orders_of_core(self):
        routed = self._order(service_slot_start=False, service_slot_end=False)
        plain = self._order(start=False, service_fulfilment=False)
        plain.action_confirm()
        self.authenticate("t_customer", "t_customer")
        page = html.fromstring(self.url_open("/my/orders").text)
        table = page.xpath("//table[.//a[text()='%s']]" % routed.service_number)[0]
        rows = [len(row.xpath("td|th")) for row in table.xpath(".//tr")]
        self.assertEqual(len(set(rows)), 1, f"cells a row: {rows}")

    def test_customers_read_the_number_of_the_site_and_one_time_of_delivery(self):
        order = self._order(service_external_ref="S-4711")
        order.validity_date = "2031-03-04"
        self.authenticate("t_customer", "t_customer")
        self.assertIn(">S-4711</", self.url_open("/my/orders").text)
        page = self._page(order).text
        self.assertIn("<em>S-4711</em>", page)
        self.assertIn(order.name, page, "our own number stands small below")
        for row in ("Delivery Date:", "Expiration Date:", "Connect with your software"):
            self.assertNotIn(row, page)

    def test_the_page_shows_where_the_order_is(self):
        """S7, N7: stages with times of the store, slot, recipient, address, payment."""
        order = self._carry(self._order(), "handover")
        order.service_stage_since = "2026-01-10 03:05:00"
        self.authenticate("t_customer", "t_customer")
        page = self._page(order).text
        self.assertIn("Your order is packed and waits for the courier.", page)
        self.assertIn("10.01 13:05", page, "Khabarovsk is ten hours ahead of UTC")
        self.assertIn(order.service_slot_text, page)
        self.assertIn("Maria Petrova", page)
        self.assertIn("+79130000002", page)
        self.assertIn("Packed", page)
        self.assertIn("Unpaid", page)
        self.assertIn('aria-current="step"', page)

    def test_stages_of_one_status_are_one_step_for_the_customer(self):
        """N7"""
        order = self._carry(self._order(), "assembly")
        steps = order.with_context(lang="en_US")._service_portal_steps()
        self.assertEqual(
            [(step["name"], step["state"]) for step in steps],
            [
                ("Check", "passed"),
                ("Assembly", "here"),
                ("Hand-over to the courier", "ahead"),
                ("In delivery", "ahead"),
                ("Delivered", "ahead"),
            ],
        )

    def test_the_bar_of_a_cancelled_order_ends_there(self):
        order = self._order()
        order._service_refuse(self._reason("changed_mind"), actor="system")
        steps = order.with_context(lang="en_US")._service_portal_steps()
        self.assertEqual(
            [(step["name"], step["state"]) for step in steps],
            [("Check", "passed"), ("Cancelled", "here")],
        )

    def test_the_page_speaks_russian_to_a_russian_customer(self):
        """X7: what managers wrote in Russian is shown in Russian."""
        self.env["res.lang"]._activate_lang("ru_RU")
        order = self._order()
        stage = order.service_stage_id
        stage.with_context(lang="ru_RU").customer_text = "Проверяем ваш заказ."
        self.login.lang = "ru_RU"
        self.authenticate("t_customer", "t_customer")
        self.assertIn("Проверяем ваш заказ.", self._page(order).text)

    def test_an_order_is_listed_from_its_first_moment(self):
        """N7: core lists confirmed orders only."""
        order = self._order()
        self.assertEqual(order.state, "draft")
        self.authenticate("t_customer", "t_customer")
        page = self.url_open("/my/orders").text
        self.assertIn(order.service_number, page)
        self.assertIn("New", page)
        self.assertIn(order.service_slot_text, page)

    def test_an_order_on_a_route_is_no_quotation_to_review(self):
        order = self._order()
        order.state = "sent"
        self.authenticate("t_customer", "t_customer")
        self.assertNotIn(order.service_number, self.url_open("/my/quotes").text)
        self.assertIn(order.service_number, self.url_open("/my/orders").text)

    def test_the_page_of_an_order_without_a_route_stays_as_core_made_it(self):
        order = self._order(start=False, service_fulfilment=False)
        order.state = "sent"
        self.authenticate("t_customer", "t_customer")
        page = self._page(order)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("o_service_order", page.text)

    # -- whose order ------------------------------------------------------------------

    def test_another_customer_sees_nothing(self):
        """A portal user reaches only the orders of the own company."""
        order = self._order()
        self.authenticate("t_stranger", "t_stranger")
        self.assertNotIn(order.service_number, self.url_open("/my/orders").text)
        for params in ({}, {"access_token": "guess"}):
            page = self._page(order, **params)
            self.assertNotIn("o_service_order", page.text)
        with self.assertRaises(AccessError):
            order.with_user(self.stranger).read(["service_status"])

    def test_another_customer_cancels_nothing(self):
        order = self._order()
        self.authenticate("t_stranger", "t_stranger")
        for form in ({}, {"access_token": "guess"}):
            self._cancel(order, **form)
            self._post(order, "/service/code", **form)
        self.assertEqual(order.service_status, "new")
        self.assertFalse(self._codes(order))

    def test_another_customer_with_the_link_is_a_guest(self):
        """The link shows the page; cancelling needs the code."""
        order = self._order()
        self.authenticate("t_stranger", "t_stranger")
        page = self._page(order, access_token=order.access_token).text
        self.assertIn("Send me a code", page)
        self.assertNotIn("+79130000002", page, "the phone is masked for guests")
        self._cancel(order, access_token=order.access_token)
        self.assertEqual(order.service_status, "new")

    def test_a_colleague_of_the_same_company_may_cancel(self):
        colleague = new_test_user(
            self.env, "t_colleague", groups="base.group_portal", lang="en_US"
        )
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        colleague.partner_id.parent_id = firm
        order = self._order(partner_id=firm.id)
        self.authenticate("t_colleague", "t_colleague")
        self._cancel(order)
        self.assertEqual(order.service_status, "cancelled")

    def test_a_portal_user_reads_none_of_the_service_s_own_records(self):
        order = self._order()
        for model in ("task", "stage.log", "message", "cancel.code", "reason"):
            records = self.env[f"order.service.{model}"].with_user(self.login)
            self.assertFalse(records.has_access("read"), model)
        with self.assertRaises(AccessError):
            order.with_user(self.login).write({"service_comment": "x"})
        for internal in ("service_reason_note", "service_attention"):
            with self.assertRaises(AccessError):
                order.with_user(self.login).read([internal])

    # -- cancelling, logged in --------------------------------------------------------

    def test_a_customer_cancels_with_a_reason_of_the_own_choice(self):
        """S14: the reason, the stage, who and when stay on the order."""
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        reason = self._reason("changed_mind")
        page = self._cancel(order, reason_id=reason.id, note="On holiday")
        self.assertIn("Your order is cancelled.", page.text)
        self.assertEqual(order.service_status, "cancelled")
        self.assertEqual(order.service_reason_id, reason)
        self.assertEqual(order.service_reason_note, "On holiday")
        self.assertEqual(order.service_reason_user_id, self.login)
        self.assertEqual(order.service_log_ids.actor, "customer")

    def test_a_customer_who_names_no_reason_gets_the_company_s(self):
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        self._cancel(order)
        self.assertEqual(order.service_reason_id, self._reason("customer_portal"))

    def test_reasons_not_meant_for_customers_are_refused(self):
        """S14"""
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        for code in ("not_real", "no_goods", "nobody_home"):
            page = self._cancel(order, reason_id=self._reason(code).id)
            self.assertIn("Choose one of the reasons.", page.text)
            self.assertNotIn(self._reason(code).name, page.text)
        self.assertEqual(order.service_status, "new")

    def test_a_reason_that_asks_for_words_needs_them(self):
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        page = self._cancel(order, reason_id=self._reason("customer_other").id)
        self.assertIn("add a few words", page.text)
        self.assertEqual(order.service_status, "new")

    def test_once_somebody_works_on_it_the_button_is_gone(self):
        order = self._order()
        self._task(order, self.operator).action_take()
        self.authenticate("t_customer", "t_customer")
        self.assertNotIn("Cancel the order", self._page(order).text)

    def test_a_page_opened_before_reads_why_it_is_too_late(self):
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        self.assertIn("Cancel the order", self._page(order).text)
        self._task(order, self.operator).action_take()
        self.assertIn("can no longer be cancelled online", self._cancel(order).text)
        self.assertEqual(order.service_status, "new")

    def test_a_form_without_the_csrf_token_does_nothing(self):
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        answer = self.url_open(self._url(order, "/service/cancel"), data={"note": "x"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(order.service_status, "new")

    # -- cancelling with a code -------------------------------------------------------

    def test_a_guest_cancels_with_the_code_sent_to_the_phone(self):
        """N7: the code goes by SMS and is nowhere in the page."""
        order = self._order()
        reason = self._reason("changed_mind")
        page = self._ask_code(order, reason_id=reason.id, note="On holiday").text
        code = self._sent_code(order)
        self.assertNotIn(code, page)
        self.assertIn("+7*****01", page)
        self.assertIn("On holiday", page, "what was typed comes back")
        page = self._cancel(
            order, access_token=order.access_token, code=code, reason_id=reason.id
        ).text
        self.assertIn("Your order is cancelled.", page)
        self.assertEqual(order.service_reason_id, reason)
        self.assertEqual(order.service_log_ids.actor, "customer")

    def test_a_wrong_code_cancels_nothing(self):
        order = self._order()
        self._ask_code(order)
        wrong = f"{(int(self._sent_code(order)) + 1) % 10**6:06}"
        page = self._cancel(order, access_token=order.access_token, code=wrong).text
        self.assertIn("The code is wrong or has expired.", page)
        self.assertEqual(order.service_status, "new")

    def test_after_five_tries_even_the_right_code_is_refused(self):
        order = self._order()
        self._ask_code(order)
        code = self._sent_code(order)
        codes = self.env["order.service.cancel.code"]
        for _try in range(5):
            self.assertFalse(codes._redeem(order, "000000x"))
        self.assertFalse(codes._redeem(order, code))

    def test_a_code_works_once_for_its_own_order_and_ten_minutes(self):
        codes = self.env["order.service.cancel.code"]
        order, other = self._order(), self._order()
        self._ask_code(order)
        code = self._sent_code(order)
        self.assertFalse(codes._redeem(other, code))
        later = fields.Datetime.now() + timedelta(minutes=11)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertFalse(codes._redeem(order, code))
        self.assertTrue(codes._redeem(order, f" {code[:3]} {code[3:]}"))
        self.assertFalse(codes._redeem(order, code))

    def test_a_new_code_ends_the_old_one(self):
        order = self._order()
        self._ask_code(order)
        old = self._sent_code(order)
        with patch(f"{CODES}.secrets.randbelow", return_value=(int(old) + 1) % 10**6):
            self._ask_code(order)
        codes = self.env["order.service.cancel.code"]
        self.assertFalse(codes._redeem(order, old))
        self.assertTrue(codes._redeem(order, self._sent_code(order)))

    def test_three_codes_an_hour_are_enough(self):
        order = self._order()
        for _time in range(3):
            self._ask_code(order)
        self.assertIn("Too many codes", self._ask_code(order).text)
        self.assertEqual(len(self._codes(order)), 3)

    def test_codes_are_kept_as_hashes_nobody_reads(self):
        order = self._order()
        self._ask_code(order)
        self.env.cr.execute("SELECT code_hash FROM order_service_cancel_code")
        hashes = [row[0] for row in self.env.cr.fetchall()]
        self.assertNotIn(self._sent_code(order), " ".join(hashes))
        admin = self.env.ref("base.user_admin")
        codes = self.env["order.service.cancel.code"].with_user(admin)
        with self.assertRaises(AccessError):
            codes.search([])

    def test_without_a_phone_the_code_goes_by_mail(self):
        self.env["ir.mail_server"].create({"name": "Test", "smtp_host": "localhost"})
        self.customer.phone = False
        order = self._order(service_recipient_phone=False)
        page = self._ask_code(order).text
        self.assertIn("a***@example.com", page)
        mail = self.env["mail.mail"].search([("email_to", "=", "a@example.com")])
        self.assertRegex(mail.body_html, r"\d{6}")
        self.assertFalse(mail.res_id, "colleagues do not read it on the order")

    def test_without_any_carrier_the_customer_is_asked_to_call(self):
        self.env["ir.mail_server"].search([]).active = False
        self.company.service_sms_ready = False
        order = self._order()
        model = type(self.env["order.service.message"])
        with patch.object(model, "_has_mail_server", return_value=False):
            self.assertIn("Please call us", self._ask_code(order).text)
        self.assertFalse(self._codes(order))

    # -- core's own portal doors ------------------------------------------------------

    def test_an_order_on_a_route_asks_for_no_signature(self):
        order = self._order()
        order.require_signature = True
        self.authenticate("t_customer", "t_customer")
        self.assertNotIn("Accept &amp; Sign", self._page(order).text)
        answer = self.make_jsonrpc_request(
            self._url(order, "/accept"),
            {"access_token": order.access_token, "name": "Anna", "signature": "aGk="},
        )
        self.assertIn("error", answer)
        self.assertEqual(order.state, "draft")

    def test_core_s_reject_goes_the_refusal_way(self):
        """Portal decline: the company's reason, the customer's words."""
        order = self._order()
        self.authenticate("t_customer", "t_customer")
        self._post(order, "/decline", decline_message="Too late")
        self.assertEqual(order.service_status, "cancelled")
        self.assertEqual(order.service_reason_id, self._reason("customer_portal"))
        self.assertEqual(order.service_reason_note, "Too late")

    def test_a_guest_s_reject_needs_the_code(self):
        order = self._order()
        page = self._post(
            order, "/decline", access_token=order.access_token, decline_message="No"
        )
        self.assertIn("Ask for a code first", page.text)
        self.assertEqual(order.service_status, "new")
