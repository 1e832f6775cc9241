import logging
from dataclasses import asdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.mail.tools.discuss import Store

from ..rules import fetching
from ..rules.adapter import (
    USUAL_PAUSE,
    Answer,
    File,
    FileKind,
    Problem,
    Refused,
    Result,
)

_logger = logging.getLogger(__name__)

CHANNEL = "root.chat_files"
MOST_TRIES = 5


class ChatInboxFile(models.Model):
    """A file of a customer, fetched from his messenger by a job of its own.

    The message is shown at once; until the file is there it says that it is on its way,
    or why it does not come.
    """

    _name = "chat.inbox.file"
    _inherit = ["chat.problem.mixin"]
    _description = "File of a customer"
    _order = "message_id, id"

    message_id = fields.Many2one(
        "mail.message", required=True, readonly=True, ondelete="cascade"
    )
    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, index=True, ondelete="cascade"
    )
    provider_file_id = fields.Char(
        string="File at the provider", required=True, readonly=True
    )
    description = fields.Json(
        readonly=True, help="What the messenger says of the file."
    )
    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("new", "Being fetched"), ("done", "Fetched"), ("failed", "Not fetched")],
        default="new",
        required=True,
        readonly=True,
    )
    attempt = fields.Integer(string="Attempts", readonly=True)
    scan = fields.Selection(
        [
            ("clean", "Clean"),
            ("infected", "Infected"),
            ("not_scanned", "Not scanned"),
        ],
        readonly=True,
    )
    attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _file_unique = models.Constraint(
        "UNIQUE(message_id, provider_file_id)", "The message has this file already."
    )

    # -- expecting ---------------------------------------------------------------------

    @api.model
    def _expect(self, message, gateway, files):
        """See to it that files of a message are fetched; those that are, stay.

        :param files: of rules.adapter.File
        """
        known = set(
            self.search([("message_id", "=", message.id)]).mapped("provider_file_id")
        )
        rows = self.create(
            [
                {
                    "message_id": message.id,
                    "gateway_id": gateway.id,
                    "provider_file_id": file.id,
                    "description": asdict(file),
                    "name": file.name,
                }
                for file in {file.id: file for file in files}.values()
                if file.id not in known
            ]
        )
        for row in rows:
            row._enqueue()
        rows[:1]._tell()

    def _enqueue(self, eta=None):
        self.with_delay(
            channel=CHANNEL, eta=eta, description=self.env._("File of a customer")
        )._fetch()

    # -- fetching ----------------------------------------------------------------------

    def _fetch(self):
        """Job: get the file and put it to its message; run twice it does no more."""
        self.ensure_one()
        row = self.sudo()
        if row.state != "new":
            return
        row.attempt += 1
        try:
            account = row.gateway_id._account()
        except UserError as error:
            row._not_fetched(row._without_account(error))
            return
        adapter = row.gateway_id._adapter()
        # no transaction is open while somebody else is waited for
        self.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            content = fetching.fetch(adapter, File(**row.description), account)
        except Refused as refused:
            row._fail(row._refused(refused))
        except fetching.NotFetched as error:
            row._not_fetched(error.answer)
        else:
            row._keep(content)

    def _without_account(self, error):
        """An answer in the messenger's place: a key of the installation is missing."""
        _logger.warning("File %s cannot be fetched: %s", self.id, error)
        problem = Problem("no_account")
        return Answer(Result.RETRY, retry_after=USUAL_PAUSE, problem=problem)

    def _not_fetched(self, answer):
        if answer.result == Result.RETRY and self.attempt < MOST_TRIES:
            pause = timedelta(seconds=answer.retry_after)
            self._enqueue(eta=fields.Datetime.now() + pause)
        else:
            problem = answer.problem or Problem("no_answer")
            self._fail(self._told(problem))

    def _fail(self, problem):
        self.write({"state": "failed", "problem": problem})
        self._tell()

    def _keep(self, content):
        """Put what was fetched to the message.

        :param bytes content: of the file
        """
        self.lock_for_update()
        self.invalidate_recordset()
        if self.state != "new":
            return
        self.scan = self._scan_attachment(content)
        if self.scan == "infected":
            self._fail({"code": "infected", "values": {}, "is_refusal": True})
            return
        self.attachment_id = self._make_attachment(content)
        self.message_id.attachment_ids += self.attachment_id
        self.state = "done"
        self._tell()

    @api.model
    def _scan_attachment(self, content):
        """What a virus scanner says of a file; a hook for who has one.

        :param bytes content: of the file
        :return: ``clean``, ``infected`` (then it is not kept) or ``not_scanned``
        """
        return "not_scanned"

    def _make_attachment(self, content):
        """The file as it came; markup is kept as text, so that no browser runs it."""
        told = self.description["mimetype"]
        mimetype = fetching.type_of(guess_mimetype(content), told)
        attachments = self.env["ir.attachment"].with_context(
            attachments_mime_plainxml=True, image_no_postprocess=True
        )
        attachment = attachments.create(
            {
                "name": self.name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self.message_id.model,
                "res_id": self.message_id.res_id,
            }
        )
        if self.description["kind"] == FileKind.VOICE:
            attachment._set_voice_metadata()
        return attachment

    # -- telling -----------------------------------------------------------------------

    def _as_sign(self):
        """What the screen shows in the file's place, in the reader's language."""
        self.ensure_one()
        label = dict(self._fields["state"]._description_selection(self.env))[self.state]
        title = f"{self.name}: {label}"
        return {
            "id": self.id,
            "title": f"{title}. {self.error}" if self.error else title,
        }

    def _tell(self):
        """Show whoever has the conversation open what became of its files."""
        message = self.message_id
        channel = self.env["discuss.channel"].browse(message.res_id)
        for user in channel._chat_insiders():
            reader = message.with_context(lang=user.lang)
            store = Store(bus_channel=user)
            store.add(reader, reader._chat_file_fields(store.target)).bus_send()
