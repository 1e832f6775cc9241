from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged

from .common_upload import UploadBuilders


@tagged("post_install", "-at_install")
class TestPreview(UploadBuilders, TransactionCase):
    """A broadcast as one of its recipients would read it, before anybody does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.order_topic.with_context(lang="ru_RU").body = "{order} готов."
        cls.anna = cls._partner("Anna", ref="a")
        cls.boris = cls._partner("Boris", ref="b", persons=0, lang="ru_RU")
        cls.wave = cls._checked("ref;order\na;S1\nb;S2\n", topic=cls.order_topic)

    def _preview(self, user=None):
        previews = self.env["partner.notification.preview"].with_user(
            user or self.clerk
        )
        return previews.with_context(default_broadcast_id=self.wave.id)

    def test_it_reads_as_the_chosen_recipient_would(self):
        with Form(self._preview()) as preview:
            self.assertEqual(preview.partner_id, self.anna)
            self.assertEqual(preview.body, "S1 is ready.")
            self.assertEqual(preview.outcome, "sent")
            preview.partner_id = self.boris
            self.assertEqual((preview.lang, preview.body), ("ru_RU", "S2 готов."))
            self.assertEqual(preview.outcome, "no_portal_user")
        self.assertFalse(self.wave.notification_ids)

    def test_a_trial_goes_to_oneself_only(self):
        self.clerk.email = "clerk@example.com"
        preview = self._preview().create({"partner_id": self.anna.id})
        preview.action_trial()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("clerk@example.com", mail.email_to)
        self.assertFalse(mail.recipient_ids)
        self.assertIn("S1 is ready.", mail.body_html)
        self.assertEqual(mail.subject, "Trial: Order S1")
        self.assertFalse(self._receipts(self._persons(self.anna)))

    def test_a_trial_needs_an_address_and_a_recipient(self):
        self.clerk.email = False
        preview = self._preview().create({"partner_id": self.anna.id})
        with self.assertRaisesRegex(UserError, "e-mail address"):
            preview.action_trial()
        self.clerk.email = "clerk@example.com"
        stranger = self._partner("Stranger", persons=0)
        preview = self._preview().create({"partner_id": stranger.id})
        self.assertFalse(preview.body)
        with self.assertRaisesRegex(UserError, "Choose a recipient"):
            preview.action_trial()

    def test_html_of_a_text_is_text_in_the_trial_too(self):
        wave = self._checked("ref;order\na;<b>S1</b>\n", topic=self.order_topic)
        self.clerk.email = "clerk@example.com"
        preview = self._preview().create(
            {"partner_id": self.anna.id, "broadcast_id": wave.id}
        )
        preview.action_trial()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("&lt;b&gt;S1", mail.body_html)

    def test_a_plain_internal_user_previews_nothing(self):
        plain = self._staff("plain", "base.group_user")
        with self.assertRaises(AccessError):
            self._preview(plain).create({"partner_id": self.anna.id})
