from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .unconstrained_many2one import UnconstrainedMany2one

PAGE_SIZE = 80


class PartnerNotificationReceipt(models.Model):
    """One person's copy of a notification: seen, read, acted on, archived.

    *Seen*: its title was on the screen. *Read*: its full text was, for two seconds,
    or it was opened, acted on or marked. A colleague's copy is another row.
    """

    _name = "partner.notification.receipt"
    _description = "A person's copy of a notification"
    _order = "appear_at desc, id desc"
    _log_access = False
    _rec_name = "subject"

    # found by the unique constraint below, which begins with it
    notification_id = fields.Many2one(
        "partner.notification", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, ondelete="cascade"
    )
    # the notification's own: what the list and the record rules ask for
    commercial_partner_id = UnconstrainedMany2one(
        "res.partner", string="Company", required=True, index=True, ondelete="cascade"
    )
    topic_id = UnconstrainedMany2one(
        "partner.notification.topic", required=True, ondelete="restrict"
    )
    appear_at = fields.Datetime(
        required=True, help="In the future while it is put off (“remind me later”)."
    )
    seen_at = fields.Datetime()
    read_at = fields.Datetime()
    acted_at = fields.Datetime()
    archived_at = fields.Datetime()
    valid_until = fields.Datetime(
        help="As of the notification, beside the moments the list is sorted by."
    )
    # all that a portal user reads of the notification and its topic
    subject = fields.Char(related="notification_id.subject")
    body = fields.Text(related="notification_id.body")
    url = fields.Char(related="notification_id.url")
    action_state = fields.Selection(related="notification_id.action_state")
    acted_by = fields.Char(
        related="notification_id.acted_by_id.name", string="Asked for by"
    )
    asked_at = fields.Datetime(related="notification_id.acted_at", string="Asked at")
    corrected_at = fields.Datetime(related="notification_id.corrected_at")
    topic_name = fields.Char(related="topic_id.name")
    icon = fields.Char(related="topic_id.icon")
    action = fields.Selection(related="topic_id.action")

    _person_unique = models.Constraint(
        "UNIQUE(notification_id, partner_id)", "A person has one copy."
    )
    _unread_idx = models.Index(
        "(partner_id, appear_at) WHERE read_at IS NULL AND archived_at IS NULL"
    )
    _list_idx = models.Index(
        "(partner_id, appear_at DESC, id DESC) WHERE archived_at IS NULL"
    )
    _archive_idx = models.Index(
        "(partner_id, appear_at DESC, id DESC) WHERE archived_at IS NOT NULL"
    )

    # -- reading -----------------------------------------------------------------------

    @api.model
    def _current(self):
        """Domain of what stands in a list now: not archived, not put off, not over."""
        return Domain("archived_at", "=", False) & self._appeared()

    @api.model
    def _appeared(self):
        """Domain of what is neither put off nor over, archived or not."""
        now = fields.Datetime.now()
        return Domain("appear_at", "<=", now) & (
            Domain("valid_until", "=", False) | Domain("valid_until", ">", now)
        )

    @api.model
    def _mine(self):
        """Domain of the reader's own copies: a clerk's rights reach further."""
        return Domain("partner_id", "=", self.env.user.partner_id.id)

    @api.model
    def _unread(self):
        """Domain of what a person has not read."""
        return Domain("read_at", "=", False)

    @api.model
    def _filtered(self, topic=None, state=None, begin=None, end=None, words=None):
        """Domain of the reader's current list, or archive, within a filter.

        :param str topic: code of a topic
        :param str state: "unread", "archived", or anything else for the whole list
        :param begin, end: naive UTC datetimes; ``end`` is not in it
        :param str words: a piece of subject or text, in the reader's language
        """
        domain = self._mine() & self._current()
        if state == "archived":
            domain = (
                self._mine() & self._appeared() & Domain("archived_at", "!=", False)
            )
        if topic:
            domain &= Domain("topic_id", "any!", Domain("code", "=", topic))
        if state == "unread":
            domain &= self._unread()
        if begin:
            domain &= Domain("appear_at", ">=", begin)
        if end:
            domain &= Domain("appear_at", "<", end)
        if words:
            text = Domain("subject", "ilike", words) | Domain("body", "ilike", words)
            domain &= Domain("notification_id", "any!", text)
        return domain

    @api.model
    def _page(self, domain, before=None, after=None, limit=PAGE_SIZE):
        """A page of a person's list; as quick at any depth.

        :param Domain domain: as of ``_filtered``
        :param before, after: place (moment, id) the page ends or begins at; one of them
        :return: (receipts, whether there are newer ones, whether there are older ones)
        """
        place, order = after or before, self._order
        if place:
            moment, row_id = place
            side = ">" if after else "<"
            # the first condition is what the index begins at
            domain &= Domain("appear_at", f"{side}=", moment) & (
                Domain("appear_at", side, moment) | Domain("id", side, row_id)
            )
        if after:
            order = "appear_at asc, id asc"
        found = self.search(domain, order=order, limit=limit + 1)
        more, page = len(found) > limit, found[:limit]
        if after:
            return page[::-1], more, True
        return page, bool(before), more

    # -- marking -----------------------------------------------------------------------

    def _mark(self, *names):
        """Set moments that are not set yet, for the receipts of this recordset.

        :param names: ``seen_at``, ``read_at``, ``acted_at`` or ``archived_at``
        """
        now = fields.Datetime.now()
        for name in names:
            fresh = self.filtered(lambda receipt, name=name: not receipt[name])
            fresh.write({name: now})

    def _put_back(self):
        """What was put off stands again where it stood before."""
        for receipt in self:
            told = receipt.notification_id.create_date
            receipt.appear_at = min(receipt.appear_at, told)

    def _ask(self, state):
        """Ask for something on behalf of the reader's company; it is read by that.

        :param str state: of ``partner.notification.action_state``
        :return: whether the reader was the first of the company
        """
        self.ensure_one()
        self.check_access("read")
        receipt = self.sudo()
        first = receipt.notification_id._ask(state, self.partner_id)
        receipt._mark("seen_at", "read_at", *(["acted_at"] if first else []))
        return first

    def _mark_all_read(self, domain):
        """Mark all receipts a domain finds as read, in one statement.

        :param domain: within what the caller may read
        :return: number of receipts marked
        """
        found = self._search(Domain(domain) & self._unread())
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE partner_notification_receipt
                      SET read_at = %(now)s,
                          seen_at = COALESCE(seen_at, %(now)s::timestamp)
                    WHERE id IN %(found)s""",
                now=fields.Datetime.now(),
                found=found.subselect(),
            )
        )
        marked = self.env.cr.rowcount
        self.invalidate_model(["seen_at", "read_at"])
        return marked
