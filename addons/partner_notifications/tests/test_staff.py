import ast
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ..models import res_partner_invite
from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestStaff(NotificationBuilders, TransactionCase):
    """What staff see of a partner, whom they invite, and the switch of all sending."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner("Romashka", persons=2)
        cls.clerk, cls.manager, cls.plain = (
            new_test_user(
                cls.env,
                login,
                groups=groups,
                company_id=cls.company.id,
                company_ids=cls.company.ids,
            )
            for login, groups in (
                ("clerk", "partner_notifications.group_clerk"),
                ("manager", "partner_notifications.group_manager"),
                ("plain", "base.group_user"),
            )
        )

    def test_the_partners_form_counts_what_it_got_and_read(self):
        first, _second = (self._send(self._wave([self.partner])) for _wave in range(2))
        first.receipt_ids[0]._mark("read_at")
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.partner.id}
        )
        for partner in (self.partner, branch):
            partner = partner.with_user(self.clerk)
            self.assertEqual(partner.notification_count, 2)
            self.assertEqual(partner.notification_read_count, 1)
        action = branch.with_user(self.clerk).action_notifications()
        found = self.env["partner.notification"].search(action["domain"])
        self.assertEqual(found, self.partner.portal_notification_ids)

    def test_a_plain_user_has_neither_the_counts_nor_the_button(self):
        arch = self.env["res.partner"].with_user(self.plain).get_view(view_type="form")
        self.assertNotIn("action_notifications", arch["arch"])
        with self.assertRaises(AccessError):
            self.partner.with_user(self.plain).read(["notification_count"])
        clerk = self.env["res.partner"].with_user(self.clerk)
        self.assertIn("action_notifications", clerk.get_view(view_type="form")["arch"])

    def test_counts_of_many_partners_take_as_many_queries_as_of_one(self):
        partners = self.partner | self._partner("Second") | self._partner("Third")
        self._send(self._wave(partners))
        self.env.invalidate_all()
        one = partners[:1].with_user(self.clerk)
        one.mapped("notification_count")  # rights and rules are read once
        for some in (partners[:1], partners):
            some.invalidate_recordset()
            some.mapped("commercial_partner_id.id")
            with self.assertQueryCount(2):
                some.with_user(self.clerk).mapped("notification_count")

    # -- who cannot be told ------------------------------------------------------------

    def _missed(self, name="Missed", **values):
        """A company that was told nothing for want of portal access."""
        values.setdefault("email", f"{name.lower()}@example.com")
        missed = self._partner(name, persons=0, **values)
        self._send(self._wave([missed]))
        return missed

    def _invite_list(self):
        """The companies a clerk finds by the menu."""
        action = self.env.ref("partner_notifications.partner_invite_action")
        domain = ast.literal_eval(action.domain)
        partners = self.env["res.partner"].with_user(self.clerk)
        model_domain = partners._notification_missed()
        self.assertEqual(partners.search(domain), partners.search(model_domain))
        return partners.search(domain)

    def test_a_broadcast_has_one_box_of_buttons_with_all_of_them(self):
        arch = (
            self.env["partner.notification.broadcast"]
            .with_user(self.clerk)
            .get_view(view_type="form")["arch"]
        )
        [box] = etree.fromstring(arch).xpath("//div[@name='button_box']")
        self.assertEqual(
            set(box.xpath("button/@name")),
            {"action_open_effect", "action_recipients", "action_no_portal"},
        )

    def test_companies_without_access_are_listed_and_invited_by_a_clerk(self):
        self._partner("Never told anything", persons=0)
        reached = self._partner("Reached")
        missed = self._partner("Missed", persons=0, email="missed@example.com")
        wave = self._wave([reached, missed])
        self._send(wave)
        wave = wave.with_user(self.clerk)
        self.assertEqual(wave.no_portal_count, 1)
        action = wave.action_no_portal()
        listed = self.env["res.partner"].with_user(self.clerk).search(action["domain"])
        self.assertEqual(listed, missed)
        self.assertEqual(self._invite_list(), missed)
        told = listed.action_notification_invite()["params"]
        self.assertEqual((told["message"], told["type"]), ("Invited: 1.", "success"))
        self.assertTrue(missed.user_ids._is_portal())
        self.assertEqual(missed.user_ids.company_ids, self.company)
        self.assertFalse(self._invite_list(), "who has access now leaves the list")

    def test_who_cannot_be_invited_is_named_and_the_others_are_invited(self):
        good, silent = self._missed("Good"), self._missed("Silent", email=False)
        taken = self._missed("Taken")
        self._persons(self.partner)[0].login = taken.email
        chosen = (good | silent | taken).with_user(self.clerk)
        told = chosen.action_notification_invite()["params"]
        self.assertIn("Invited: 1.", told["message"])
        self.assertIn("Silent has no e-mail address", told["message"])
        self.assertIn('"Taken" has the same email', told["message"])
        self.assertTrue(good.user_ids)
        self.assertFalse((silent | taken).user_ids)

    def test_for_a_company_without_an_address_its_only_person_with_one_is_invited(self):
        company, crowd = (
            self._missed(name, email=False) for name in ("Company", "Crowd")
        )
        [person, _other, _third] = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": parent.id, "email": f"{name}@example.com"}
                for name, parent in (("ann", company), ("bob", crowd), ("eve", crowd))
            ]
        )
        chosen = (company | crowd).with_user(self.clerk)
        self.assertEqual(
            chosen.mapped("notification_invite_email"), ["ann@example.com", False]
        )
        told = chosen.action_notification_invite()["params"]
        self.assertIn("Invited: 1. Crowd has no e-mail", told["message"])
        self.assertTrue(person.user_ids._is_portal())
        self.assertFalse(crowd.child_ids.user_ids)

    def test_only_the_service_centre_invites_and_only_from_its_list(self):
        missed, told = self._missed(), self._partner("Told", email="told@example.com")
        stranger = self._partner("Stranger", persons=0, email="stranger@example.com")
        for user in (self.plain, self._persons(self.partner)[0]):
            with self.assertRaises(AccessError):
                missed.with_user(user).action_notification_invite()
        ended = self._missed("Ended")
        new_test_user(
            self.env, "ended", groups="base.group_portal", partner_id=ended.id
        ).active = False
        for partner in (told, stranger, missed | stranger, ended):
            with self.assertRaisesRegex(AccessError, "Not in the list"):
                partner.with_user(self.clerk).action_notification_invite()
        self.assertFalse(missed.user_ids)

    def test_who_was_missed_by_another_company_is_not_ours_to_invite(self):
        missed = self._missed()
        other = self.env["res.company"].create({"name": "Other supply"})
        theirs = new_test_user(
            self.env,
            "their_clerk",
            groups="partner_notifications.group_clerk",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaisesRegex(AccessError, "Not in the list"):
            missed.with_user(theirs).with_context(
                allowed_company_ids=other.ids
            ).action_notification_invite()

    def test_not_too_many_are_invited_at_once(self):
        missed = (self._missed("First") | self._missed("Second")).with_user(self.clerk)
        with (
            patch.object(res_partner_invite, "MOST_AT_ONCE", 1),
            self.assertRaisesRegex(UserError, "1 companies at most"),
        ):
            missed.action_notification_invite()

    # -- the switch --------------------------------------------------------------------

    def _switch(self, user):
        return self.env["partner.notification.sending"].with_user(user).create({})

    def test_a_manager_stops_all_sending_and_starts_it_again(self):
        wave = self._wave([self.partner])
        switch = self._switch(self.manager)
        self.assertTrue(switch.is_on)
        self.assertEqual(switch.waiting_count, 1)
        said = switch.action_stop()["params"]["message"]
        self.assertIn("is stopped", said)
        self.assertFalse(self.company.notifications_on)
        self.assertFalse(self._debt_rule().with_user(self.manager).sending_on)
        self.assertFalse(wave.with_user(self.clerk).sending_on)
        self.assertFalse(self.pipeline._next_wave() & wave)
        note = self.company.partner_id.message_ids[0]
        self.assertIn("stopped", note.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        switch.action_start()
        self.assertEqual(self.pipeline._next_wave(), wave)

    def test_nobody_else_turns_the_switch(self):
        switch = self._switch(self.manager)
        for user in (self.clerk, self.plain, self._persons(self.partner)[0]):
            with self.assertRaises(AccessError):
                self._switch(user)
            with self.assertRaises(AccessError):
                switch.with_user(user).action_stop()
        self.assertTrue(self.company.notifications_on)

    def test_the_switch_of_another_company_is_not_ours(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        switch = self.env["partner.notification.sending"].with_user(self.manager)
        with self.assertRaises(AccessError):
            switch.create({"company_id": other.id}).action_stop()
        self.assertTrue(other.notifications_on)

    def test_the_accountant_is_chosen_in_the_settings(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.statement_accountant_id = self.clerk
        settings.record.execute()
        self.assertEqual(self.company.statement_accountant_id, self.clerk)
