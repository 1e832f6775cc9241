from odoo import models


class PartnerNotification(models.Model):
    """What follows when a partner answers a moved delivery."""

    _inherit = "partner.notification"  # pylint: disable=consider-merging-classes-inherited

    def _asked(self):
        result = super()._asked()
        if self.topic_id.action == "delivery" and self.res_model == "sale.order":
            self._answer_order()
        return result

    def _answer_order(self):
        """Note the answer on the order; another day is a task for its salesperson."""
        order = self.env["sale.order"].browse(self.res_id).exists()
        if not order:
            return
        answers = dict(self._fields["action_state"]._description_selection(self.env))
        order.message_post(
            body=self.env._(
                "%(person)s on “%(subject)s”: %(answer)s.",
                person=self.acted_by_id.name,
                subject=self.subject,
                answer=answers[self.action_state],
            ),
            author_id=self.acted_by_id.id,
            subtype_xmlid="mail.mt_note",
        )
        if self.action_state == "other_day":
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=order.user_id.id,
                summary=self.env._("Agree on another delivery day with the partner"),
            )
