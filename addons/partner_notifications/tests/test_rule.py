from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.translate import code_translations

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestRule(NotificationBuilders, TransactionCase):
    """Rules and topics are made on screen and checked on saving."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()

    def test_a_placeholder_that_nobody_can_fill_is_refused_when_saved(self):
        with self.assertRaisesRegex(ValidationError, r"“\{partner.name\}”"):
            self._topic(body="Dear {partner.name}")
        topic = self._topic(body="{amount} for {order}")
        with self.assertRaisesRegex(ValidationError, "asks for order"):
            self._debt_rule(topic_id=topic.id)

    def test_sources_are_called_by_their_name_in_the_readers_language(self):
        """X7: a list of choices that a method gives is not translated by itself."""
        self.env["res.lang"]._activate_lang("ru_RU")
        words = {("partner_notifications", "ru_RU"): {"Overdue debt": "Долг"}}
        with patch.dict(code_translations.python_translations, words):
            rules = self.env["partner.notification.rule"].with_context(lang="ru_RU")
            choices = rules.fields_get(["source"])["source"]["selection"]
        self.assertEqual(dict(choices)["debt"], "Долг")

    def test_every_language_is_checked(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        with self.assertRaisesRegex(ValidationError, "Russian"):
            self.topic.with_context(lang="ru_RU").body = "Уважаемый {партнёр"

    def test_a_topic_in_use_asks_only_for_what_its_rules_know(self):
        rule = self._debt_rule(topic_id=self.topic.id)
        with self.assertRaisesRegex(ValidationError, rule.name):
            self.topic.body = "Order {order}"

    def test_a_topic_for_everybody_cannot_be_held_out(self):
        with self.assertRaisesRegex(ValidationError, "for everybody"):
            self._debt_rule(topic_id=self.topic.id, hold_out_share=10)

    def test_a_topic_that_was_sent_is_archived_not_deleted(self):
        self._send(self._wave([self._partner()]))
        with self.assertRaisesRegex(ValidationError, "archive"):
            self.topic.unlink()
        self._topic().unlink()

    def test_channel_is_the_last_orders(self):
        team = self.env["crm.team"].create({"name": "Small business"})
        inside, outside = self._partner("Inside"), self._partner("Outside")
        for partner in (inside, outside):
            self._debt(partner, 1000)
        self.env["sale.order"].create(
            {"partner_id": inside.id, "team_id": team.id, "state": "sale"}
        )
        rule = self._debt_rule(team_ids=[Command.link(team.id)])
        wave = rule._start()
        self._send(wave)
        self.assertEqual(wave.notification_ids.commercial_partner_id, inside)

    def test_partners_are_chosen_by_the_domain(self):
        tag = self.env["res.partner.category"].create({"name": "At risk"})
        risky = self._partner("Risky", category_id=[Command.link(tag.id)])
        sound = self._partner("Sound")
        for partner in (risky, sound):
            self._debt(partner, 1000)
        rule = self._debt_rule(domain=f"[('category_id', 'not in', [{tag.id}])]")
        wave = rule._start()
        self._send(wave)
        self.assertEqual(wave.notification_ids.commercial_partner_id, sound)

    def test_a_rule_starts_when_its_time_has_come_and_within_its_hours(self):
        always = self.env["resource.calendar"].create(
            {
                "name": "Always",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 0,
                            "hour_to": 24,
                        }
                    )
                    for day in range(7)
                ],
            }
        )
        never = always.copy({"attendance_ids": [Command.clear()]})
        ready = self._debt_rule(name="Ready", calendar_id=always.id)
        shut = self._debt_rule(name="Shut", calendar_id=never.id)
        later = self._debt_rule(
            name="Later",
            calendar_id=always.id,
            next_run=fields.Datetime.add(fields.Datetime.now(), hours=1),
        )
        self.env["partner.notification.rule"]._cron_run()
        self.assertEqual(len(ready.broadcast_ids), 1)
        self.assertFalse((shut | later).broadcast_ids)
        self.env["partner.notification.rule"]._cron_run()
        self.assertEqual(len(ready.broadcast_ids), 1, "once a day")

    def test_a_rule_waits_until_its_last_wave_is_through(self):
        rule = self._debt_rule()
        wave = rule._start()
        wave.action_pause()
        rule.next_run = fields.Datetime.now()
        with patch.object(type(rule), "_is_open", return_value=True):
            rule._cron_run()
            self.assertEqual(rule.broadcast_ids, wave)
            wave.action_stop()
            rule._cron_run()
        self.assertEqual(len(rule.broadcast_ids), 2)

    def test_a_choice_of_partners_that_cannot_be_read_is_refused_when_saved(self):
        for domain in ("[('no_such_field', '=', 1)]", "[('id', '=', uid)]", "[("):
            with self.assertRaisesRegex(ValidationError, "Choose the partners again"):
                self._debt_rule(domain=domain)

    def test_a_clerk_meets_rules_waves_and_messages_of_own_companies_only(self):
        self._debt(self._partner(), 1000)
        rule = self._debt_rule()
        wave = rule._start()
        self._send(wave)
        exclusion = rule.exclusion_ids.create(
            {
                "rule_id": rule.id,
                "partner_id": self.env.user.partner_id.id,
                "reason": "x",
            }
        )
        step = rule.ramp_ids.create(
            {"rule_id": rule.id, "date": "2030-01-01", "amount_from": 5}
        )
        everything = (
            rule,
            wave,
            exclusion,
            step,
            wave.notification_ids,
            wave.notification_ids.receipt_ids,
        )
        own, other = (
            new_test_user(
                self.env,
                f"clerk-{company.id}",
                groups="partner_notifications.group_clerk",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            for company in (
                self.company,
                self.env["res.company"].create({"name": "Other supply"}),
            )
        )
        for records in everything:
            mine = records.with_user(own).with_context(
                allowed_company_ids=own.company_ids.ids
            )
            self.assertEqual(mine.search([("id", "in", records.ids)]), records)
            others = records.with_user(other).with_context(
                allowed_company_ids=other.company_ids.ids
            )
            self.assertFalse(others.search([("id", "in", records.ids)]), records)

    def test_a_plain_employee_meets_nothing(self):
        plain = new_test_user(self.env, "plain", groups="base.group_user")
        for name in ("topic", "rule", "broadcast", "candidate", "receipt", "mark"):
            with self.assertRaises(AccessError):
                self.env[f"partner.notification.{name}"].with_user(plain).search([])
