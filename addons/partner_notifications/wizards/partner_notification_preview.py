from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.partner_notification import OUTCOMES
from ..models.words import Words


class PartnerNotificationPreview(models.TransientModel):
    """A broadcast as one of its recipients would read it."""

    _name = "partner.notification.preview"
    _description = "Preview of a broadcast"

    broadcast_id = fields.Many2one(
        "partner.notification.broadcast", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Recipient",
        required=True,
        ondelete="cascade",
        domain="[('notification_candidate_ids.broadcast_id', '=', broadcast_id)]",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
    )
    subject = fields.Char(compute="_compute_words")
    body = fields.Text(compute="_compute_words")
    url = fields.Char(compute="_compute_words", string="Leads to")
    outcome = fields.Selection(
        [*OUTCOMES, ("duplicate", "Left out: got it before")],
        compute="_compute_words",
        string="Were it sent now",
    )

    @api.model
    def default_get(self, names):
        """The first recipient, if none is chosen yet."""
        values = super().default_get(names)
        if values.get("broadcast_id") and "partner_id" in names:
            candidate = self.env["partner.notification.candidate"].search(
                [("broadcast_id", "=", values["broadcast_id"])], order="id", limit=1
            )
            values.setdefault("partner_id", candidate.commercial_partner_id.id)
        return values

    @api.depends("partner_id")
    def _compute_lang(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for preview in self:
            lang = preview.partner_id.lang
            preview.lang = lang if lang in installed else self.env.lang or "en_US"

    @api.depends("broadcast_id", "partner_id", "lang")
    def _compute_words(self):
        for preview in self:
            candidate = preview._candidate()
            wave = preview.broadcast_id
            preview.update(dict.fromkeys(("subject", "body", "url", "outcome"), False))
            if not candidate:
                continue
            row = {"partner": preview.partner_id.name, "values": candidate.values}
            subject, body = Words(wave).render(row)
            pipeline = self.env["partner.notification.pipeline"]
            preview.update(
                {
                    "subject": subject[preview.lang],
                    "body": body[preview.lang],
                    "url": candidate.url,
                    "outcome": pipeline._decide(wave, candidate.ids).get(
                        candidate.id, "duplicate"
                    ),
                }
            )

    def _candidate(self):
        """The first text the recipient would get."""
        return self.env["partner.notification.candidate"].search(
            [
                ("broadcast_id", "=", self.broadcast_id.id),
                ("commercial_partner_id", "=", self.partner_id.id),
            ],
            order="id",
            limit=1,
        )

    def action_trial(self):
        """Send the text as it stands to oneself by e-mail.

        :raises UserError: one has no e-mail address, or nobody is chosen
        """
        self.ensure_one()
        self.broadcast_id.check_access("read")
        if not self.body:
            raise UserError(self.env._("Choose a recipient of the broadcast first."))
        return self.env.user._send_notification_trial(self.subject, self.body)
