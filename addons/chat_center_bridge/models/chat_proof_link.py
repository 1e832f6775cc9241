import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

from .discuss_channel import OPEN_STATES

TOKEN_BYTES = 32
LIFE_MINUTES = 15


class ChatProofLink(models.Model):
    """A question to a partner, where we know him: is it he who writes elsewhere?

    The answer proves more than a phone that looks alike: it comes from his own mailbox
    or messenger. Opening the link answers nothing, for messengers open links by
    themselves; the button on its page does.
    """

    _name = "chat.proof.link"
    _description = "Question whether a chat customer is a partner"
    _order = "id desc"

    identity_id = fields.Many2one(
        "chat.identity",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", string="Asked by", required=True, readonly=True
    )
    token_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)
    answered_at = fields.Datetime(readonly=True)
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The question, where it was asked in a chat.",
    )

    _token_unique = models.Constraint(
        "UNIQUE(token_hash)", "Another question has this secret: ask again."
    )

    # -- asking ------------------------------------------------------------------------

    @api.model
    def _ask(self, identity, partner):
        """Send a partner the question, in a proven chat of his or else by e-mail.

        :return: ``chat`` or ``email``
        :raises UserError: we know neither
        """
        conversation = self._proven_conversation(identity, partner)
        if not conversation and not partner.email_normalized:
            raise UserError(
                self.env._(
                    "There is no way to ask %s: enter the e-mail first.", partner.name
                )
            )
        token = secrets.token_urlsafe(TOKEN_BYTES)
        question = self.create(self._question_values(identity, partner, token))
        url = f"{self.get_base_url()}/chat_center/link/{token}"
        if conversation:
            question._ask_in(conversation, url)
            return "chat"
        question._ask_by_email(url)
        return "email"

    def _question_values(self, identity, partner, token):
        return {
            "identity_id": identity.id,
            "partner_id": partner.id,
            "user_id": self.env.uid,
            "token_hash": self._hash(token),
            "expires_at": fields.Datetime.now() + timedelta(minutes=LIFE_MINUTES),
        }

    def _proven_conversation(self, identity, partner):
        """An open conversation of the partner in which he proved to be himself."""
        domain = [
            ("chat_identity_id", "!=", identity.id),
            ("chat_identity_id.partner_id", "=", partner.id),
            ("chat_identity_id.company_id", "=", identity.company_id.id),
            ("chat_identity_id.proof", "in", ("session", "token", "link")),
            ("chat_state", "in", OPEN_STATES),
        ]
        return self.env["discuss.channel"].search(domain, limit=1, order="id desc")

    def _ask_in(self, conversation, url):
        here = self.with_context(lang=self.partner_id.lang)
        self.message_id = conversation.message_post(
            author_id=self.env.ref("chat_center_bridge.partner_queue").id,
            body=here.env._(
                "Is it you who writes to us in %(gateway)s as “%(name)s”? If so,"
                " confirm it within %(minutes)s minutes: %(url)s",
                gateway=self.identity_id.gateway_id.name,
                name=self._name_of_customer(),
                minutes=LIFE_MINUTES,
                url=url,
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _ask_by_email(self, url):
        template = self.env.ref("chat_center_bridge.mail_template_proof_link")
        template.with_context(proof_url=url).send_mail(self.id)
        # the queue's own hour is longer than the link lives
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _name_of_customer(self):
        return self.identity_id.name or self.identity_id.external_id

    # -- answering ---------------------------------------------------------------------

    @api.model
    def _of_token(self, token):
        """The question of a link, as the system; empty if it is over."""
        return self.sudo().search(
            [
                ("token_hash", "=", self._hash(token)),
                ("answered_at", "=", False),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )

    def _confirm(self):
        """The partner says that it is he.

        Whoever proved to be somebody meanwhile stays who he is.
        """
        self.ensure_one()
        self.answered_at = fields.Datetime.now()
        if self.identity_id.proof in ("none", "operator"):
            asker = self.identity_id.with_user(self.user_id).sudo()
            asker._link(self.partner_id, "link")

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    # -- forgetting --------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_the_questions(self):
        """In each question stands the customer's name: it goes with the row."""
        by_email = [("model", "=", self._name), ("res_id", "in", self.ids)]
        # sudo: mail.message - nobody else reads or deletes what was asked
        questions = self.sudo().message_id | self.env["mail.message"].sudo().search(
            by_email
        )
        questions.unlink()

    @api.autovacuum
    def _gc_expired(self):
        """What can be answered no longer is of no use to anybody.

        What stands in a chat stays with it, so that it can be erased with the customer.
        """
        expired = [("expires_at", "<", "-1d"), ("message_id", "=", False)]
        rows = self.search(expired, limit=GC_UNLINK_LIMIT)
        rows.unlink()
        return len(rows), len(rows) == GC_UNLINK_LIMIT
