from odoo import api, models
from odoo.tools import SQL

MOMENTS = ("seen_at", "read_at", "acted_at", "archived_at")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two partners become one: what both of them got becomes one, too.

    Core moves rows by changing the partner in them: that fails on a unique index, and
    on a unique constraint core deletes the rows of the partner that goes.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        partners = src_partners | dst_partner
        self.env.flush_all()
        self._fold_notifications(partners, dst_partner)
        self._fold_receipts(partners)
        self._fold_statements(partners)
        self._fold_waitlist(partners)
        self._move_unconstrained(src_partners, dst_partner)
        self.env.invalidate_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _move_unconstrained(self, src_partners, dst_partner):
        """What links to a company without a foreign key, by which core finds it."""
        for table in ("partner_notification_receipt", "partner_notification_candidate"):
            self.env.cr.execute(
                SQL(
                    """UPDATE %s SET commercial_partner_id = %s
                        WHERE commercial_partner_id IN %s""",
                    SQL.identifier(table),
                    dst_partner.id,
                    tuple(src_partners.ids),
                )
            )

    def _fold_notifications(self, partners, dst_partner):
        """The same notification of both: one stays, with the copies of both.

        What was sent stays rather than what was held out: the company has read it.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT kept, id FROM (
                       SELECT id, first_value(id) OVER (
                                  PARTITION BY company_id, topic_id, dedup_key
                                  ORDER BY outcome = 'sent' DESC,
                                           commercial_partner_id = %s DESC, id) AS kept
                         FROM partner_notification
                        WHERE commercial_partner_id IN %s
                          AND outcome IN ('sent', 'hold_out')) AS same
                    WHERE kept <> id""",
                dst_partner.id,
                tuple(partners.ids),
            )
        )
        for kept, gone in rows:
            self._fold_notification(kept, gone)

    def _fold_notification(self, kept, gone):
        """Move copies, answer and corrections of a notification and delete it."""
        self._fold_copies(kept, gone)
        self._fold_answer(kept, gone)
        for statement in (
            "UPDATE partner_notification_correction SET notification_id = %(kept)s"
            " WHERE notification_id = %(gone)s",
            "DELETE FROM partner_notification WHERE id = %(gone)s",
        ):
            self.env.cr.execute(SQL(statement, kept=kept, gone=gone))

    def _fold_copies(self, kept, gone):
        """The copies of one notification become another's; a person keeps one."""
        self.env.cr.execute(
            SQL(
                """UPDATE partner_notification_receipt mine SET %s
                     FROM partner_notification_receipt other
                    WHERE mine.notification_id = %s AND other.notification_id = %s
                      AND mine.partner_id = other.partner_id""",
                self._earliest("mine", "other"),
                kept,
                gone,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE partner_notification_receipt SET notification_id = %(kept)s
                    WHERE notification_id = %(gone)s AND partner_id NOT IN (
                          SELECT partner_id FROM partner_notification_receipt
                           WHERE notification_id = %(kept)s)""",
                kept=kept,
                gone=gone,
            )
        )

    def _fold_answer(self, kept, gone):
        """What somebody asked for on one of them stays asked for."""
        self.env.cr.execute(
            SQL(
                """UPDATE partner_notification mine
                      SET action_state = other.action_state,
                          acted_by_id = other.acted_by_id, acted_at = other.acted_at
                     FROM partner_notification other
                    WHERE mine.id = %s AND other.id = %s
                      AND mine.action_state IS NULL""",
                kept,
                gone,
            )
        )

    def _fold_receipts(self, partners):
        """Copies of one notification for persons who become one: one stays.

        Its moments are the earliest of all: what one of them read is read.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT kept, id FROM (
                       SELECT id, MIN(id) OVER (PARTITION BY notification_id) AS kept
                         FROM partner_notification_receipt
                        WHERE partner_id IN %s) AS same
                    WHERE kept <> id""",
                tuple(partners.ids),
            )
        )
        for kept, gone in rows:
            self.env.cr.execute(
                SQL(
                    """UPDATE partner_notification_receipt mine SET %s
                         FROM partner_notification_receipt other
                        WHERE mine.id = %s AND other.id = %s""",
                    self._earliest("mine", "other"),
                    kept,
                    gone,
                )
            )
            self.env.cr.execute(
                SQL("DELETE FROM partner_notification_receipt WHERE id = %s", gone)
            )

    def _earliest(self, mine, other):
        """SQL that sets each moment of a copy to the earlier of two."""
        return SQL(", ").join(
            SQL(
                "%s = LEAST(%s, %s)",
                SQL.identifier(name),
                SQL.identifier(mine, name),
                SQL.identifier(other, name),
            )
            for name in MOMENTS
        )

    def _fold_statements(self, partners):
        """Statements asked for by both: the earlier one stays asked for."""
        self.env.cr.execute(
            SQL(
                """SELECT id FROM (
                       SELECT id, row_number() OVER (
                                  PARTITION BY company_id, kind,
                                      CASE kind WHEN 'file' THEN
                                          ROW(begin, "end", lang)::text END
                                  ORDER BY id) AS place
                         FROM partner_statement
                        WHERE commercial_partner_id IN %s AND state = 'asked') AS same
                    WHERE place > 1""",
                tuple(partners.ids),
            )
        )
        ids = [statement_id for (statement_id,) in self.env.cr.fetchall()]
        # with their activities: the accountant sends one
        self.env["partner.statement"].sudo().browse(ids).unlink()

    def _fold_waitlist(self, partners):
        """Of two open entries for the same goods the later one is cancelled."""
        self.env.cr.execute(
            SQL(
                """UPDATE partner_waitlist SET state = 'cancelled', held_until = NULL
                    WHERE id IN (
                        SELECT id FROM (
                            SELECT id, row_number() OVER (
                                       PARTITION BY company_id, product_id, warehouse_id
                                       ORDER BY id) AS place
                              FROM partner_waitlist
                             WHERE partner_id IN %s
                               AND state IN ('waiting', 'held', 'told')) AS entry
                         WHERE place > 1)""",
                tuple(partners.ids),
            )
        )
