from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestCustomer(ApiCommon):
    """Whose order it is: found by external id, phone, e-mail, in this order."""

    def send(self, **customer):
        return self.order_of(self.submit_one(customer={"name": "Anna", **customer}))

    def test_the_phone_finds_a_known_customer_however_it_is_written(self):
        for phone in ("8 (913) 000-00-01", "+79130000001", "79130000001"):
            self.assertEqual(self.send(phone=phone).partner_id, self.customer)

    def test_the_email_finds_where_there_is_no_phone(self):
        self.assertEqual(self.send(email="A@Example.com").partner_id, self.customer)

    def test_the_external_id_goes_before_the_phone_and_the_rest_is_listed(self):
        first = self.send(external_id="c-77", phone="+79135550001")
        order = self.send(external_id="c-77", phone="+79130000001")
        self.assertEqual(order.partner_id, first.partner_id)
        self.assertIn(self.customer.name, order.service_customer_note)
        self.assertFalse(first.service_customer_note)

    def test_phone_and_email_of_two_customers_are_not_merged(self):
        other = self.env["res.partner"].create({"name": "Boris", "email": "b@ex.com"})
        order = self.send(phone="+79130000001", email="b@ex.com")
        self.assertEqual(order.partner_id, self.customer)
        self.assertIn("Boris", order.service_customer_note)
        self.assertEqual(other.phone, False)

    def test_a_found_customer_is_known_by_the_external_id_from_then_on(self):
        self.send(external_id="c-1", phone="+79130000001")
        self.customer.phone = "+79139999999"
        order = self.send(external_id="c-1", phone="+79130000001")
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(self.env.ref(f"{self.source.code}.c-1"), self.customer)

    def test_two_accounts_with_one_phone_stay_two_customers(self):
        """A phone match never shows the orders of one account to another."""
        first = self.send(external_id="c-1", phone="+79130000001")
        second = self.send(external_id="c-2", phone="+79130000001")
        self.assertEqual(first.partner_id, self.customer)
        self.assertNotEqual(second.partner_id, self.customer)
        self.assertIn(self.customer.name, second.service_customer_note)

    def test_one_newcomer_with_two_orders_in_a_call_is_one_partner(self):
        customer = {"external_id": "c-9", "name": "New", "phone": "+79137770000"}
        by_phone = {"name": "New", "phone": "8 913 777 00 00"}
        answers = self.submit(
            self.payload(customer=customer),
            self.payload(customer=customer),
            self.payload(customer=by_phone),
        )
        orders = self.orders.browse([answer["order_id"] for answer in answers])
        self.assertEqual(len(orders.partner_id), 1)
        self.assertEqual(orders.partner_id.phone, "+7 913 777-00-00")

    def test_a_company_is_not_the_person_with_the_same_phone(self):
        order = self.send(phone="+79130000001", type="company", inn="7707083893")
        self.assertNotEqual(order.partner_id, self.customer)
        again = self.send(phone="+79130000001", type="company", inn="7707083893")
        self.assertEqual(again.partner_id, order.partner_id)
        other = self.send(phone="+79130000001", type="company", inn="7728168971")
        self.assertNotEqual(other.partner_id, order.partner_id)

    def test_the_same_address_is_one_contact(self):
        first, second = self.send(external_id="c-5"), self.send(external_id="c-5")
        self.assertEqual(first.partner_shipping_id, second.partner_shipping_id)
        self.assertEqual(first.partner_shipping_id.type, "delivery")
        moved = self.order_of(
            self.submit_one(
                customer={"name": "Anna", "external_id": "c-5"},
                address={"text": "ул Мира, д 9", "city": "Хабаровск"},
            )
        )
        self.assertNotEqual(moved.partner_shipping_id, first.partner_shipping_id)
        self.assertEqual(moved.partner_id, first.partner_id)

    def test_newcomers_speak_the_language_of_the_source(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.source.lang = "ru_RU"
        self.assertEqual(self.send(phone="+79138880000").partner_id.lang, "ru_RU")

    def test_a_phone_nobody_can_call_is_refused_at_its_place(self):
        for wrong in ("ask the neighbour", "abc", "12", "+7 913", "8 000 000 00 00"):
            for key in ("customer", "recipient"):
                person = {"name": "Anna", "phone": wrong, "external_id": "c-55"}
                if key == "recipient":
                    del person["external_id"]
                answer = self.submit_one(**{key: person})
                self.assertEqual(
                    self.problems(answer), {("bad_value", f"{key}.phone")}, wrong
                )

    def test_a_phone_of_another_country_is_taken(self):
        self.assertEqual(self.send(phone="+49 30 901820").partner_id.phone[:3], "+49")

    def test_where_the_store_has_no_country_digits_are_enough(self):
        self.store.partner_id.country_id = False
        self.company.country_id = False
        self.send(phone="30 901820")
        answer = self.submit_one(customer={"name": "Anna", "phone": "abc"})
        self.assertEqual(self.problems(answer), {("bad_value", "customer.phone")})

    def test_an_email_without_at_is_refused_at_its_place(self):
        for wrong in ("a.example.com", "@example.com", "a@", "a b@example.com"):
            answer = self.submit_one(customer={"name": "Anna", "email": wrong})
            self.assertEqual(
                self.problems(answer), {("bad_value", "customer.email")}, wrong
            )

    def test_a_source_is_not_named_like_an_odoo_module(self):
        for code in ("sale", "base", "my site", "сайт"):
            with self.assertRaisesRegex(Exception, "cannot be the code"):
                self.source.code = code
