from odoo.tests import HttpCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestFiguresTour(NotificationBuilders, HttpCase):
    """The service centre's way from a dry run to the figures, by clicking (K10, X1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.manager = new_test_user(
            cls.env,
            "tour_manager",
            groups="partner_notifications.group_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
            context={"no_reset_password": True},
        )
        debtors = [
            cls._partner("Romashka"),
            cls._partner("Nobody in the portal", persons=0),
            # so many that the lot leaves neither side empty
            *(cls._partner(f"Debtor {number}") for number in range(20)),
        ]
        for debtor in debtors:
            cls._debt(debtor, 20_000)
        cls.rule = cls._debt_rule(name="Late payers", hold_out_share=50)

    def test_a_rule_is_tried_sent_and_measured(self):
        self.start_tour(
            "/odoo/notification-rules",
            "partner_notifications_dry_run",
            login=self.manager.login,
        )
        self.assertFalse(self.rule.broadcast_ids, "a dry run sends nothing")
        self._send(self.rule._start())
        effects = self.env["partner.notification.effect"]
        for waves in effects._due_groups():
            effects._work_out_group(waves)
        self.start_tour(
            "/odoo/notification-figures",
            "partner_notifications_figures",
            login=self.manager.login,
        )
