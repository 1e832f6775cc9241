import base64
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, TransactionCase, freeze_time, new_test_user, tagged

from odoo.addons.base.models.ir_cron import IrCron

from ..models import partner_notification_file as file_model
from ..rules import table
from .common_upload import UploadBuilders


class UploadCase(UploadBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)


@tagged("post_install", "-at_install")
class TestUpload(UploadCase):
    """K9: own messages to an uploaded list, checked row by row, without noise."""

    def test_a_file_reaches_the_partners_it_names_with_its_own_values(self):
        first = self._partner("First", ref="C-1")
        second = self._partner("Second", ref="C-2")
        wave = self._checked("ref;order\nC-1;S1\nC-2;S2\n", topic=self.order_topic)
        self.assertEqual((wave.file_state, wave.company_count), ("ready", 2))
        self.assertEqual(wave.read_as, "UTF-8, ;")
        wave.action_send()
        self.assertEqual(wave.state, "queued")
        self._send(wave.sudo())
        self.assertEqual(self._receipts(self._persons(first)).body, "S1 is ready.")
        self.assertEqual(self._receipts(self._persons(second)).subject, "Order S2")

    def test_each_key_leads_to_the_company(self):
        partner = self._partner("Keyed", ref="test-key", vat="7701234567")
        person = self._persons(partner).partner_id
        person.email = "Anna@Example.com"
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "site.c-1", "record": partner}]
        )
        for key, value in (
            ("ref", "test-key"),
            ("inn", "RU 7701234567"),
            ("email", "anna@example.com"),
            ("xmlid", "site.c-1"),
        ):
            wave = self._checked(f"{key};note\n{value};x\n")
            self.assertEqual(self._problems_of(wave), [], key)
            candidates = self._candidates(wave)
            self.assertEqual(candidates.commercial_partner_id, partner, key)

    def _candidates(self, wave):
        return self.env["partner.notification.candidate"].search(
            [("broadcast_id", "=", wave.id)]
        )

    def test_rows_with_errors_stand_aside_with_their_reasons(self):
        self._partner("One", ref="ok")
        self._partner("Twin a", ref="twin")
        self._partner("Twin b", ref="twin")
        self._partner("Gone", ref="gone", persons=0).active = False
        other = self.env["res.company"].create({"name": "Other"})
        self._partner("Foreign", ref="foreign", company_id=other.id, persons=0)
        wave = self._checked(
            "ref;order\nok;S1\nnobody;S2\ntwin;S3\ngone;S4\nforeign;S5\nok;\n;S6\n"
            "ok;S7;more\n",
            topic=self.order_topic,
        )
        self.assertEqual(
            self._problems_of(wave),
            [
                (3, "unknown"),
                (4, "ambiguous"),
                (5, "unknown"),
                (6, "unknown"),
                (7, "missing_value"),
                (8, "no_recipient"),
                (9, "unreadable"),
            ],
        )
        self.assertEqual((wave.problem_count, wave.line_done), (7, 8))
        self.assertEqual(wave.candidate_count, 1)

    def test_the_error_file_is_read_again_once_mended(self):
        self._partner("One", ref="ok")
        wave = self._checked("ref;order\n=nobody;+7 913\n", topic=self.order_topic)
        content = wave._problems()._as_csv(wave.header).decode("utf-8-sig")
        self.assertIn("'=nobody;'+7 913;2;", content)
        mended = self._checked(
            content.replace("'=nobody", "ok"), topic=self.order_topic
        )
        self.assertEqual(self._problems_of(mended), [])
        self.assertEqual(self._candidates(mended).values, {"order": "+7 913"})
        self.assertEqual(mended.ignored_columns, "row, error")

    def test_a_file_without_the_columns_of_the_text_fails_with_a_sentence(self):
        for content, sentence in (
            ("name;order\nx;y\n", "No column names the partners"),
            ("ref\nx\n", "The text asks for order"),
            ("ref;order\n", "there are no rows below them"),
            ("\n", "The file is empty"),
        ):
            wave = self._checked(content, topic=self.order_topic)
            self.assertEqual(wave.file_state, "failed")
            self.assertIn(sentence, wave.file_failure)
            with self.assertRaisesRegex(UserError, "Check"):
                wave.action_send()

    def test_a_file_without_a_byte_is_called_empty(self):
        wave = self._upload("ref\nx\n")
        wave.write({"file": False, "filename": "list.csv"})
        with self.assertRaisesRegex(UserError, "“list.csv” is empty"):
            wave.action_check()
        wave.filename = False
        with self.assertRaisesRegex(UserError, "Choose a file first"):
            wave.action_check()

    def test_a_failure_is_told_in_the_language_of_who_uploaded(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.clerk.lang = "ru_RU"
        wave = self._checked("name\nx\n")
        # no translation is loaded in a test: the language asked for is what counts
        self.assertEqual(wave.sudo()._in_their_words().env.lang, "ru_RU")

    def test_a_damaged_file_and_one_too_big_are_told(self):
        wave = self._checked(b"PK\x03\x04 no spreadsheet")
        self.assertIn("damaged", wave.file_failure)
        wave = self._upload("ref\nx\n")
        with patch.object(table, "MOST_BYTES", 3):
            with self.assertRaisesRegex(UserError, "20 MB"):
                wave.action_check()
        self.assertEqual(wave.file_state, "none")

    def test_the_screen_says_the_limits_that_are_kept(self):
        for model in ("partner.notification.broadcast", self._list_model):
            arch = self.env[model].get_view(view_type="form")["arch"]
            said = f"'most_megabytes': {table.MOST_BYTES // 1024**2}, "
            self.assertIn(said + f"'most_rows': {table.MOST_ROWS}", arch)

    _list_model = "partner.notification.delivery.list"

    def test_html_is_text(self):
        partner = self._partner("Anna", ref="a")
        wave = self._checked(
            'ref;order\na;"<b onclick=""x()"">1</b>"\n', topic=self.order_topic
        )
        wave.action_send()
        self._send(wave.sudo())
        receipt = self._receipts(self._persons(partner))
        self.assertEqual(receipt.body, '<b onclick="x()">1</b> is ready.')

    def test_an_amount_with_its_currency_is_written_in_the_readers_way(self):
        partner = self._partner("Debtor", ref="d")
        topic = self._topic(subject="Debt", body="{amount} until {until}")
        currency = self.company.currency_id
        wave = self._checked(
            self._xlsx(
                ["ref", "amount", "currency", "until"],
                ["d", 1234567.5, currency.name, fields.Date.to_date("2026-11-30")],
            ),
            topic=topic,
        )
        self.assertEqual(self._problems_of(wave), [])
        self.assertEqual(self._candidates(wave).amount, 1234567.5)
        wave.action_send()
        self._send(wave.sudo())
        body = self._receipts(self._persons(partner)).body
        self.assertIn("1,234,567.50", body)
        self.assertIn("11/30/2026", body)

    def test_several_texts_of_a_file_for_one_company_are_told_each_once(self):
        self._partner("Anna", ref="a")
        wave = self._checked("ref;order\na;S1\na;S2\na;S1\n", topic=self.order_topic)
        self.assertEqual((wave.company_count, wave.candidate_count), (1, 3))
        self.assertEqual((wave.expected_sent, wave.expected_duplicate), (2, 1))
        wave.action_send()
        self._send(wave.sudo())
        self.assertEqual((wave.sent_count, wave.duplicate_count), (2, 1))

    # -- a filter ----------------------------------------------------------------------

    def test_a_filter_reaches_each_company_once(self):
        tag = self.env["res.partner.category"].create({"name": "Wholesale"})
        partner = self._partner("Big", persons=2, category_id=[(4, tag.id)])
        self._persons(partner).partner_id.category_id = tag
        self._partner("Small")
        wave = self._upload(
            "", recipients_by="filter", domain=f"[('category_id', 'in', [{tag.id}])]"
        )
        self._read(wave)
        self.assertEqual(wave.company_count, 1)
        self.assertEqual(wave.expected_sent + wave.expected_duplicate, 1)
        wave.action_send()
        self._send(wave.sudo())
        self.assertEqual(wave.notification_ids.commercial_partner_id, partner)

    def test_a_filter_is_worked_through_in_batches(self):
        tag = self.env["res.partner.category"].create({"name": "Wholesale"})
        for number in range(5):
            self._partner(f"P{number}", category_id=[(4, tag.id)], persons=0)
        wave = self._upload(
            "", recipients_by="filter", domain=f"[('category_id', 'in', [{tag.id}])]"
        )
        path = "odoo.addons.partner_notifications.models"
        path += ".partner_notification_broadcast_upload"
        with (
            patch(f"{path}.PARTNERS_AT_ONCE", 2),
            patch(f"{path}.CANDIDATES_AT_ONCE", 2),
        ):
            self._read(wave)
        self.assertEqual((wave.company_count, wave.expected_no_portal_user), (5, 5))

    def test_a_filter_cannot_fill_columns_and_must_be_readable(self):
        wave = self._upload("", topic=self.order_topic, recipients_by="filter")
        self._read(wave)
        self.assertIn("order", wave.file_failure)
        with self.assertRaisesRegex(ValidationError, "filter"):
            wave.domain = "[('nothing', '=', 1)]"

    def test_a_filter_finds_what_its_author_may_see(self):
        hidden = self._partner("Hidden", persons=0, ref="hidden-1")
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        wave = self._upload(
            "", recipients_by="filter", domain="[('ref', '=', 'hidden-1')]"
        )
        self._read(wave)
        self.assertEqual(wave.company_count, 0)
        with self.assertRaisesRegex(UserError, "Nobody"):
            wave.action_send()

    # -- duplicates and noise ----------------------------------------------------------

    def test_the_report_tells_noise_before_anything_is_sent(self):
        self.topic.write({"cap": 1, "cap_days": 14})
        fresh, capped = self._partner("Fresh", ref="1"), self._partner("Full", ref="2")
        self._partner("Silent", ref="3", persons=0)
        muted = self._partner("Muted", ref="4")
        self.env["partner.notification.preference"].create(
            {
                "user_id": self._persons(muted).id,
                "topic_id": self.topic.id,
                "enabled": False,
            }
        )
        self._send(self._wave([capped], subject="Other news"))
        wave = self._checked("ref;x\n1;\n2;\n3;\n4;\n1;\n")
        self.assertEqual(
            {
                "sent": wave.expected_sent,
                "capped": wave.expected_capped,
                "no_portal_user": wave.expected_no_portal_user,
                "muted": wave.expected_muted,
                "duplicate": wave.expected_duplicate,
                "same": wave.expected_same,
            },
            {
                "sent": 1,
                "capped": 1,
                "no_portal_user": 1,
                "muted": 1,
                "duplicate": 1,
                "same": 0,
            },
        )
        self.assertFalse(self._receipts(self._persons(fresh)))

    def test_the_same_text_lately_is_told_and_left_out(self):
        partner = self._partner("Anna", ref="a")
        other = self._partner("Boris", ref="b")
        first = self._checked("ref\na\n")
        first.action_send()
        self._send(first.sudo())
        again = self._checked("ref\na\nb\n")
        self.assertEqual((again.expected_same, again.expected_sent), (1, 1))
        again.action_send()
        self._send(again.sudo())
        self.assertEqual(again.notification_ids.commercial_partner_id, other)
        self.assertEqual(again.duplicate_count, 1)
        self.assertEqual(len(self._receipts(self._persons(partner))), 1)
        meant = self._checked("ref\na\n", leave_out_same=False)
        self.assertEqual((meant.expected_same, meant.expected_sent), (1, 1))
        with freeze_time(fields.Datetime.now() + timedelta(days=20)):
            later = self._checked("ref\na\n")
            self.assertEqual((later.expected_same, later.expected_sent), (0, 1))

    def test_two_clerks_with_the_same_file_at_once_tell_it_once(self):
        partner = self._partner("Anna", ref="a")
        waves = [
            self._checked("ref\na\n", user=user) for user in (self.clerk, self.second)
        ]
        for wave in waves:
            self.assertEqual(wave.expected_same, 0)
            wave.action_send()
        for wave in waves:
            self._send(wave.sudo())
        self.assertEqual(len(self._receipts(self._persons(partner))), 1)

    # -- words -------------------------------------------------------------------------

    def test_own_words_are_checked_when_saved(self):
        with self.assertRaisesRegex(ValidationError, r"\{partner.name\}"):
            self._upload("ref\na\n", body="Dear {partner.name}")
        wave = self._upload("ref\na\n", body="Dear {partner}")
        self.env["res.lang"]._activate_lang("ru_RU")
        with self.assertRaisesRegex(ValidationError, "placeholder"):
            wave.update_field_translations("body", {"ru_RU": "{"})

    def test_another_topic_brings_its_words(self):
        wave = self._upload("ref\na\n")
        wave.topic_id = self.order_topic
        self.assertEqual(wave.body, "{order} is ready.")
        wave.write({"topic_id": self.topic.id, "body": "Own words"})
        self.assertEqual((wave.subject, wave.body), ("News for {partner}", "Own words"))

    def test_nobody_is_held_out_of_a_topic_for_everybody(self):
        with self.assertRaisesRegex(ValidationError, "for everybody"):
            self._upload("ref\na\n", hold_out_share=10)
        self.topic.allow_hold_out = True
        with self.assertRaisesRegex(ValidationError, "100 %"):
            self._upload("ref\na\n", hold_out_share=100)

    # -- batches and faults ------------------------------------------------------------

    def test_a_killed_reading_goes_on_where_it_was(self):
        for number in range(7):
            self._partner(f"P{number}", ref=f"r{number}", persons=0)
        content = "ref\n" + "".join(f"r{number}\n" for number in range(7)) + "nobody\n"
        wave = self._upload(content)
        wave.action_check()
        with patch.object(file_model, "LINES_AT_ONCE", 3):
            for _step in range(20):
                record = self.env["partner.notification.file"]._next_file()
                if not record:
                    break
                # each step in a world of its own, as after a killed worker
                with patch.object(
                    IrCron, "_commit_progress", lambda *_args, **_named: 9
                ):
                    record._carry_on_reading()
                self.env.invalidate_all()
        self.assertEqual((wave.file_state, wave.line_done), ("ready", 8))
        self.assertEqual((wave.candidate_count, wave.problem_count), (7, 1))

    def test_a_batch_that_fails_leaves_nothing_and_stops_no_other_file(self):
        self._partner("Anna", ref="a")
        bad, good = self._upload("ref\na\n"), self._upload("ref\na\n")
        bad.action_check()
        good.action_check()
        model = type(self.env["partner.notification.broadcast"])
        take = model._take_lines

        def fail_once(wave, lines):
            taken = take(wave, lines)
            if wave.id == bad.id:
                raise ValueError("a fault")
            return taken

        with (
            patch.object(model, "_take_lines", fail_once),
            self.assertLogs("odoo.addons.partner_notifications", "ERROR"),
        ):
            self._run_files()
        self.assertEqual((bad.file_state, bad.file_failure), ("failed", "a fault"))
        self.assertFalse(self._candidates(bad))
        self.assertEqual(good.file_state, "ready")

    def test_a_file_that_ends_the_worker_three_times_is_given_up(self):
        wave = self._upload("ref\na\n")
        wave.action_check()
        for _attempt in range(3):
            # assertRaises would roll back what is committed there
            with (
                patch.object(type(wave), "_parse", side_effect=MemoryError) as parse,
                suppress(MemoryError),
            ):
                self._run_files()
            parse.assert_called_once()
        self._run_files()
        self.assertEqual(wave.file_state, "failed")
        self.assertIn("three times", wave.file_failure)

    def test_another_file_taken_while_one_is_parsed_is_read_instead(self):
        self._partner("Anna", ref="new")
        wave = self._upload("ref\nold\n")
        wave.action_check()
        model = type(wave)
        parse = model._parse

        def exchange(record, content):
            if b"old" in content:
                draft = record.with_user(self.clerk)
                draft.write({"file": base64.b64encode(b"ref\nnew\n")})
                draft.action_check()
            return parse(record, content)

        with patch.object(model, "_parse", exchange):
            self._run_files()
        self.assertEqual((wave.file_state, wave.company_count), ("ready", 1))
        self.assertFalse(wave.problem_count)

    def test_lines_that_are_gone_are_told_and_not_waited_for(self):
        wave = self._upload("ref\na\n")
        wave.action_check()
        with patch.object(type(wave), "_next_lines", lambda *_, **_named: ([], 0)):
            self._run_files()
        self.assertEqual(wave.file_state, "failed")
        self.assertIn("upload it again", wave.file_failure)

    def test_a_filter_is_checked_again(self):
        wave = self._upload("", recipients_by="filter", domain="[('ref', '=', 'a')]")
        self._read(wave)
        self._partner("Anna", ref="a")
        self._read(wave)
        self.assertEqual(wave.company_count, 1)

    def test_a_check_again_forgets_what_was_found(self):
        self._partner("Anna", ref="a")
        wave = self._checked("ref\na\nb\n")
        self.assertEqual((wave.candidate_count, wave.problem_count), (1, 1))
        self._read(wave)
        self.assertEqual((wave.candidate_count, wave.problem_count), (1, 1))
        wave.write({"file": base64.b64encode(b"ref\nb\n")})
        self.assertEqual((wave.file_state, wave.candidate_count), ("none", 0))
        self.assertFalse(self._candidates(wave) or wave.problem_count)

    def test_queries_do_not_grow_with_the_rows(self):
        for number in range(40):
            self._partner(f"P{number}", ref=f"r{number}", persons=0)

        def queries(rows):
            wave = self._upload("ref\n" + "".join(f"r{n}\n" for n in range(rows)))
            wave.action_check()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._run_files()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(40), queries(4) + 1)

    def test_stopping_a_draft_takes_its_recipients_away(self):
        self._partner("Anna", ref="a")
        wave = self._checked("ref\na\n")
        wave.action_stop()
        self.assertEqual((wave.state, wave.candidate_count), ("stopped", 0))
        self.assertFalse(self._candidates(wave))

    def test_progress_is_shown_while_it_is_worked_on(self):
        self._partner("Anna", ref="a")
        wave = self._upload("ref\na\n")
        self.assertFalse(wave.in_work)
        wave.action_check()
        self.assertTrue(wave.in_work)
        self._run_files()
        self.assertEqual((wave.in_work, wave.progress), (False, 100))


@tagged("post_install", "-at_install")
class TestUploadRights(UploadCase):
    """Who may upload, and whose uploads one sees."""

    def test_only_the_service_centre_uploads(self):
        self._checked("ref\na\n", user=self.clerk)
        manager = self._staff("manager", "partner_notifications.group_manager")
        self._checked("ref\na\n", user=manager)
        outsiders = [
            self._staff("plain", "base.group_user"),
            self._staff("sender", "base.group_user,partner_notifications.group_sender"),
            self._persons(self._partner()),
        ]
        for user in outsiders:
            with self.assertRaises(AccessError):
                self._upload("ref\na\n", user=user)
            for model in (
                "partner.notification.broadcast",
                "partner.notification.file.problem",
                "partner.notification.delivery.list",
                "partner.notification.push.day",
            ):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_a_clerk_sees_no_upload_of_another_company(self):
        wave = self._checked("ref\nnobody\n")
        other = self.env["res.company"].create({"name": "Other"})
        clerk = new_test_user(
            self.env,
            "test_elsewhere",
            groups="partner_notifications.group_clerk",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
            context={"no_reset_password": True},
        )
        theirs = wave.with_user(clerk)
        theirs = theirs.with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("id", "=", wave.id)]))
        self.assertFalse(theirs.env["partner.notification.file.problem"].search([]))
        for act in (theirs.action_check, theirs.action_send, theirs.action_stop):
            with self.assertRaises(AccessError):
                act()


@tagged("post_install", "-at_install")
class TestProblemFile(UploadBuilders, HttpCase):
    """The rows with errors as a file, for who may read the upload."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        cls.wave = cls._checked("ref;order\n=x;S1\n", topic=cls.order_topic)
        cls.url = cls.wave.action_problems()["url"]

    def _login(self, user):
        user.password = f"{user.login}-password"
        self.authenticate(user.login, user.password)

    def test_a_clerk_downloads_the_rows_with_their_reasons(self):
        self._login(self.clerk)
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("text/csv", response.headers["Content-Type"])
        disposition = response.headers["Content-Disposition"]
        self.assertIn("attachment", disposition)
        self.assertTrue(disposition.endswith("errors%20of%20list.csv"), disposition)
        header, row = response.content.decode("utf-8-sig").splitlines()
        self.assertEqual(header, "ref;order;row;error")
        self.assertEqual(row, "'=x;S1;2;No partner in use has the key “=x”.")

    def test_nobody_else_does(self):
        for user in (
            self._staff("plain", "base.group_user"),
            self._persons(self._partner()),
        ):
            self._login(user)
            self.assertEqual(self.url_open(self.url).status_code, 403)
        self.authenticate(None, None)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertEqual(response.status_code, 303)

    def test_only_uploads_have_such_a_file(self):
        self._login(self.clerk)
        for path in ("res.partner/1", "partner.notification.file/1", "nothing/1"):
            url = f"/partner_notifications/problems/{path}"
            self.assertEqual(self.url_open(url).status_code, 404)
        missing = self.url.rsplit("/", 1)[0] + "/999999999"
        self.assertEqual(self.url_open(missing).status_code, 404)
