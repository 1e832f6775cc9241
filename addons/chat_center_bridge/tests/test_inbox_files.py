import json
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.chat_center_bridge.models import (
    chat_gateway_setting,
    chat_inbox_file,
)
from odoo.addons.chat_center_bridge.rules import fetching
from odoo.addons.mail.tools.discuss import Store

from .common import TOKEN, ChatBuilders
from .provider import Killed, ProviderMixin
from .test_outbox import PNG

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LOCATED = (200, {"ok": True, "result": {"file_id": "F1", "file_path": "photos/1.jpg"}})


@tagged("post_install", "-at_install")
class TestInboxFiles(ProviderMixin, ChatBuilders, TransactionCase):
    """Files of customers come after their messages (E10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()

    def _photo(self, number=1, **values):
        photo = {"file_id": "F1", "width": 9, "height": 9, "file_size": 90, **values}
        rows = self._receive(self._update(text="", number=number, photo=[photo]))
        return self.env["chat.inbox.file"].search(
            [("message_id", "=", rows[-1:].message_id.id)]
        )

    def _fetch(self, file, *answers):
        self.provider.answers = list(answers)
        with self.own_transactions():
            file._fetch()
        self.env.invalidate_all()

    def _job(self):
        return self.env["queue.job"].search(
            [("model_name", "=", "chat.inbox.file"), ("method_name", "=", "_fetch")]
        )

    def test_the_message_is_there_before_its_file(self):
        file = self._photo()
        self.assertEqual(file.state, "new")
        self.assertFalse(file.message_id.attachment_ids)
        self.assertFalse(self.provider.requests)
        self.assertEqual(self._job().channel, "root.chat_files")
        self.assertNotIn(TOKEN, str(self._job().args))

    @mute_logger("odoo.addons.chat_center_bridge.models.chat_inbox_file")
    def test_keys_that_open_nothing_put_it_off_and_are_told_at_last(self):
        file = self._photo()
        keys = {chat_gateway_setting.KEYS_VARIABLE: Fernet.generate_key().decode()}
        with patch.dict("os.environ", keys):
            self._fetch(file)
            self.assertEqual(file.state, "new")
            self.assertTrue(self._job().filtered("eta"))
            for _time in range(chat_inbox_file.MOST_TRIES):
                self._fetch(file)
        self.assertEqual(file.state, "failed")
        self.assertIn("keys of this installation", file.error)
        self.assertFalse(self.provider.requests)

    def test_the_file_is_put_to_its_message(self):
        file = self._photo()
        self._fetch(file, LOCATED, (200, PNG))
        attachment = file.message_id.attachment_ids
        self.assertEqual(attachment.raw, PNG)
        self.assertEqual(attachment.mimetype, "image/png")
        self.assertEqual(attachment.res_id, file.message_id.res_id)
        self.assertEqual((file.state, file.scan), ("done", "not_scanned"))
        self.assertTrue(self.provider.requests[1][0].endswith("/photos/1.jpg"))

    def test_a_job_run_twice_adds_one_file(self):
        file = self._photo()
        self._fetch(file, LOCATED, (200, PNG))
        self._fetch(file, LOCATED, (200, PNG))
        self.assertEqual(len(file.message_id.attachment_ids), 1)

    def test_two_jobs_at_once_add_one_file(self):
        file = self._photo()
        keep = type(file)._keep

        def after_another(row, content):
            keep(row, content)
            keep(row, content)

        with patch.object(type(file), "_keep", after_another):
            self._fetch(file, LOCATED, (200, PNG))
        self.assertEqual(len(file.message_id.attachment_ids), 1)

    def test_killed_while_it_is_fetched_it_is_fetched_again(self):
        file = self._photo()
        with patch.object(type(file), "_keep", side_effect=Killed):
            self._fetch(file, LOCATED, (200, PNG))
        self.assertEqual((file.state, file.attempt), ("new", 1))
        self._fetch(file, LOCATED, (200, PNG))
        self.assertEqual(len(file.message_id.attachment_ids), 1)

    def test_replay_fetches_nothing_again(self):
        file = self._photo()
        row = self.env["chat.inbox"].search([("message_id", "=", file.message_id.id)])
        row.action_try_again()
        row._work_off()
        self.assertEqual(len(file.message_id.chat_file_ids), 1)

    def test_markup_is_kept_as_text(self):
        for number, content in enumerate((SVG, b"<html><script>1</script></html>"), 1):
            file = self._photo(number, file_id=f"F{number}")
            self._fetch(file, LOCATED, (200, content))
            self.assertEqual(file.attachment_id.mimetype, "text/plain")
            self.assertEqual(file.attachment_id.raw, content)

    def test_an_infected_file_is_not_kept(self):
        file = self._photo()
        with patch.object(type(file), "_scan_attachment", return_value="infected"):
            self._fetch(file, LOCATED, (200, PNG))
        self.assertEqual((file.state, file.scan), ("failed", "infected"))
        self.assertFalse(file.message_id.attachment_ids)
        self.assertIn("is infected", file._as_sign()["title"])

    def test_what_is_too_big_is_told_with_the_limit(self):
        file = self._photo(file_size=30 * 2**20)
        self._fetch(file)
        self.assertEqual(file.state, "failed")
        self.assertIn("hands over 20.0 MB", file._as_sign()["title"])
        self.assertFalse(self.provider.requests)

    def test_a_file_bigger_than_told_is_not_read_to_its_end(self):
        file = self._photo()
        limits = fetching.calling.TooBig
        with patch.object(fetching.calling, "_read", side_effect=[b"{}", limits]):
            self._fetch(file, LOCATED, (200, PNG))
        self.assertEqual(file.state, "failed")

    def test_a_file_that_is_gone_is_told(self):
        file = self._photo()
        self._fetch(file, (200, {"ok": True, "result": {"file_id": "F1"}}))
        self.assertIn("no longer has the file", file._as_sign()["title"])

    def test_a_failure_of_the_provider_is_tried_again_some_times(self):
        file = self._photo()
        for attempt in range(1, chat_inbox_file.MOST_TRIES):
            self._fetch(file, (502, {}))
            self.assertEqual((file.state, file.attempt), ("new", attempt))
        self.assertEqual(len(self._job()), chat_inbox_file.MOST_TRIES)
        self._fetch(file, (502, {}))
        self.assertEqual(file.state, "failed")

    def test_the_operator_sees_what_is_missing(self):
        operator = self._operator("olga")
        file = self._photo()
        channel = self.env["discuss.channel"].browse(file.message_id.res_id)
        channel._chat_take(operator, "base")
        message = file.message_id.with_user(operator.user_id)
        [data] = Store().add(message).get_result()["mail.message"]
        self.assertIn("Being fetched", json.dumps(data["chat_files"]))
        with self.assertRaises(AccessError):
            file.with_user(operator.user_id).read(["description"])

    def test_the_content_decides_on_the_type(self):
        for guessed, told, kept in (
            ("image/png", "text/html", "image/png"),
            ("application/octet-stream", "audio/ogg", "audio/ogg"),
            ("application/octet-stream", "text/html", "application/octet-stream"),
        ):
            self.assertEqual(fetching.type_of(guessed, told), kept)
