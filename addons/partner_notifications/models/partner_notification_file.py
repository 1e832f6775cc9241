import io
import itertools
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from ..rules import table
from .partner_notification_pipeline import WAVE_FAULTS

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

LINES_AT_ONCE = 2_000
# a file that ends the worker each time does not end it for ever
MOST_ATTEMPTS = 3
FILE_STATES = [
    ("none", "Not checked"),
    ("waiting", "Waiting"),
    ("reading", "Being read"),
    ("comparing", "Being compared"),
    ("ready", "Read"),
    ("failed", "Cannot be read"),
]
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1251": "windows-1251",
    "koi8-r": "KOI8-R",
    "cp866": "cp866 (DOS)",
}
WORKING = ("waiting", "reading", "comparing")
# why a whole file is not taken
SENTENCES = {
    "too_big": _lt("The file is bigger than 20 MB: divide it."),
    "empty": _lt("The file is empty: its first row must name the columns."),
    "no_rows": _lt("The file has headings only: there are no rows below them."),
    "old_excel": _lt("This is an old Excel file: save it as XLSX or CSV."),
    "damaged": _lt("The file is damaged from row %(row)s on: save it anew."),
    "encoding": _lt("The letters of the file cannot be read: save it as UTF-8."),
    "too_many_columns": _lt("The file has more than %(most)s columns."),
    "too_many_rows": _lt("The file has more than %(most)s rows: divide it."),
    "no_key": _lt(
        "No column names the partners: one of them must be ref, inn, email or xmlid."
    ),
    "two_keys": _lt(
        "%(columns)s all name the partner: keep one of the columns, rename the others."
    ),
    "double_column": _lt("Column “%(column)s” is there twice: remove one."),
    "missing_columns": _lt(
        "The text asks for %(columns)s: the file needs columns of these names."
    ),
    "lost": _lt("The file is not there any more: upload it again."),
    "attempts": _lt(
        "Reading the file broke off three times: save it anew, with fewer rows."
    ),
}


class PartnerNotificationFile(models.AbstractModel):
    """A table that a person uploads and the scheduled action works through in batches.

    Read in two steps: the whole file is parsed into plain lines with no transaction
    open; the lines are worked through some thousand a transaction, and the place in
    them is stored with what came of them. A killed run goes on at that place.
    """

    _name = "partner.notification.file"
    _description = "Uploaded table, worked through in batches"

    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char(copy=False)
    file_state = fields.Selection(
        FILE_STATES,
        string="Result of the check",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    file_failure = fields.Char(readonly=True, copy=False)
    read_as = fields.Char(
        string="Read as",
        readonly=True,
        copy=False,
        help="How the letters and columns were understood.",
    )
    lines_file = fields.Binary(attachment=True, readonly=True, copy=False)
    header = fields.Json(readonly=True, copy=False)
    place = fields.Integer(readonly=True, copy=False, help="The step's own measure.")
    attempts = fields.Integer(readonly=True, copy=False)
    line_count = fields.Integer(string="Rows", readonly=True, copy=False)
    line_done = fields.Integer(string="Rows checked", readonly=True, copy=False)
    problem_count = fields.Integer(
        string="Rows with errors", compute="_compute_problem_count"
    )

    progress = fields.Float(string="Progress, %", compute="_compute_progress")
    in_work = fields.Boolean(
        compute="_compute_progress", help="The screen asks for news while it is."
    )

    @api.depends("file_state", "line_done", "line_count")
    def _compute_progress(self):
        for record in self:
            done, all_of_it = record._done_of()
            record.progress = 100 * done / all_of_it if all_of_it else 0
            record.in_work = record._is_in_work()

    def _done_of(self):
        """(done, all) of what is going on."""
        return self.line_done, self.line_count

    def _is_in_work(self):
        return self.file_state in WORKING

    def _compute_problem_count(self):
        counts = dict(
            self.env["partner.notification.file.problem"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for record in self:
            record.problem_count = counts.get(record.id, 0)

    # -- people ------------------------------------------------------------------------

    def action_check(self):
        """Have the file read by the scheduled action, from its beginning.

        :raises UserError: there is nothing to read, it is too big, or it is being read
        """
        for record in self:
            record.check_access("write")
            record._check_ready_to_read()
            record.sudo()._forget_reading()
        self.sudo().file_state = "waiting"
        self.env.ref("partner_notifications.ir_cron_files").sudo()._trigger()

    def _check_ready_to_read(self):
        """:raises UserError: there is nothing to read now"""
        if self.file_state in WORKING:
            raise UserError(self.env._("It is being checked already: wait a little."))
        self._check_file()

    def _check_file(self):
        """:raises UserError: there is no file, it is empty or too big"""
        stored = self._stored("file")
        if not stored and self.filename:  # a file without a byte leaves its name only
            raise UserError(self.env._("“%s” is empty.", self.filename))
        if not stored:
            raise UserError(self.env._("Choose a file first."))
        if stored.file_size > table.MOST_BYTES:
            raise UserError(self.env._(SENTENCES["too_big"]))

    def action_problems(self):
        """Hand over the rows with errors, each with the reason, as a file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/partner_notifications/problems/{self._name}/{self.id}",
            "target": "download",
        }

    # -- the scheduled action ----------------------------------------------------------

    @api.model
    def _cron_read(self):
        """Work through all files that wait, one after the other."""
        record = self._next_file()
        while record:
            left = record._carry_on_reading()
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break
            record = self._next_file()

    def _next_file(self):
        """The oldest record of any kind whose file is not worked through."""
        for name in self._all_kinds():
            found = self.env[name].search(
                [("file_state", "in", WORKING)], order="id", limit=1
            )
            if found:
                return found
        return None

    def _all_kinds(self):
        """Names of the models whose records hold such a file."""
        names = self.pool.descendants(["partner.notification.file"], "_inherit")
        return sorted(names - {"partner.notification.file"})

    def _carry_on_reading(self):
        """One step of a file; a file that fails does not stop the others.

        :return: number of steps left, one at least while the file is not done
        """
        if self.file_state == "waiting":
            self._open_file()
        else:
            try:
                with self.env.cr.savepoint():
                    self._read_step()
            except WAVE_FAULTS as error:
                self.env.invalidate_all()
                _logger.exception("%s %s: a batch failed", self._name, self.id)
                self._fail(str(error))
        return int(self.file_state in WORKING)

    def _read_step(self):
        """A batch of lines, in a transaction of its own."""
        lines, place = self._next_lines()
        if not lines:
            return self._fail(self._in_their_words().env._(SENTENCES["lost"]))
        taken = self._take_lines(lines)
        if taken < len(lines):
            _lines, place = self._next_lines(limit=taken)
        self.write({"place": place, "line_done": self.line_done + taken})
        if self.line_done >= self.line_count:
            self._stored("lines_file").unlink()
            self._lines_over()
        return None

    def _take_lines(self, lines):
        """Do what the lines ask for; what cannot be done is left as problems.

        :param list lines: (number in the file, cells or None)
        :return: how many were looked at, one at least
        """
        raise NotImplementedError

    def _lines_over(self):
        """All lines are looked at."""
        self.file_state = "ready"

    def _check_header(self, header):
        """:raises table.TableError: columns are missing"""
        raise NotImplementedError

    # -- parsing -----------------------------------------------------------------------

    def _open_file(self):
        """Parse the file into plain lines.

        No transaction is open meanwhile: a large spreadsheet takes many seconds, and
        the vacuum of the whole database would wait for its end.
        """
        if self.attempts >= MOST_ATTEMPTS:
            return self._fail(self.env._(SENTENCES["attempts"]))
        self.attempts += 1
        stored = self._stored("file")
        checksum, content = stored.checksum, stored.raw
        self.env["ir.cron"]._commit_progress(remaining=1)
        try:
            parsed = self._parse(content)
        except table.TableError as error:
            parsed = error
        # somebody may have taken another file meanwhile
        if self.file_state == "waiting" and self._stored("file").checksum == checksum:
            self._keep_parsed(parsed)
        return None

    @api.model
    def _parse(self, content):
        """(table, number of lines, the lines as JSON) of a file; no database."""
        opened = table.open_table(content)
        packed = io.BytesIO()
        count = 0
        for count, line in enumerate(opened.rows, 1):  # noqa: B007 counted to the end
            packed.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        return opened, count, packed.getvalue()

    def _keep_parsed(self, parsed):
        """Store the lines, or why there are none."""
        if isinstance(parsed, table.TableError):
            return self._fail(self._sentence(parsed))
        opened, count, lines = parsed
        try:
            self._check_header(opened.header)
            if not count:
                raise table.TableError("no_rows")
        except table.TableError as error:
            return self._fail(self._sentence(error))
        self._stored("lines_file").unlink()
        self.env["ir.attachment"].create(
            {
                "name": "lines_file",
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "lines_file",
                "raw": lines,
            }
        )
        return self.write(
            {
                "header": opened.header,
                "read_as": self._read_as(opened),
                "file_state": "reading",
                "line_count": count,
            }
        )

    @api.model
    def _read_as(self, opened):
        """How a file was understood, for a person to check."""
        if not opened.encoding:
            return "XLSX"
        encoding = ENCODINGS[opened.encoding]
        separator = "TAB" if opened.separator == "\t" else opened.separator
        return f"{encoding}, {separator}"

    def _sentence(self, error):
        """A TableError's sentence in the language of who uploaded."""
        sentence = self._in_their_words().env._(SENTENCES[error.code])
        return sentence % error.values

    def _in_their_words(self):
        """The record in the language of who uploaded the file: crons have none."""
        return self.with_context(lang=self.create_uid.lang)

    def _fail(self, sentence):
        """The file is not read on; ``sentence`` says why."""
        self.write({"file_state": "failed", "file_failure": sentence})

    def _next_lines(self, limit=LINES_AT_ONCE):
        """The lines from ``place`` on, and the place behind them."""
        packed = io.BytesIO(self._stored("lines_file").raw or b"")
        packed.seek(self.place)
        lines = [json.loads(line) for line in itertools.islice(packed, limit)]
        return lines, packed.tell()

    def _stored(self, name):
        """The attachment that holds a file of this record."""
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "=", self.id)
                & Domain("res_field", "=", name),
                limit=1,
            )
        )

    # -- problems ----------------------------------------------------------------------

    def _leave_problems(self, problems):
        """Keep the rows nothing could be done for.

        :param list problems: (number, cells or None, code, what the sentence names)
        """
        self.env["partner.notification.file.problem"].create(
            [
                {
                    "res_model": self._name,
                    "res_id": self.id,
                    "company_id": self.company_id.id,
                    "number": number,
                    "cells": cells or [],
                    "code": code,
                    "what": what,
                }
                for number, cells, code, what in problems
            ]
        )

    def _forget_reading(self):
        """As if the file had never been read."""
        self._drop_problems()
        self._stored("lines_file").unlink()
        self.write(
            {
                "file_state": "none",
                "file_failure": False,
                "read_as": False,
                "header": False,
                "place": 0,
                "attempts": 0,
                "line_count": 0,
                "line_done": 0,
            }
        )

    def _problems(self):
        """The rows with errors, by their place in the file."""
        return self.env["partner.notification.file.problem"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )

    def _drop_problems(self):
        """In one statement: there may be two hundred thousand."""
        problems = self.env["partner.notification.file.problem"]
        problems.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE res_model = %s AND res_id = ANY(%s)",
                SQL.identifier(problems._table),
                self._name,
                self.ids,
            )
        )
        problems.invalidate_model()

    def unlink(self):
        """The rows with errors go with their file."""
        ids, deleted = self, super().unlink()
        ids._drop_problems()
        return deleted
