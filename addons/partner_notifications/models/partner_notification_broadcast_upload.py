import ast
import json
from collections import Counter
from datetime import timedelta

from psycopg2.extras import execute_values

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules import placeholders, table, upload

PARTNERS_AT_ONCE = 10_000
CANDIDATES_AT_ONCE = 2_000
# what a broadcast would come to, as ``report`` counts it
EXPECTED = (
    "sent",
    "hold_out",
    "capped",
    "muted",
    "no_portal_user",
    "inactive_topic",
    "same",
    "duplicate",
)


class PartnerNotificationBroadcast(models.Model):
    """A broadcast a person makes: recipients from a file or a filter, own words.

    A check comes first: every row is read, every recipient looked up, and what would
    become of them is counted. Only what was checked can be sent.
    """

    # one file a concern of the broadcast
    _name = "partner.notification.broadcast"
    _inherit = ["partner.notification.broadcast", "partner.notification.file"]

    request = fields.Char(
        string="Asked for by", help="Who wanted the broadcast, and where it is written."
    )
    recipients_by = fields.Selection(
        [("file", "A file"), ("filter", "A filter")],
        string="Recipients from",
        default="file",
        required=True,
    )
    domain = fields.Char(
        string="Partners",
        default="[]",
        help="Their companies get it; read with your own rights.",
    )
    leave_out_same = fields.Boolean(
        string="Not twice the same",
        default=True,
        help="Who got the very same text of this topic lately is left out.",
    )
    ignored_columns = fields.Char(readonly=True, copy=False)
    company_count = fields.Integer(
        string="Different companies", readonly=True, copy=False
    )
    report = fields.Json(readonly=True, copy=False)
    checked_at = fields.Datetime(
        string="As of", readonly=True, copy=False, help="When the check was done."
    )
    expected_sent = fields.Integer(
        string="Would get it",
        compute="_compute_expected",
        help="As things stood at the check; the preview decides anew.",
    )
    expected_hold_out = fields.Integer(
        string="Would be held out", compute="_compute_expected"
    )
    expected_capped = fields.Integer(
        string="Have had too many lately", compute="_compute_expected"
    )
    expected_muted = fields.Integer(
        string="Have switched the topic off", compute="_compute_expected"
    )
    expected_no_portal_user = fields.Integer(
        string="Have no access to the portal", compute="_compute_expected"
    )
    expected_inactive_topic = fields.Integer(
        string="The topic is retired", compute="_compute_expected"
    )
    expected_same = fields.Integer(
        string="Got the same text lately", compute="_compute_expected"
    )
    expected_duplicate = fields.Integer(
        string="Repeated rows",
        compute="_compute_expected",
        help="Twice in the file, or the key was used before.",
    )

    @api.depends("report")
    def _compute_expected(self):
        for wave in self:
            for name in EXPECTED:
                wave[f"expected_{name}"] = (wave.report or {}).get(name, 0)

    @api.depends("state", "left_count", "place", "report")
    def _compute_progress(self):
        """Of the check while it runs, then of the sending."""
        return super()._compute_progress()

    def _done_of(self):
        if self.state != "draft":
            return self.candidate_count - self.left_count, self.candidate_count
        if self.file_state == "comparing":
            return (self.report or {}).get("looked_at", 0), self.candidate_count
        return super()._done_of()

    def _is_in_work(self):
        return self.state in ("queued", "running") or super()._is_in_work()

    # -- words -------------------------------------------------------------------------

    @api.constrains("subject", "body")
    def _check_words(self):
        """Every language's text has braces in pairs with a plain name in them."""
        for wave in self:
            try:
                wave._word_names()
            except placeholders.PlaceholderError as error:
                raise ValidationError(
                    wave.env._(
                        "“%(part)s” is not a placeholder. Write a plain name in braces,"
                        " such as {partner}; a brace itself is written twice.",
                        part=error.part,
                    )
                ) from error

    def _word_names(self):
        """The names its subject and body ask for, in any language."""
        self.ensure_one()
        texts = [
            text
            for name in ("subject", "body")
            for text in (
                self._fields[name]._get_stored_translations(self) or {}
            ).values()
        ]
        return set().union(*map(placeholders.names, texts))

    @api.constrains("hold_out_share", "topic_id")
    def _check_hold_out(self):
        """Nobody is held out of a topic that does not allow it."""
        for wave in self:
            if not 0 <= wave.hold_out_share < 100:
                raise ValidationError(
                    wave.env._("Less than 100 % can be held out, and not below zero.")
                )
            if wave.hold_out_share and not wave.topic_id.allow_hold_out:
                raise ValidationError(
                    wave.env._(
                        "Topic “%s” is for everybody: nobody is held out of it.",
                        wave.topic_id.name,
                    )
                )

    @api.constrains("domain", "recipients_by")
    def _check_domain(self):
        """The filter names fields there are and no variables."""
        for wave in self:
            if wave.recipients_by != "filter":
                continue
            try:
                wave._filtered_partners()
            except (SyntaxError, ValueError) as error:
                raise ValidationError(
                    wave.env._(
                        "The filter cannot be read: %s. Choose the partners again.",
                        error,
                    )
                ) from error

    def _filtered_partners(self):
        """Query of the partners the filter finds, by the rights of its author."""
        domain = Domain(ast.literal_eval(self.domain or "[]"))
        partners = self.env["res.partner"].with_user(self.author_id)
        return partners._search(domain & Domain("active", "=", True))

    # -- checking ----------------------------------------------------------------------

    def action_check(self):
        """Have the recipients looked up by the scheduled action; nothing is sent.

        :raises UserError: it is no draft, or there is nothing to look up
        """
        for wave in self:
            if wave.state != "draft":
                raise UserError(wave.env._("Only a draft is checked."))
        return super().action_check()

    def _check_file(self):
        return super()._check_file() if self.recipients_by == "file" else None

    def _forget_reading(self):
        """As if the file had never been read: nobody found, nothing counted."""
        self._drop_candidates()
        self.write(
            {
                "report": False,
                "checked_at": False,
                "candidate_count": 0,
                "company_count": 0,
                "ignored_columns": False,
            }
        )
        return super()._forget_reading()

    def _open_file(self):
        """A filter needs no parsing: its partners are counted instead."""
        if self.recipients_by == "file":
            return super()._open_file()
        try:
            self._check_header([])
            count = self.env["res.partner"].search_count(
                [("id", "in", self._filtered_partners())]
            )
            if count > table.MOST_ROWS:
                raise table.TableError("too_many_rows", most=table.MOST_ROWS)
        except table.TableError as error:
            return self._fail(self._sentence(error))
        return self.write({"file_state": "reading", "line_count": count})

    def _check_header(self, header):
        names = self._word_names()
        if self.recipients_by == "file":
            columns = upload.read_columns(header, names)
            self.ignored_columns = ", ".join(filter(None, columns.ignored))
        elif missing := names - upload.KNOWN:
            raise table.TableError("missing_columns", columns=", ".join(missing))

    def _read_step(self):
        if self.file_state == "comparing":
            return self._compare_batch()
        if self.recipients_by == "filter":
            return self._take_partners()
        return super()._read_step()

    def _take_partners(self):
        """The next partners the filter finds, by id, each company once."""
        query = self._filtered_partners()
        self.env.cr.execute(
            SQL(
                """SELECT partner.id, partner.commercial_partner_id
                     FROM res_partner partner
                     JOIN res_partner company
                       ON company.id = partner.commercial_partner_id
                    WHERE partner.id > %s AND company.active
                      AND COALESCE(partner.company_id, %s) = %s
                      AND partner.id IN %s
                    ORDER BY partner.id LIMIT %s""",
                self.place,
                self.company_id.id,
                self.company_id.id,
                query.subselect(),
                PARTNERS_AT_ONCE,
            )
        )
        rows = self.env.cr.fetchall()
        key = upload.content_key(f"upload:{self.id}")
        self._add_candidates(
            [(company, {}, key, None, None) for company in {row[1] for row in rows}]
        )
        if len(rows) < PARTNERS_AT_ONCE:
            return self._lines_over()
        return self.write(
            {"place": rows[-1][0], "line_done": self.line_done + len(rows)}
        )

    def _take_lines(self, lines):
        columns = upload.read_columns(self.header, self._word_names())
        read, problems = [], []
        for number, cells in lines:
            try:
                read.append((number, cells, upload.read_line(cells, columns)))
            except upload.RowProblem as problem:
                problems.append((number, cells, problem.code, problem.what))
        found = self.env["res.partner"]._notification_resolve(
            columns.key,
            {line.recipient for _number, _cells, line in read},
            self.company_id,
        )
        currencies = self._currencies()
        rows = []
        for number, cells, line in read:
            problem = _problem(line, found, currencies)
            if problem:
                problems.append((number, cells, *problem))
            else:
                [partner_id] = found[line.recipient]
                rows.append(self._candidate_row(partner_id, line, currencies))
        self._add_candidates(rows)
        self._leave_problems(sorted(problems, key=lambda problem: problem[0]))
        return len(lines)

    def _currencies(self):
        """dict code -> id of the currencies in use."""
        currencies = self.env["res.currency"].search_fetch([], ["name"])
        return {currency.name: currency.id for currency in currencies}

    def _candidate_row(self, partner_id, line, currencies):
        """(company, values, dedup key, amount in company currency, url) of a line."""
        values, amount = dict(line.values), None
        if line.amount is not None:
            currency_id = currencies[line.currency.upper()]
            values[upload.AMOUNT] = {"money": [[line.amount, currency_id]]}
            if currency_id == self.company_id.currency_id.id:
                amount = line.amount
        # the same company may get several texts of a file, each of them once
        key = line.dedup_key or upload.content_key(
            f"upload:{self.id}", values, line.url
        )
        return partner_id, values, key, amount, line.url

    def _add_candidates(self, rows):
        """Keep recipients; what is told twice the pipeline leaves out.

        :param list rows: (commercial partner id, values, dedup key, amount, url)
        """
        if not rows:
            return
        execute_values(
            self.env.cr._obj,
            """INSERT INTO partner_notification_candidate
                      (broadcast_id, commercial_partner_id, values, dedup_key,
                       amount, url)
               VALUES %s""",
            [
                (self.id, partner_id, json.dumps(values), *row)
                for partner_id, values, *row in rows
            ],
            page_size=1_000,
        )
        self.candidate_count += len(rows)

    def _lines_over(self):
        """All recipients are known: what would become of them is counted next."""
        self.write({"file_state": "comparing", "place": 0, "report": {}})

    def action_recipients(self):
        """The companies that are still to get it, as staff may read them.

        :return: action of their list
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recipients of “%s”", self.display_name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("notification_candidate_ids.broadcast_id", "=", self.id)],
            "context": {"create": False},
        }

    # -- what would become of it -------------------------------------------------------

    def _compare_batch(self):
        """Count what would become of the next candidates, were it sent now."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM partner_notification_candidate
                    WHERE broadcast_id = %s AND id > %s ORDER BY id LIMIT %s""",
                self.id,
                self.place,
                CANDIDATES_AT_ONCE,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        if not ids:
            return self.write(
                {
                    "file_state": "ready",
                    "company_count": self._count_companies(),
                    "checked_at": fields.Datetime.now(),
                }
            )
        return self.write({"place": ids[-1], "report": self._counted(ids)})

    def _counted(self, ids):
        """``report`` with some more candidates counted."""
        pipeline = self.env["partner.notification.pipeline"]
        same = pipeline._same_text(self, ids)
        outcomes = pipeline._decide(self, ids)
        left_out = same if self.leave_out_same else set()
        fates = [outcomes.get(row, "duplicate") for row in ids if row not in left_out]
        fates += ["same"] * len(same) + ["looked_at"] * len(ids)
        return dict(Counter(self.report or {}) + Counter(fates))

    def _count_companies(self):
        """Number of different companies that are found."""
        [(count,)] = self.env["partner.notification.candidate"]._read_group(
            [("broadcast_id", "=", self.id)],
            [],
            ["commercial_partner_id:count_distinct"],
        )
        return count

    def _same_since(self):
        """From when on a text is one that was told lately."""
        days = max(self.topic_id.cap_days, self.company_id.notification_cap_days)
        return fields.Datetime.now() - timedelta(days=days)


def _problem(line, found, currencies):
    """(code, what) of a line whose recipient or currency is not known, or None."""
    partners = found.get(line.recipient, ())
    if len(partners) != 1:
        return "ambiguous" if partners else "unknown", line.recipient
    if line.amount is not None and line.currency.upper() not in currencies:
        return "bad_currency", line.currency
    return None
