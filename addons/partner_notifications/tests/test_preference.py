from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestPreference(NotificationBuilders, TransactionCase):
    """What a person wants of each topic (K12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner(persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        cls.preferences = cls.env["partner.notification.preference"]

    def save(self, **wanted):
        """Save wishes on the class's topic: save(enabled=True, email=True)."""
        self.preferences._save(self.person, {self.topic: set(wanted)})
        return self.preferences.search([("user_id", "=", self.person.id)])

    def test_a_topic_switched_off_comes_to_colleagues_only(self):
        self.save()
        self._send(self._wave([self.partner]))
        self.assertFalse(self._receipts(self.person))
        self.assertTrue(self._receipts(self.colleague))

    def test_switched_on_again_it_comes_again(self):
        self.save()
        wish = self.save(enabled=True)
        self.assertEqual(len(wish), 1)
        self._send(self._wave([self.partner]))
        self.assertTrue(self._receipts(self.person))

    def test_what_is_off_has_no_copies(self):
        wish = self.save(email=True, sms=True)
        self.assertFalse(wish.enabled or wish.email or wish.sms)

    def test_a_mandatory_topic_stays_on_and_may_have_copies(self):
        self.topic.mandatory = True
        wish = self.save(email=True)
        self.assertTrue(wish.enabled and wish.email)

    def test_a_topic_without_copies_has_none(self):
        self.topic.allow_copy = False
        wish = self.save(enabled=True, email=True, sms=True)
        self.assertTrue(wish.enabled)
        self.assertFalse(wish.email or wish.sms)

    def test_a_token_is_of_one_person_and_one_topic(self):
        other = self._topic()
        path = self.preferences._unsubscribe_path(self.person, self.topic)
        token = path.rpartition("/")[2]
        is_token = self.preferences._is_token
        self.assertTrue(is_token(self.person, self.topic, token))
        self.assertFalse(is_token(self.colleague, self.topic, token))
        self.assertFalse(is_token(self.person, other, token))
        self.assertFalse(is_token(self.person, self.topic, ""))

    def test_unsubscribing_ends_the_e_mails_of_one_topic_only(self):
        other = self._topic()
        wanted = {"enabled", "email", "sms"}
        self.preferences._save(self.person, {self.topic: wanted, other: wanted})
        self.preferences._unsubscribe(self.person, self.topic)
        rows = self.preferences.search([("user_id", "=", self.person.id)])
        self.assertEqual(
            {row.topic_id: (row.enabled, row.email, row.sms) for row in rows},
            {self.topic: (True, False, True), other: (True, True, True)},
        )

    def test_nobody_writes_wishes_over_rpc(self):
        wish = self.save(enabled=True)
        internal = new_test_user(self.env, "plain", groups="base.group_user")
        clerk = new_test_user(
            self.env, "clerk-p", groups="partner_notifications.group_clerk"
        )
        self.assertTrue(wish.with_user(clerk).read(["email"]))
        for user in (self.person, self.colleague, internal, clerk):
            with self.assertRaises(AccessError):
                wish.with_user(user).write({"email": True})
        for user in (self.person, internal):
            with self.assertRaises(AccessError):
                wish.with_user(user).read(["email"])
