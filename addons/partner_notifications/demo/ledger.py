"""Invoices, a refund, payments; all days are counted from today."""

from datetime import timedelta
from random import Random

from odoo import Command, fields
from odoo.fields import Domain

PAPER_PRICE = 2450
SEED = 5
# partner -> (boxes of paper, days since the invoice, days since it was due)
STORIES = {
    "romashka": ((46, 80, 50), (12, 65, 35), (8, 10, -20)),
    "vasilek": ((20, 90, 60), (9, 70, 40)),
    "lutik": ((6, 76, 46),),
}


def load_debts(env, small_companies):
    """Invoices of all partners, the older ones overdue."""
    for name, story in STORIES.items():
        partner = env.ref(f"partner_notifications.demo_{name}")
        for boxes, issued, due in story:
            invoice(env, [(partner, boxes, issued, due)])
    refund(env, env.ref("partner_notifications.demo_vasilek"), boxes=3, issued=45)
    random = Random(SEED)
    invoice(
        env,
        [
            (company, random.randint(2, 60), random.randint(75, 105), 45)
            for company in small_companies
        ],
    )


def days_ago(days):
    """The date so many days before today; below zero: to come."""
    return fields.Date.today() - timedelta(days=days)


def invoice(env, rows):
    """Post an invoice for each (partner, boxes of paper, days issued, days due).

    :return: account.move
    """
    moves = env["account.move"].create(
        [
            _values(env, "out_invoice", partner, boxes, issued)
            | {"invoice_date_due": days_ago(due), "invoice_payment_term_id": False}
            for partner, boxes, issued, due in rows
        ]
    )
    moves.action_post()
    return moves


def refund(env, partner, boxes, issued):
    """Post a credit note for goods sent back."""
    env["account.move"].create(
        _values(env, "out_refund", partner, boxes, issued)
    ).action_post()


def _values(env, kind, partner, boxes, issued):
    return {
        "move_type": kind,
        "partner_id": partner.id,
        "invoice_date": days_ago(issued),
        "date": days_ago(issued),
        "invoice_line_ids": [
            Command.create(
                {
                    "product_id": env.ref("partner_notifications.demo_product").id,
                    "quantity": boxes,
                    "price_unit": PAPER_PRICE,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
    }


def pay(env, partner, share, days):
    """Book a payment of a share of what a partner's overdue invoices ask for.

    :param float share: 1 for all of it
    :param int days: days ago
    """
    lines = env["account.move.line"]
    open_lines = lines.search(_overdue(partner), order="date_maturity")
    amount = round(sum(open_lines.mapped("amount_residual")) * share, 2)
    account = open_lines.account_id[:1]
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    bank = {"account_id": journal.default_account_id.id, "balance": amount}
    receivable = {
        "account_id": account.id,
        "partner_id": partner.id,
        "balance": -amount,
    }
    move = env["account.move"].create(
        {
            "journal_id": journal.id,
            "date": days_ago(days),
            "ref": "Оплата",
            "line_ids": [Command.create(bank), Command.create(receivable)],
        }
    )
    move.action_post()
    credit = move.line_ids.filtered(lambda line: line.account_id == account)
    (open_lines | credit).reconcile()


def _overdue(partner):
    return Domain(
        [
            ("partner_id", "child_of", partner.id),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", ">", 0),
            ("date_maturity", "<", fields.Date.today()),
        ]
    )
