import logging

from odoo.tests import BaseCase, tagged

from ..rules.veiling import Veil, veiled


@tagged("post_install", "-at_install")
class TestVeiling(BaseCase):
    """The word of WhatsApp's question stands in no log (design 6)."""

    LINE = '"GET /chat_center/whatsapp/x?hub.mode=subscribe&%s HTTP/1.1" 200 -'

    def test_the_word_is_veiled_and_the_rest_is_not(self):
        for asked, told in (
            ("hub.verify_token=a-b_c%20d&hub.challenge=1", "***&hub.challenge=1"),
            ("hub.challenge=1&hub.verify_token=abc", "***"),
            ("HUB.VERIFY_TOKEN=abc", "***"),
        ):
            with self.subTest(asked):
                line = veiled(self.LINE % asked)
                self.assertIn(told, line)
                self.assertTrue(line.endswith('HTTP/1.1" 200 -'), line)
                self.assertNotIn("abc", line)
                self.assertNotIn("a-b_c", line)

    def test_other_lines_are_as_they_were(self):
        for text in ("GET /web?hub.mode=subscribe", "", None, 200):
            self.assertEqual(veiled(text), text)

    def test_the_log_of_requests_is_veiled(self):
        veils = [
            one
            for one in logging.getLogger("werkzeug").filters
            if isinstance(one, Veil)
        ]
        self.assertEqual(len(veils), 1)
        line = self.LINE % "hub.verify_token=abc"
        for told, arguments in (("%s %s", (line, 200)), (line, ())):
            record = logging.makeLogRecord({"msg": told, "args": arguments})
            self.assertTrue(veils[0].filter(record))
            self.assertNotIn("abc", record.getMessage())
            self.assertIn("hub.mode=subscribe", record.getMessage())
