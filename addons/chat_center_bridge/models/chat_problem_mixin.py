from odoo import api, fields, models

from ..rules import sentences


class ChatProblemMixin(models.AbstractModel):
    """Why something did not reach a messenger, or did not come from one.

    Kept as a code with its values, and read by each in his own language.
    """

    _name = "chat.problem.mixin"
    _description = "Why a messenger and we did not come together"

    problem = fields.Json(readonly=True, copy=False)
    error = fields.Char(compute="_compute_error")

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_error(self):
        for row in self:
            row.error = row._sentence(row.problem) if row.problem else False

    def _sentence(self, problem):
        """A problem in the reader's language.

        :param dict problem: as ``_told`` or ``_refused`` gives it
        """
        known = sentences.REFUSALS if problem["is_refusal"] else sentences.PROBLEMS
        # the sentences are marked for translation where they stand
        return self.env._(known[problem["code"]], **problem["values"])

    @api.model
    def _told(self, problem):
        """What the provider said, as it is kept.

        :param problem: rules.adapter.Problem, or None
        """
        if not problem:
            return False
        values = {"text": problem.text}
        return {"code": problem.code, "values": values, "is_refusal": False}

    @api.model
    def _refused(self, refused):
        """What was refused before anybody was asked, as it is kept.

        :param refused: rules.adapter.Refused
        """
        return {"code": refused.code, "values": refused.values, "is_refusal": True}
