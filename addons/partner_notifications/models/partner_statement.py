import base64
import logging
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, mute_logger

_logger = logging.getLogger(__name__)

KEEP_FILES = timedelta(days=30)
MOST_FILES_AT_ONCE = 3  # of one partner; a job prints them one after the other
TOPIC = "partner_notifications.topic_statement"


class PartnerStatement(models.Model):
    """A reconciliation statement somebody asked for and that takes its time.

    Either a long one, prepared by a job and kept as a file, or one signed by our
    accountant on paper. A short one is printed at once and leaves no row.
    """

    _name = "partner.statement"
    _description = "Reconciliation statement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["commercial_partner_id"]
    # an accountant who may read it may close its activity
    _mail_post_access = "read"

    company_id = fields.Many2one("res.company", required=True, index=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Partner", required=True, index=True, ondelete="cascade"
    )
    person_id = fields.Many2one(
        "res.partner", string="Asked for by", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("file", "File"), ("signed", "Signed on paper")], required=True
    )
    state = fields.Selection(
        [("asked", "Asked for"), ("ready", "Ready"), ("failed", "Failed")],
        default="asked",
        required=True,
    )
    begin = fields.Date(string="From", required=True)
    end = fields.Date(string="To", required=True)
    lang = fields.Char(string="Language", required=True)
    file = fields.Binary(attachment=True)
    file_type = fields.Selection([("pdf", "PDF"), ("html", "Page to print")])
    failure = fields.Text()

    _signed_unique = models.UniqueIndex(
        "(company_id, commercial_partner_id) WHERE kind = 'signed' AND state = 'asked'",
        "A signed statement is asked for already.",
    )
    _file_unique = models.UniqueIndex(
        '(company_id, commercial_partner_id, begin, "end", lang)'
        " WHERE kind = 'file' AND state = 'asked'",
        "This statement is being prepared already.",
    )
    _period = models.Constraint(
        'CHECK("end" >= begin)', "A period does not end before it begins."
    )

    @api.depends("commercial_partner_id", "begin", "end")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._(
                "Statement %(begin)s – %(end)s, %(partner)s",
                begin=format_date(self.env, statement.begin),
                end=format_date(self.env, statement.end),
                partner=statement.commercial_partner_id.name,
            )

    # -- asking ------------------------------------------------------------------------

    @api.model
    def _ask(self, kind, partner, company, person, begin=None, end=None):
        """Ask for a statement once: who asks again gets the one asked for already.

        Called as superuser by a door that checked whose partner it is. Two at once:
        the index refuses the second one's row.

        :param str kind: ``file`` or ``signed``
        :param partner: the commercial partner
        :param person: res.partner who asks
        :param begin, end: dates; this year up to today unless given
        :return: (statement, whether it is new); no statement if a colleague asked for
            it in this very moment
        :raises UserError: three files are being prepared already, or a faulty period
        """
        begin, end = self.env["partner.notification.ledger"]._period(
            company, begin, end
        )
        values = {
            "kind": kind,
            "company_id": company.id,
            "commercial_partner_id": partner.id,
            "begin": begin,
            "end": end,
            "lang": self.env.context.get("lang") or person.lang or "en_US",
        }
        earlier = self._asked_before(values)
        if earlier:
            return earlier, False
        if kind == "file":
            self._check_place(partner, company)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                # the person reads the answer in the portal, not by e-mail
                statement = self.with_context(mail_create_nosubscribe=True).create(
                    values | {"person_id": person.id}
                )
        except IntegrityError:
            return self.browse(), False
        statement._follow_up()
        return statement, True

    def _asked_before(self, values):
        """The open statement of the same partner, for a file of the same days too."""
        names = ["kind", "company_id", "commercial_partner_id"]
        if values["kind"] == "file":
            names += ["begin", "end", "lang"]
        same = [(name, "=", values[name]) for name in names]
        return self.search([*same, ("state", "=", "asked")], limit=1)

    @api.model
    def _signed_open(self, partner):
        """The signed statements a partner has asked for and that are still to come."""
        return self.search(
            [
                ("kind", "=", "signed"),
                ("state", "=", "asked"),
                ("commercial_partner_id", "=", partner.id),
            ]
        )

    @api.model
    def _has_place(self, partner, company):
        """Whether a partner may ask for one more file now."""
        open_files = [
            ("kind", "=", "file"),
            ("state", "=", "asked"),
            ("commercial_partner_id", "=", partner.id),
            ("company_id", "=", company.id),
        ]
        return self.search_count(open_files) < MOST_FILES_AT_ONCE

    def _check_place(self, partner, company):
        if not self._has_place(partner, company):
            raise UserError(
                self.env._(
                    "%s statements of yours are being prepared. Ask again when one of"
                    " them is ready.",
                    MOST_FILES_AT_ONCE,
                )
            )

    def _follow_up(self):
        """A job for a file, an activity of the accountant for a signed one."""
        if self.kind == "file":
            self.env.ref("partner_notifications.ir_cron_statements")._trigger()
            return
        self.activity_schedule(
            "partner_notifications.activity_signed_statement",
            user_id=self._accountant().id,
            note=self.env._(
                "%(person)s of %(partner)s asks for a signed reconciliation statement.",
                person=self.person_id.name,
                partner=self.commercial_partner_id.name,
            ),
        )

    def _accountant(self):
        """The company's accountant for statements, else the partner's salesperson."""
        chosen = self.company_id.statement_accountant_id
        salesperson = self.commercial_partner_id.user_id
        return chosen.filtered("active") or salesperson.filtered("active")

    # -- preparing ---------------------------------------------------------------------

    @api.model
    def _cron_prepare(self):
        """Prepare the files asked for, a transaction each; a killed run goes on."""
        waiting = [("kind", "=", "file"), ("state", "=", "asked")]
        statement = self.search(waiting, order="id", limit=1)
        while statement:
            statement._prepare()
            left = self.search_count(waiting)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break
            statement = self.search(waiting, order="id", limit=1)

    def _prepare(self):
        """Print the file and tell the company; a failure stays with the statement."""
        try:
            with self.env.cr.savepoint():
                content, file_type = self._print()
        except UserError as error:
            _logger.warning("Statement %s was not prepared: %s", self.id, error)
            self.write({"state": "failed", "failure": str(error)})
            return
        self.write(
            {
                "state": "ready",
                "file": base64.b64encode(content),
                "file_type": file_type,
                "failure": False,
            }
        )
        self._tell()

    def _print(self):
        """The statement's (bytes, "pdf" or "html"), in its language."""
        report = self.env["report.partner_notifications.report_statement"]
        return report.with_context(lang=self.lang, statement_by_job=True)._print(
            self.commercial_partner_id, self.company_id, self.begin, self.end
        )

    def _tell(self):
        """A notification to the company that its file is ready.

        Where managers have deleted the topic, the page of the debt shows it alone.
        """
        topic = self.env.ref(TOPIC, raise_if_not_found=False)
        if not topic:
            return
        wave = self.env["partner.notification.broadcast"].create(
            {
                "topic_id": topic.id,
                "company_id": self.company_id.id,
                "origin": "event",
                "state": "queued",
            }
        )
        self.env["partner.notification.pipeline"]._send_now(
            wave,
            SQL(
                """SELECT %s AS commercial_partner_id,
                          jsonb_build_object(
                              'begin', jsonb_build_object('date', %s),
                              'end', jsonb_build_object('date', %s)) AS values,
                          %s AS dedup_key, NULL::float8 AS amount,
                          'partner.statement'::varchar AS res_model, %s AS res_id,
                          %s AS url""",
                self.commercial_partner_id.id,
                fields.Date.to_string(self.begin),
                fields.Date.to_string(self.end),
                f"statement:{self.id}",
                self.id,
                f"/my/debt/statement/{self.id}",
            ),
        )

    # -- people ------------------------------------------------------------------------

    def action_print(self):
        """The statement on the accountant's screen, for the days asked for.

        :return: client action that downloads it
        """
        self.ensure_one()
        self.check_access("read")
        return self.env.ref(
            "partner_notifications.action_report_statement"
        ).report_action(
            self.commercial_partner_id,
            data={
                "begin": fields.Date.to_string(self.begin),
                "end": fields.Date.to_string(self.end),
                "company_id": self.company_id.id,
            },
        )

    def action_ready(self):
        """Note that the signed statement went out; its activity is done.

        :raises AccessError: the user is neither an accountant nor a clerk
        """
        self._check_staff()
        signed = self.sudo().filtered(lambda statement: statement.kind == "signed")
        signed.activity_feedback(["partner_notifications.activity_signed_statement"])
        signed.state = "ready"

    def action_again(self):
        """Prepare failed files once more.

        :raises AccessError: the user is neither an accountant nor a clerk
        """
        self._check_staff()
        failed = self.sudo().filtered(lambda statement: statement.state == "failed")
        failed.write({"state": "asked", "failure": False})
        failed.env.ref("partner_notifications.ir_cron_statements")._trigger()

    def _check_staff(self):
        """Rows are written by jobs and these buttons only, so nobody has the ACL."""
        self.check_access("read")
        groups = ("account.group_account_invoice", "partner_notifications.group_clerk")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "Statements are handled by accountants and the service centre."
                )
            )

    @api.autovacuum
    def _gc_files(self):
        """Files go after 30 days: the ledger prints them again at any time."""
        self.search(
            [
                ("kind", "=", "file"),
                ("create_date", "<", fields.Datetime.now() - KEEP_FILES),
            ],
            limit=1_000,
        ).unlink()
