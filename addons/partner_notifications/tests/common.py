from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import SQL


class NotificationBuilders:
    """Small builders with defaults: a topic, a company with persons, a debt, a wave."""

    @classmethod
    def set_up_notifications(cls, env):
        """A company with a ledger of its own and a topic that anybody may get.

        :param env: of the superuser
        """
        cls.env = env
        cls.company = env["res.company"].create({"name": "Bureau supply"})
        cls.env = env = env(
            context={
                **env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
        )
        cls.company = cls.company.with_env(env)
        cls.pipeline = env["partner.notification.pipeline"]
        cls.topic = cls._topic()

    @classmethod
    def _topic(cls, **values):
        cls.topic_number = getattr(cls, "topic_number", 0) + 1
        defaults = {
            "name": f"Topic {cls.topic_number}",
            "code": f"test_{cls.topic_number}",
            "subject": "News for {partner}",
            "body": "{company} has news for {partner}.",
        }
        return cls.env["partner.notification.topic"].create(defaults | values)

    @classmethod
    def _partner(cls, name="Romashka", persons=1, **values):
        """A company and its persons with portal access."""
        partner = cls.env["res.partner"].create(
            {"name": name, "is_company": True} | values
        )
        for number in range(persons):
            cls._person(partner, f"{name}-{number}".lower().replace(" ", "-"))
        return partner

    @classmethod
    def _person(cls, partner, login, **values):
        """A portal user who works for ``partner``."""
        user = new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            context={"no_reset_password": True},
            name=login,
            **values,
        )
        user.partner_id.parent_id = partner
        return user

    @classmethod
    def _persons(cls, partner):
        return cls.env["res.users"].search(
            [("partner_id", "child_of", partner.id)], order="id"
        )

    # -- waves -------------------------------------------------------------------------

    @classmethod
    def _wave(cls, partners, topic=None, **values):
        """A queued wave to some companies; the dedup key is the same for all."""
        key = values.pop("dedup_key", None)
        wave = cls.env["partner.notification.broadcast"].create(
            {
                "topic_id": (topic or cls.topic).id,
                "company_id": cls.company.id,
                "origin": "upload",
                "state": "queued",
                # many tests tell the same text twice
                "leave_out_same": False,
            }
            | values
        )
        cls.env["partner.notification.candidate"].create(
            [
                {
                    "broadcast_id": wave.id,
                    "commercial_partner_id": partner.id,
                    "dedup_key": key or f"wave:{wave.id}",
                }
                for partner in partners
            ]
        )
        wave.candidate_count = len(partners)
        return wave

    @classmethod
    def _send(cls, wave):
        """Carry a wave to its end, without the commits of the cron."""
        if wave.state == "queued":
            cls.pipeline._start(wave)
        while cls.pipeline._run_batch(wave):
            pass
        cls.pipeline._finish(wave)
        return wave.notification_ids

    @classmethod
    def _event(cls, partners, topic=None, **values):
        """A single event about some companies, sent in this transaction.

        :return: its partner.notification.broadcast
        """
        wave = cls._wave([], topic=topic, origin="event", **values)
        query = SQL(
            """SELECT id AS commercial_partner_id, '{}'::jsonb AS values,
                      %s AS dedup_key, NULL::float8 AS amount,
                      NULL::varchar AS res_model, NULL::integer AS res_id,
                      NULL::varchar AS url
                 FROM res_partner WHERE id IN %s""",
            f"event:{wave.id}",
            tuple(partner.id for partner in partners),
        )
        cls.pipeline._send_now(wave, query)
        return wave

    @classmethod
    def _outcomes(cls, wave):
        """dict partner -> outcome."""
        return {row.commercial_partner_id: row.outcome for row in wave.notification_ids}

    def _receipts(self, user):
        """What a person finds in the portal, as this person."""
        receipts = self.env["partner.notification.receipt"].with_user(user)
        return receipts.search(receipts._current())

    # -- waitlist ----------------------------------------------------------------------

    @classmethod
    def set_up_waitlist(cls):
        """A warehouse, goods called Paper and an active rule of the waitlist."""
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.product = cls._product("Paper")
        cls.rule = cls.env["partner.notification.rule"].create(
            {
                "name": "Back in stock",
                "topic_id": cls.env.ref("partner_notifications.topic_waitlist").id,
                "source": "waitlist",
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "is_storable": True} | values
        )

    @classmethod
    def _warehouse(cls, name):
        return cls.env["stock.warehouse"].create(
            {"name": name, "code": name[:5].upper(), "company_id": cls.company.id}
        )

    @classmethod
    def _entry(cls, partner, quantity=1, **values):
        """A waitlist entry of a partner for Paper at any warehouse."""
        return cls.env["partner.waitlist"].create(
            {
                "partner_id": partner.id,
                "product_id": cls.product.id,
                "company_id": cls.company.id,
                "quantity": quantity,
            }
            | values
        )

    @classmethod
    def _arrive(cls, quantity, warehouse=None, product=None):
        """Goods come in, or go below zero."""
        cls.env["stock.quant"]._update_available_quantity(
            product or cls.product,
            (warehouse or cls.warehouse).lot_stock_id,
            quantity,
        )
        # what a product has is computed once a transaction, and tests are one
        cls.env["product.product"].invalidate_model()

    @classmethod
    def _tick(cls):
        """What the scheduled actions do for the rule; its notifications, if any."""
        before = cls.rule.broadcast_ids
        cls.rule._run()
        wave = cls.rule.broadcast_ids - before
        return cls._send(wave) if wave else cls.env["partner.notification"]

    # -- ledger ------------------------------------------------------------------------

    @classmethod
    def set_up_ledger(cls):
        """A receivable, an income account and a journal."""
        accounts = cls.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "account_type": kind,
                    "reconcile": kind == "asset_receivable",
                    "company_ids": [Command.link(cls.company.id)],
                }
                for name, code, kind in (
                    ("Receivable", "620100", "asset_receivable"),
                    ("Income", "900100", "income"),
                )
            ]
        )
        cls.receivable, cls.income = accounts
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Ledger",
                "code": "LEDG",
                # entries of a general journal are "no follow-up" by themselves
                "type": "sale",
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _debt(cls, partner, amount, days_late=10, **line):
        """A posted receivable of ``partner``; below zero it is a payment.

        :param float amount: in the company's currency, or in ``currency_id`` at 1:1
        :param int days_late: below zero: due in the future
        """
        today = fields.Date.context_today(cls.journal)
        receivable = {
            "account_id": cls.receivable.id,
            "partner_id": partner.id,
            "balance": amount,
            "date_maturity": today - timedelta(days=days_late),
        } | line
        if "currency_id" in line:
            receivable.setdefault("amount_currency", amount)
        move = cls.env["account.move"].create(
            {
                "journal_id": cls.journal.id,
                "date": today - timedelta(days=max(days_late, 0)),
                "line_ids": [
                    Command.create(receivable),
                    Command.create({"account_id": cls.income.id, "balance": -amount}),
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _debt_rule(cls, **values):
        return cls.env["partner.notification.rule"].create(
            {
                "name": "Debts",
                "topic_id": cls.env.ref("partner_notifications.topic_debt").id,
                "source": "debt",
                "company_id": cls.company.id,
                "amount_from": 100,
            }
            | values
        )
