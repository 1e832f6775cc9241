from odoo.tests import HttpCase, tagged

from .common_upload import UploadBuilders


@tagged("post_install", "-at_install")
class TestUploadTour(UploadBuilders, HttpCase):
    """A clerk's way from a file to the partner's portal, by clicking (K9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        cls.order_topic.name = "Orders ready"

    def test_a_file_is_uploaded_checked_and_sent(self):
        partner = self._partner("Romashka", ref="R-1")
        self.start_tour(
            "/odoo/notification-broadcasts",
            "partner_notifications_upload",
            login=self.clerk.login,
        )
        wave = self.env["partner.notification.broadcast"].search(
            [("author_id", "=", self.clerk.id)]
        )
        self.assertEqual(wave.file_state, "waiting")
        self._run_files()
        self.start_tour(
            f"/odoo/notification-broadcasts/{wave.id}",
            "partner_notifications_send",
            login=self.clerk.login,
        )
        self.env.invalidate_all()
        self.assertEqual(wave.state, "queued")
        self._send(wave)
        receipt = self._receipts(self._persons(partner))
        self.assertEqual(receipt.body, "S-1 is ready.")
