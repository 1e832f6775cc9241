"""Rules, a finished wave with its hold-out, who read and who paid, and its effect."""

from datetime import timedelta
from random import Random

from odoo import Command, fields
from odoo.tools import SQL

from .ledger import days_ago, pay

SEED = 7
FIRST_WAVE = 31
SECOND_WAVE = 16
# of a hundred companies: who pay all, and who pay a part
PAYERS = {"sent": (52, 12), "hold_out": (26, 8)}
# of a hundred persons: who see a notification, read it, do what it offers
SEEING, READERS, ACTING = 74, 62, 21
LATE_PAYERS = 4  # one of so many has paid since the second wave
MOST_SEEDS = 100


def load_waves(env):
    """Two waves of the debt rule: one long over and measured, one not over yet."""
    rule = _debt_rule(env)
    first = send(rule, _seed(rule, "first"))
    move_back(env, first, FIRST_WAVE)
    read(env, first)
    _pay_after(env, first)
    second = send(rule, _seed(rule, "second"))
    move_back(env, second, SECOND_WAVE)
    read(env, second)
    _pay_soon(env, second)
    rule.next_run = fields.Datetime.now() + timedelta(days=1)


def work_out_effects(env):
    """What the nightly job would have found out by now."""
    effects = env["partner.notification.effect"]
    for waves in effects._due_groups():
        effects._work_out_group(waves)


def switch_on(env, source, **values):
    """The ready-made rule of a source, looked through and switched on.

    :return: partner.notification.rule
    """
    rule = (
        env["partner.notification.rule"]
        .with_context(active_test=False)
        .search([("source", "=", source), ("company_id", "=", env.company.id)])
    )
    rule.write({"active": True, "name": rule.topic_id.name} | values)
    return rule


def _debt_rule(env):
    """The debt rule with its ramp."""
    return switch_on(
        env,
        "debt",
        amount_from=10_000,
        every_days=14,
        hold_out_share=30,
        ramp_ids=[Command.create({"date": days_ago(-30), "amount_from": 3_000})],
    )


def send(rule, seed=None):
    """Start a wave of a rule and carry it to its end, in this transaction.

    :param str seed: draws who is held out; any if not given
    :return: partner.notification.broadcast
    """
    wave = rule._start()
    wave.seed = seed or wave.seed
    return carry_out(wave)


def carry_out(wave):
    """Decide on all companies of a queued wave, without the job's commits."""
    pipeline = wave.env["partner.notification.pipeline"]
    pipeline._start(wave)
    while pipeline._run_batch(wave):
        pass
    pipeline._finish(wave)
    return wave


def move_back(env, wave, days):
    """Let a wave of now have been sent so many days ago."""
    env.flush_all()
    for table, columns, condition in (
        ("partner_notification", ("create_date", "write_date"), "broadcast_id = %s"),
        (
            "partner_notification_receipt",
            ("appear_at",),
            "notification_id IN (SELECT id FROM partner_notification"
            " WHERE broadcast_id = %s)",
        ),
        ("partner_notification_broadcast", ("started_at", "finished_at"), "id = %s"),
    ):
        changes = SQL(", ").join(
            SQL(
                "%s = %s - %s * INTERVAL '1 day'",
                SQL.identifier(column),
                SQL.identifier(column),
                days,
            )
            for column in columns
        )
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s",
                SQL.identifier(table),
                changes,
                SQL(condition, wave.id),
            )
        )
    env.invalidate_all()


def read(env, wave):
    """Some persons see it soon, some late or never; some of them read, few act."""
    random = Random(SEED)
    for receipt in wave.notification_ids.receipt_ids.sorted("id"):
        luck = random.randrange(100)
        if luck >= SEEING:
            continue
        moment = receipt.appear_at + timedelta(minutes=random.randint(10, 4000))
        marks = {"seen_at": moment}
        if luck < READERS:
            marks["read_at"] = moment
        if luck < ACTING:
            marks["acted_at"] = moment
        receipt.write(marks)


def _pay_after(env, wave):
    """More of the companies told pay than of those held out."""
    random = Random(SEED)
    for outcome, (all_of_it, part) in PAYERS.items():
        decided = wave.notification_ids.sorted("id")
        decided = decided.filtered(lambda row, outcome=outcome: row.outcome == outcome)
        partners = decided.commercial_partner_id - _three(env)
        for place, partner in enumerate(partners):
            position = 100 * place / len(partners)
            if position < all_of_it + part:
                share = 1 if position < all_of_it else 0.5
                pay(env, partner, share, days=FIRST_WAVE - random.randint(1, 12))
    # of the three that are looked at one has paid a part
    pay(env, env.ref("partner_notifications.demo_vasilek"), 0.4, days=22)


def _pay_soon(env, wave):
    """Some of those told lately have paid; the days of the others are not over."""
    told = wave.notification_ids.filtered(lambda row: row.outcome == "sent")
    partners = told.sorted("id").commercial_partner_id - _three(env)
    for partner in partners[::LATE_PAYERS]:
        pay(env, partner, 1, days=SECOND_WAVE - 7)


def _seed(rule, name):
    """A seed by which none of the three that are looked at is held out.

    :param str name: of the wave
    """
    env = rule.env
    pipeline = env["partner.notification.pipeline"]
    candidates = SQL(
        """SELECT id, id AS commercial_partner_id, 'demo' AS dedup_key
             FROM res_partner WHERE id IN %s""",
        tuple(_three(env).ids),
    )
    for number in range(MOST_SEEDS):
        trial = rule._trial()
        trial.seed = f"{name} {number}"
        trial.hold_out_share = rule.hold_out_share
        decisions = env.execute_query(pipeline._decision_sql(trial, candidates))
        if {outcome for _id, outcome in decisions} == {"sent"}:
            break
    return trial.seed


def _three(env):
    """The partners that are looked at in the demo; they owe until the end."""
    names = ("romashka", "vasilek", "lutik")
    ids = [env.ref(f"partner_notifications.demo_{name}").id for name in names]
    return env["res.partner"].browse(ids)
