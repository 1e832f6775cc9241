from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules import placeholders

ACTIONS = [
    ("none", "None"),
    ("debt", "Statement, invoices, pay"),
    ("delivery", "Order, suits me, another day"),
    ("waitlist", "Into the draft order"),
    ("manager", "Contact card"),
]


class PartnerNotificationTopic(models.Model):
    """What a notification is about: its words, its rhythm and what it offers to do."""

    _name = "partner.notification.topic"
    _description = "Notification topic"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="The name outside systems and uploads use.", copy=False
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="A retired topic sends no more; what was sent stays."
    )
    icon = fields.Char(
        default="fa-bell", required=True, help="A Font Awesome icon, such as fa-truck."
    )
    color = fields.Integer()
    subject = fields.Char(
        required=True,
        translate=True,
        help="Plain text. {partner} and {company} are always known; the source or the"
        " uploaded file gives the rest.",
    )
    body = fields.Text(required=True, translate=True)
    action = fields.Selection(
        ACTIONS,
        string="Buttons",
        default="none",
        required=True,
        help="What the partner can do right beside the text.",
    )

    mandatory = fields.Boolean(
        help="Partners cannot switch it off in the portal, and no cap drops it."
    )
    allow_hold_out = fields.Boolean(
        string="May be held out",
        help="A share of the companies may be left without it, to measure the effect.",
    )
    allow_copy = fields.Boolean(
        string="E-mail and SMS copies",
        default=True,
        help="Each person may ask for copies of this topic.",
    )
    cap = fields.Integer(
        string="At most",
        help="So many notifications of this topic to one company; 0: no limit.",
    )
    cap_days = fields.Integer(string="Within days", default=14)
    keep_days = fields.Integer(
        string="Keep, days",
        default=365,
        help="Older ones disappear from the portal and from the database.",
    )

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another topic has this code already."
    )
    _amounts = models.Constraint(
        "CHECK(cap >= 0 AND cap_days > 0 AND keep_days > 0)",
        "A cap is not below zero; its days and the days to keep are one at least.",
    )

    @api.constrains("subject", "body")
    def _check_placeholders(self):
        """Every language's text has braces in pairs with a plain name in them."""
        for topic in self:
            for language, text in topic._texts():
                try:
                    placeholders.names(text)
                except placeholders.PlaceholderError as error:
                    raise ValidationError(
                        topic.env._(
                            "%(topic)s, %(language)s: “%(part)s” is not a placeholder."
                            " Write a plain name in braces, such as {partner}; a brace"
                            " itself is written twice.",
                            topic=topic.name,
                            language=language,
                            part=error.part,
                        )
                    ) from error

        rules = self.env["partner.notification.rule"].sudo()
        rules.search([("topic_id", "in", self.ids)])._check_words()

    def _texts(self):
        """(language's name, text) of subject and body in every active language."""
        for code, language in self.env["res.lang"].get_installed():
            topic = self.with_context(lang=code)
            yield language, topic.subject
            yield language, topic.body

    def _placeholder_names(self):
        """The names a subject or body of any language asks for."""
        self.ensure_one()
        return set().union(*(placeholders.names(text) for _lang, text in self._texts()))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """What was sent names its topic: such a topic is archived."""
        used = (
            self.env["partner.notification"]
            .sudo()
            .search([("topic_id", "in", self.ids)], limit=1)
        )
        if used:
            raise ValidationError(
                self.env._(
                    "Notifications of “%s” were sent: archive the topic instead.",
                    used.topic_id.name,
                )
            )
