import csv
import io

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ..rules import table

_lt = LazyTranslate(__name__)

SENTENCES = {
    "unreadable": _lt(
        "The row cannot be read: it has more cells than the header, a quotation mark"
        " without its pair, or a sign that is no text."
    ),
    "no_recipient": _lt("The row does not say which partner."),
    "unknown": _lt("No partner in use has the key “%(what)s”."),
    "ambiguous": _lt("Several companies have the key “%(what)s”: use another key."),
    "missing_value": _lt("The cell “%(what)s” is empty."),
    "failed_formula": _lt("The formula has failed: %(what)s."),
    "bad_amount": _lt("“%(what)s” is no amount."),
    "bad_currency": _lt("“%(what)s” is no currency in use; write its code, as RUB."),
    "bad_url": _lt("“%(what)s” is no page of this site: begin with /my."),
    "long_key": _lt("The dedup_key is longer than 200 signs."),
    "unknown_order": _lt("There is no confirmed order “%(what)s”."),
    "ambiguous_order": _lt("Several orders are named “%(what)s”."),
    "bad_date": _lt("“%(what)s” is no day; write it as 2026-11-30 or 30.11.2026."),
    "past_date": _lt("%(what)s is over."),
    "refused": _lt("%(what)s"),
}


class PartnerNotificationFileProblem(models.Model):
    """A row of an uploaded file that nothing could be done for, and why."""

    _name = "partner.notification.file.problem"
    _description = "Row of a file with an error"
    _order = "number, id"
    _log_access = False

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    number = fields.Integer(string="Row", required=True)
    cells = fields.Json()
    code = fields.Char(required=True)
    what = fields.Char()
    message = fields.Char(compute="_compute_message")

    _file_idx = models.Index("(res_model, res_id, number)")

    @api.depends("code", "what")
    @api.depends_context("lang")
    def _compute_message(self):
        for problem in self:
            sentence = self.env._(SENTENCES[problem.code])
            problem.message = sentence % {"what": problem.what or ""}

    def _as_csv(self, header):
        """The rows as they stood in the file, each with its number and the reason.

        Mended, the file can be uploaded again: columns beyond those asked for are left
        aside. No cell is a formula for the program that opens it.

        :param list header: of the file
        :return: bytes, UTF-8 with its mark, separated by ``;``
        """
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=";")
        names = [*header, self.env._("row"), self.env._("error")]
        writer.writerow(map(table.harmless, names))
        for problem in self:
            cells = [_text(cell) for cell in problem.cells]
            cells += [""] * (len(header) - len(cells))
            row = [*cells, str(problem.number), problem.message]
            writer.writerow(map(table.harmless, row))
        return out.getvalue().encode("utf-8-sig")


def _text(cell):
    return cell["date"] if isinstance(cell, dict) else cell
