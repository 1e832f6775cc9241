from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.chat_center_bridge.models import ir_attachment
from odoo.addons.chat_center_bridge.rules.adapter import choose_limit

from .common import ChatBuilders
from .provider import ProviderMixin

PDF = b"%PDF-1.4 a bill"


@tagged("post_install", "-at_install")
class TestOutboxFiles(ProviderMixin, ChatBuilders, HttpCase):
    """Files of operators, within what the messenger takes (E10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()
        cls.channel = cls._conversation()

    def _file(self, name="bill.pdf", raw=PDF, **values):
        return self.env["ir.attachment"].create({"name": name, "raw": raw, **values})

    def _send(self, *files, body=""):
        ids = [file.id for file in files]
        row = self._reply(self.channel, body=body, attachment_ids=ids)
        self._drain()
        return row

    def test_a_file_goes_out_with_its_content_and_name(self):
        row = self._send(self._file(name="счёт.pdf"))
        [(path, body)] = self.provider.requests
        self.assertTrue(path.endswith("/sendDocument"))
        self.assertIn(PDF, body)
        self.assertIn("счёт.pdf".encode(), body)
        self.assertEqual(row.state, "sent")

    def test_a_text_stands_below_its_file(self):
        self._send(self._file(), body="Your bill")
        [(_path, body)] = self.provider.requests
        self.assertIn(b'name="caption"\r\n\r\nYour bill', body)

    def test_each_of_several_files_is_a_part(self):
        row = self._send(self._file(), self._file("b.pdf"), body="Bills")
        self.assertEqual(
            row.part_ids.mapped("name"), ["sendMessage", "sendDocument", "sendDocument"]
        )

    def test_an_empty_file_is_refused(self):
        with self.assertRaisesRegex(UserError, "bill.pdf is empty"):
            self._send(self._file(raw=b""))

    def test_a_file_removed_meanwhile_is_told(self):
        file = self._file()
        row = self._reply(self.channel, body="Bill", attachment_ids=file.ids)
        file.unlink()
        self._drain()
        self.assertEqual(row.state, "failed")
        self.assertIn("was removed", row.error)
        self.assertFalse(self.provider.requests)

    def _send_too_large(self, file):
        """Send a file as if it had 60 MB."""

        def as_large(one, limits):
            return choose_limit(replace(one, size=60 * 2**20), limits)

        with patch.object(ir_attachment, "choose_limit", as_large):
            self._send(file)
        [text] = self.provider.texts
        return text

    def test_what_is_too_large_goes_as_a_link_that_serves_it(self):
        text = self._send_too_large(self._file())
        self.assertTrue(text.startswith("bill.pdf ("))
        url = text.partition(": ")[2]
        answer = self.url_open(url[url.index("/web/") :])
        self.assertEqual(answer.content, PDF)
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_a_link_tells_how_big_the_file_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env.company.partner_id.lang = "ru_RU"
        file = self._file()
        self.assertTrue(self._send_too_large(file).startswith("bill.pdf (1 КБ): "))
        large = self.env["ir.attachment"].new({"file_size": 60 * 2**20})
        self.assertEqual(large._chat_size(), "60 MB")

    def test_a_link_serves_nothing_else_and_not_for_ever(self):
        other = self._file("secret.pdf")
        file = self._file()
        url = self._send_too_large(file).partition(": ")[2]
        place = url[url.index("/web/") :]
        stolen = place.replace(f"/{file.id}?", f"/{other.id}?")
        self.assertEqual(self.url_open(stolen).status_code, 404)
        later = place.rpartition("o0x")[0] + "o0x1"
        self.assertEqual(self.url_open(later).status_code, 404)
