from odoo import models
from odoo.exceptions import UserError

from .discuss_channel import OPEN_STATES


class ChatDirection(models.Model):
    """A direction is not taken away from under its customers."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Refuse to archive, or to give another company, what is in use.

        :raises UserError: customers would wait where nobody looks, or be another
            company's
        """
        companies = {one: one.company_id for one in self}
        # whether the user may is core's to say first
        result = super().write(vals)
        if not vals.get("active", True):
            self._check_unused()
        moved = self.filtered(lambda one: one.company_id != companies[one])
        if moved:
            moved._check_nobodys()
        return result

    def _check_unused(self):
        # sudo: discuss.channel - whoever may archive the direction need not see them
        waiting = (
            self.env["discuss.channel"]
            .sudo()
            .search(
                [
                    ("chat_direction_id", "in", self.ids),
                    ("chat_state", "in", OPEN_STATES),
                ],
                limit=1,
            )
        )
        if waiting:
            raise UserError(
                self.env._(
                    "“%s” has conversations that are not closed: close or transfer them"
                    " first.",
                    waiting.chat_direction_id.name,
                )
            )
        self._check_no_gateway()

    def _check_no_gateway(self):
        gateway = (
            self.env["chat.gateway"]
            .sudo()
            .search([("direction_id", "in", self.ids)], limit=1)
        )
        if gateway:
            raise UserError(
                self.env._(
                    "“%(gateway)s” brings customers to “%(direction)s”: give the"
                    " gateway another direction, or archive it, first.",
                    gateway=gateway.name,
                    direction=gateway.direction_id.name,
                )
            )

    def _check_nobodys(self):
        """A company's customers, people and history do not become another's."""
        self._check_no_gateway()
        of_these = [("direction_id", "in", self.ids)]
        if self.env["chat.segment"].sudo().search_count(of_these, limit=1) or self.env[
            "chat.operator.skill"
        ].sudo().search_count(of_these, limit=1):
            raise UserError(
                self.env._(
                    "A direction with operators or conversations stays with its"
                    " company: make another one there."
                )
            )
