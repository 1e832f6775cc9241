from odoo import api, fields, models

BATCH_SIZE = 500
STATES = [
    ("waiting", "Waiting"),
    ("sent", "Handed over for sending"),
    ("dropped", "Not needed any more"),
    ("no_address", "No address or number"),
]


class PartnerNotificationCopy(models.Model):
    """A receipt's copy by e-mail or SMS, for a person who asked for such copies.

    Rows are stored in the transaction that stores the receipts and are handed to the
    queues of mail and SMS in the transaction that marks them: a worker killed between
    loses none and doubles none.
    """

    _name = "partner.notification.copy"
    _description = "E-mail or SMS copy of a notification"
    _order = "id desc"
    _log_access = False
    _rec_name = "receipt_id"

    receipt_id = fields.Many2one(
        "partner.notification.receipt", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection([("email", "E-mail"), ("sms", "SMS")], required=True)
    state = fields.Selection(STATES, required=True, default="waiting")
    due_at = fields.Datetime(
        required=True, help="Not sent before: the person's quiet hours."
    )
    sent_at = fields.Datetime()

    _once_unique = models.Constraint(
        "UNIQUE(receipt_id, channel)", "A person gets one copy a channel."
    )
    _due_idx = models.Index("(due_at, id) WHERE state = 'waiting'")

    # -- queue -------------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Hand over the copies whose time has come, a transaction a batch."""
        batch = self._due()
        while batch:
            batch._carry_out()
            left = self.search_count(self._waiting())
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=left):
                break
            batch = self._due()

    def _due(self):
        found = self.search(self._waiting(), order="due_at, id", limit=BATCH_SIZE)
        return found.try_lock_for_update()

    def _waiting(self):
        """Domain of the copies to send now; a company's switch stops them too."""
        companies = self.env["res.company"].search([("notifications_on", "=", True)])
        return [
            ("state", "=", "waiting"),
            ("due_at", "<=", fields.Datetime.now()),
            ("company_id", "in", companies.ids),
        ]

    def _carry_out(self):
        """Send, put off or drop each copy of a batch."""
        awake = self - self._put_off()
        wanted = awake._still_wanted()
        (awake - wanted).state = "dropped"
        wanted.filtered(lambda copy: copy.channel == "email")._send_email()
        wanted.filtered(lambda copy: copy.channel == "sms")._send_sms()

    def _put_off(self):
        """Let copies to persons in their quiet hours wait for the end of them.

        :return: the copies that wait on
        """
        now = fields.Datetime.now()
        ends = {user: user._notification_quiet_until(now) for user in self.user_id}
        quiet = self.filtered(lambda copy: ends[copy.user_id])
        for end, copies in quiet.grouped(lambda copy: ends[copy.user_id]).items():
            copies.due_at = end
        if quiet:
            moments = set(quiet.mapped("due_at"))
            self.env.ref("partner_notifications.ir_cron_copies")._trigger(moments)
        return quiet

    def _still_wanted(self):
        """The copies whose person has not read it and has not changed the mind."""
        receipts = self.receipt_id
        unread = receipts.filtered_domain(receipts._current() & receipts._unread())
        wishes = self.env["partner.notification.preference"].search(
            [
                ("user_id", "in", self.user_id.ids),
                ("topic_id", "in", receipts.topic_id.ids),
            ]
        )
        asked_for = {
            (wish.user_id, wish.topic_id, channel)
            for wish in wishes
            for channel in ("email", "sms")
            if wish[channel]
        }
        return self.filtered(
            lambda copy: (
                copy.receipt_id in unread
                and (copy.user_id, copy.receipt_id.topic_id, copy.channel) in asked_for
                and copy._is_same_company()
            )
        )

    def _is_same_company(self):
        """Whether the person still works for the partner the message is for."""
        person = self.user_id.partner_id
        receipt = self.receipt_id
        return (
            self.user_id.active
            and person == receipt.partner_id
            and person.commercial_partner_id == receipt.commercial_partner_id
        )

    def _hand_over(self, reached):
        """Note which copies are in their channel's queue; the rest has no address."""
        reached.write({"state": "sent", "sent_at": fields.Datetime.now()})
        (self - reached).state = "no_address"

    # -- e-mail ------------------------------------------------------------------------

    def _send_email(self):
        """Put e-mails into core's queue, all of them at once, and wake it."""
        reached = self.filtered("user_id.partner_id.email_normalized")
        self._hand_over(reached)
        if reached:
            self.env["mail.mail"].create(
                [copy._mail_values() for copy in reached._in_own_words()]
            )
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _in_own_words(self):
        """The same copies, each in its person's language."""
        by_language = self.grouped(lambda copy: copy.user_id.lang or "en_US")
        for language, copies in by_language.items():
            yield from copies.with_context(lang=language)

    def _mail_values(self):
        """Values of a mail.mail, with RFC 8058 headers of one-click unsubscribing."""
        company, person = self.company_id, self.user_id.partner_id
        unsubscribe = self.get_base_url() + self.env[
            "partner.notification.preference"
        ]._unsubscribe_path(self.user_id, self.receipt_id.topic_id)
        sender = company.email_formatted or self.env.user.email_formatted
        return {
            "subject": self.receipt_id.subject,
            "body_html": self.env["ir.qweb"]._render(
                "partner_notifications.copy_email",
                {"copy": self, "unsubscribe": unsubscribe},
                minimal_qcontext=True,
            ),
            "email_from": sender,
            "reply_to": sender,
            "author_id": company.partner_id.id,
            "recipient_ids": [fields.Command.link(person.id)],
            "record_company_id": company.id,
            "record_alias_domain_id": company.alias_domain_id.id,
            "headers": repr(
                {
                    "List-Unsubscribe": f"<{unsubscribe}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "X-Auto-Response-Suppress": "OOF",
                }
            ),
            "auto_delete": True,
        }

    # -- SMS ---------------------------------------------------------------------------

    def _send_sms(self):
        """Put SMS into core's queue, all of them at once.

        Without a mail.message: core sends its queue in batches that may not mix the
        companies of messages.
        """
        numbers = {
            person: person._phone_format(fname="phone")
            for person in self.user_id.partner_id
        }
        reached = self.filtered(lambda copy: numbers[copy.user_id.partner_id])
        self._hand_over(reached)
        if reached:
            self.env["sms.sms"].create(
                [
                    copy._sms_values(numbers[copy.user_id.partner_id])
                    for copy in reached._in_own_words()
                ]
            )

    def _sms_values(self, number):
        return {
            "number": number,
            "partner_id": self.user_id.partner_id.id,
            "body": self.env._(
                "%(company)s: %(subject)s %(link)s",
                company=self.company_id.name,
                subject=self.receipt_id.subject,
                link=f"{self.get_base_url()}/my/notifications",
            ),
        }
