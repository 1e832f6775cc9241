from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestMessages(OrderServiceCommon):
    """What customers are told of the stages of their orders (S11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.mail_server"].search([]).active = False
        cls.startClassPatcher(
            patch.object(config, "options", config.options.new_child())
        )
        for options in config.options.maps[:-1]:
            if options.get("smtp_server"):
                cls.startClassPatcher(patch.dict(options, smtp_server=""))
        cls.company.service_sms_ready = False
        cls.customer.lang = "en_US"
        cls.first_stage = cls.route_delivery._first_stage()
        cls.sms_template = cls.env.ref("order_service.sms_template_on_the_way")

    def _connect_mail(self):
        self.env["ir.mail_server"].create({"name": "Test", "smtp_host": "localhost"})

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("order_service.cron_messages").method_direct_trigger()
        self.env.invalidate_all()

    def _told(self, order, kind="mail"):
        return order.service_message_ids.filtered(lambda row: row.kind == kind)

    def _tell_by_sms(self):
        self.first_stage.write(
            {"mail_template_id": False, "sms_template_id": self.sms_template.id}
        )

    # -- mail -----------------------------------------------------------------------

    def test_a_stage_with_a_template_writes_one_mail_to_the_customer(self):
        """S11"""
        self._connect_mail()
        order = self._order()
        self._run_cron()
        message = self._told(order)
        self.assertEqual(message.state, "sent")
        mail = message.sudo().mail_id
        self.assertEqual(mail.state, "outgoing", "the queue sends it, not the cron")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn(order.service_external_ref, mail.subject)
        self.assertIn(order.access_token, mail.body_html, "with the link to the page")

    def test_the_mail_speaks_the_language_of_the_customer(self):
        """S11"""
        self._connect_mail()
        template = self.first_stage.mail_template_id
        template.with_context(lang="ru_RU").subject = "Заказ {{ object.name }} принят"
        russian = self.customer.copy({"lang": "ru_RU", "email": "b@example.com"})
        orders = self._order(partner_id=russian.id) + self._order()
        self._run_cron()
        subjects = orders.service_message_ids.sudo().mail_id.mapped("subject")
        self.assertIn(f"Заказ {orders[0].name} принят", subjects)
        self.assertIn(f"Order {orders[1].service_external_ref} is accepted", subjects)

    def test_without_a_mail_server_messages_wait_visibly_and_leave_later(self):
        order = self._order()
        self._run_cron()
        message = self._told(order)
        self.assertEqual(message.state, "queued")
        self.assertIn("no outgoing mail server", message.error)
        self.assertFalse(message.sudo().mail_id)
        self._connect_mail()
        self._run_cron()
        self.assertEqual(message.state, "sent")
        self.assertFalse(message.error)

    def test_a_server_named_in_the_configuration_carries_mails(self):
        order = self._order()
        with patch.dict(config.options.maps[0], smtp_server="mail.example.com"):
            self._run_cron()
        self.assertEqual(self._told(order).state, "sent")

    def test_a_customer_without_an_address_is_named_on_the_order(self):
        self._connect_mail()
        self.customer.email = False
        order = self._order()
        self._run_cron()
        message = self._told(order)
        self.assertEqual(message.state, "failed")
        self.assertIn("no valid e-mail address", message.error)

    def test_an_archived_customer_is_not_written_to(self):
        self._connect_mail()
        order = self._order()
        self.customer.active = False
        self._run_cron()
        self.assertEqual(self._told(order).state, "failed")
        self.assertIn("archived", self._told(order).error)

    def test_a_failed_message_can_be_sent_again_when_the_cause_is_gone(self):
        self._connect_mail()
        self.customer.email = False
        order = self._order()
        self._run_cron()
        self.customer.email = "now@example.com"
        self._told(order).with_user(self.operator).action_send_again()
        self._run_cron()
        self.assertEqual(self._told(order).state, "sent")

    def test_a_mail_the_server_refused_says_so_on_the_order(self):
        self._connect_mail()
        order = self._order()
        self._run_cron()
        self._told(order).sudo().mail_id.write(
            {"state": "exception", "failure_reason": "Mailbox is full"}
        )
        message = self._told(order).with_user(self.operator)
        self.assertIn("Mailbox is full", message.error)

    def test_one_order_the_template_cannot_fill_in_does_not_stop_the_others(self):
        self._connect_mail()
        self.first_stage.mail_template_id.subject = (
            "Half of it: {{ 1 / (0 if object.client_order_ref == 'nothing' else 2) }}"
        )
        good, bad = self._order(), self._order(client_order_ref="nothing")
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self._run_cron()
        self.assertEqual(self._told(good).state, "sent")
        self.assertEqual(self._told(bad).state, "failed")
        self.assertIn("cannot be filled in", self._told(bad).error)

    # -- once ------------------------------------------------------------------------

    def test_a_second_run_sends_nothing(self):
        """S11: once each."""
        self._connect_mail()
        order = self._order()
        self._run_cron()
        mail = self._told(order).sudo().mail_id
        self._run_cron()
        written = self.env["mail.mail"].search_count(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(written, 1)
        self.assertEqual(self._told(order).sudo().mail_id, mail)

    def test_coming_back_to_a_stage_tells_nothing_again(self):
        """S11: once each."""
        self._connect_mail()
        order = self._carry(self._order(), "handover")
        stage = self.route_delivery.stage_ids.filtered(lambda s: s.code == "check")
        order.with_user(self.manager)._service_force(stage, "Checked badly")
        self.assertEqual(order.service_stage_id, stage)
        self.assertEqual(len(self._told(order)), 1)

    def test_coming_back_from_a_deferral_tells_nothing_again(self):
        """N8, S11: once each."""
        order = self._order()
        until = fields.Datetime.now() + timedelta(hours=1)
        deferral = self.env["order.service.deferral"]._open(order, "no_answer", until)
        deferral._close()
        self.assertEqual(len(self._told(order)), 1)

    # -- SMS -------------------------------------------------------------------------

    def test_without_an_sms_provider_the_message_waits_visibly(self):
        self._tell_by_sms()
        order = self._order()
        self._run_cron()
        message = self._told(order, "sms")
        self.assertEqual(message.state, "queued")
        self.assertIn("no SMS provider", message.error)
        self.company.service_sms_ready = True
        self._run_cron()
        self.assertEqual(message.state, "sent")

    def test_sms_go_to_the_phone_of_the_customer(self):
        """S11"""
        self._tell_by_sms()
        self.company.service_sms_ready = True
        order = self._order()
        self._run_cron()
        sms = self._told(order, "sms").sudo().sms_id
        self.assertEqual(sms.number, "+79130000001")
        self.assertEqual(sms.state, "outgoing")
        self.assertIn(order.service_external_ref, sms.body)

    def test_without_a_phone_of_the_customer_the_recipient_gets_the_sms(self):
        """S4, S11"""
        self._tell_by_sms()
        self.company.service_sms_ready = True
        self.store.partner_id.country_id = self.env.ref("base.ru")
        self.customer.phone = False
        order = self._order(service_recipient_phone="8 (913) 000-00-02")
        self._run_cron()
        sms = self._told(order, "sms").sudo().sms_id
        self.assertEqual(sms.number, "+79130000002", "read as a number of the store's")

    def test_nobody_with_a_phone_is_named_on_the_order(self):
        self._tell_by_sms()
        self.company.service_sms_ready = True
        self.customer.phone = False
        order = self._order(service_recipient_phone="call me")
        self._run_cron()
        message = self._told(order, "sms")
        self.assertEqual(message.state, "failed")
        self.assertIn("valid phone", message.error)

    def test_sms_speak_the_language_of_the_customer(self):
        """S11"""
        self._tell_by_sms()
        self.company.service_sms_ready = True
        self.sms_template.with_context(lang="ru_RU").body = "Заказ {{ object.name }}"
        self.customer.lang = "ru_RU"
        order = self._order()
        self._run_cron()
        self.assertEqual(
            self._told(order, "sms").sudo().sms_id.body, f"Заказ {order.name}"
        )

    def test_the_sms_names_what_is_left_to_pay(self):
        self._tell_by_sms()
        self.company.service_sms_ready = True
        order = self._order()
        self._run_cron()
        due = self.env["ir.qweb.field.monetary"].value_to_html(
            order.amount_total, {"display_currency": order.currency_id}
        )
        digits = "".join(filter(str.isdigit, due))
        body = self._told(order, "sms").sudo().sms_id.body
        self.assertIn(digits, "".join(filter(str.isdigit, body)))

    def test_nobody_writes_or_reads_messages_but_staff(self):
        """A customer's account reaches none of the rows."""
        model = self.env["order.service.message"]
        self.assertFalse(model.with_user(self.courier).has_access("read"))
        self.assertFalse(model.with_user(self.operator).has_access("write"))
        with self.assertRaises(AccessError):
            self._told(self._order()).with_user(self.courier).action_send_again()

    # -- many ------------------------------------------------------------------------

    def test_the_cost_of_a_batch_does_not_grow_with_its_rows(self):
        """Set-based: 30 messages cost few queries more than 3."""
        self._connect_mail()
        costs = []
        for count in (3, 30):
            orders = self.env["sale.order"]
            for _number in range(count):
                orders |= self._order(start=False)
            orders._service_start(actor="system")
            self.env.flush_all()
            self.env.invalidate_all()
            messages = self.env["order.service.message"].search(
                [("state", "=", "queued")]
            )
            before = self.env.cr.sql_log_count
            messages._send()
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(messages.mapped("state")), {"sent"})
        self.assertLessEqual(costs[1] - costs[0], 27, f"queries: {costs}")
