"""What persons want of the section, what they think of it, how often they come."""

from datetime import timedelta
from random import Random

from odoo import fields
from odoo.tools import date_utils

SEED = 11
QUARTERS = 4
# of a hundred persons: who answer in a quarter
ANSWERS = 14
SCORES = (5, 5, 5, 5, 5, 4, 4, 4, 3, 2)
COMMENTS = {
    5: ("Акт сверки за минуту, спасибо!", "Удобно, всё в одном месте", ""),
    4: ("Хорошо, но хочется файл со счётом", "", ""),
    3: ("Долго искал, где скачать счёт", ""),
    2: ("Слишком много предложений",),
}
VISIT_DAYS = 28
VISITORS = 9  # of a hundred, on one day


def load_wishes(env, small_companies):
    """Copies and quiet hours of one person, topics switched off, ratings, visits.

    :param small_companies: res.partner whose people rate and visit
    """
    users = env["res.users"].search(
        [("partner_id.commercial_partner_id", "in", small_companies.ids)], order="id"
    )
    _ask_for_copies(env)
    _switch_off_offers(env)
    _rate(env, users)
    _visit(env, users)


def _ask_for_copies(env):
    """Igor wants debts and moved deliveries by e-mail too, and to sleep at night."""
    igor = env.ref("partner_notifications.demo_user_romashka2")
    topics = [
        env.ref(f"partner_notifications.topic_{code}") for code in ("debt", "delivery")
    ]
    env["partner.notification.preference"]._save(
        igor, {topic: {"enabled", "email"} for topic in topics}
    )
    igor.write({"notification_quiet_from": 22, "notification_quiet_to": 8})


def _switch_off_offers(env):
    """Some of those who got the offer have had enough of offers."""
    sent = env["partner.notification.receipt"].search(
        [("topic_id.code", "=", "offers")], order="id"
    )
    for receipt in sent[::5]:
        env["partner.notification.preference"]._save(
            receipt.partner_id.user_ids, {receipt.topic_id: set()}
        )


def _rate(env, users):
    """Some answer each quarter, most of them pleased."""
    random = Random(SEED)
    rows = []
    now = fields.Datetime.now()
    for quarters_ago in range(QUARTERS):
        moment = fields.Datetime.subtract(now, months=3 * quarters_ago)
        for user in users:
            if random.randrange(100) >= ANSWERS:
                continue
            score = random.choice(SCORES)
            rows.append(
                {
                    "user_id": user.id,
                    "commercial_partner_id": user.commercial_partner_id.id,
                    "company_id": env.company.id,
                    "quarter": date_utils.start_of(moment.date(), "quarter"),
                    "answered_at": moment,
                    "score": score,
                    "comment": random.choice(COMMENTS[score]),
                }
            )
    env["partner.notification.feedback"].create(rows)


def _visit(env, users):
    """Some come each day; Olga has been twice and is asked at her third visit."""
    random = Random(SEED)
    today = fields.Date.today()
    olga = env.ref("partner_notifications.demo_user_romashka")
    visits = [(olga, 1), (olga, 2)] + [
        (user, days)
        for days in range(1, VISIT_DAYS)
        for user in users
        if random.randrange(100) < VISITORS
    ]
    env["partner.notification.visit"].create(
        [
            {
                "user_id": user.id,
                "company_id": env.company.id,
                "day": today - timedelta(days=days),
            }
            for user, days in visits
        ]
    )
