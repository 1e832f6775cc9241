from odoo.tests import HttpCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestPortalManager(NotificationBuilders, HttpCase):
    """The card of the personal manager (K11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.anna = new_test_user(
            cls.env,
            "anna-seller",
            name="Anna Seller",
            email="anna@bureau.example",
            groups="sales_team.group_sale_salesman",
        )
        cls.anna.phone = "+7 495 111-22-33"
        cls.partner = cls._partner("Romashka", user_id=cls.anna.id)
        cls.person = cls._persons(cls.partner)

    def _page(self, user):
        self.authenticate(user.login, user.login)
        return self.url_open("/my/manager").text

    def test_a_person_finds_the_companys_manager_with_phone_and_mail(self):
        page = self._page(self.person)
        self.assertIn("Anna Seller", page)
        self.assertIn("tel:+7 495 111-22-33", page)
        self.assertIn("mailto:anna@bureau.example", page)
        self.assertIn('href="/my/manager"', self.url_open("/my").text)

    def test_after_the_company_is_handed_over_its_people_find_the_new_one(self):
        """K7: a person's record keeps the salesperson it was made with."""
        self.person.partner_id.user_id = self.anna
        self.partner.user_id = new_test_user(
            self.env,
            "boris-seller",
            name="Boris Seller",
            groups="sales_team.group_sale_salesman",
        )
        page = self._page(self.person)
        self.assertIn("Boris Seller", page)
        self.assertNotIn("Anna Seller", page)
        self.assertNotIn("Anna Seller", self.url_open("/my").text)

    def test_nobody_in_particular_is_said_so(self):
        alone = new_test_user(self.env, "alone-alone", groups="base.group_portal")
        self.assertIn("Nobody in particular", self._page(alone))
        self.assertNotIn('href="/my/manager"', self.url_open("/my").text)

    def test_opening_the_card_from_a_notification_is_acting_on_it(self):
        topic = self._topic(action="manager")
        notification = self._send(self._wave([self.partner], topic=topic))
        receipt = notification.receipt_ids
        stranger = self._persons(self._partner("Stranger"))
        self.authenticate(stranger.login, stranger.login)
        self.url_open(f"/my/notifications/{receipt.id}/manager")
        self.assertFalse(receipt.acted_at)
        self.authenticate(self.person.login, self.person.login)
        self.assertIn("Contact card", self.url_open("/my/notifications").text)
        answer = self.url_open(f"/my/notifications/{receipt.id}/manager")
        self.assertIn("Anna Seller", answer.text)
        self.assertTrue(receipt.acted_at and receipt.read_at)
