"""Three uploads of the service centre: sent, waiting for approval, with errors."""

import base64

from .waves import carry_out, move_back, read

SENT = 8  # days ago
# where the recipients of each stand among the small companies
SMALL = slice(0, 30)
LARGE = slice(30, 90)
COLUMNS = "Код;goods;percent;until"
ERRORS = (
    "П-001;папки-регистраторы;10;31 декабря",
    "П-002;папки-регистраторы;10;31 декабря",
    "П-777;папки-регистраторы;10;31 декабря",
    "П-003;;10;31 декабря",
    ";папки-регистраторы;10;31 декабря",
)


def load_uploads(env, small_companies):
    """A small offer that is over and a large one of today.

    :param small_companies: res.partner to whom the offers go
    """
    topic = _make_topic(env)
    offer = _upload(
        env,
        topic,
        _lines(small_companies[SMALL], "кресла «Профи»", 7),
        "кресла.csv",
        hold_out_share=30,
        request="Отдел продаж, письмо от Вишняковой",
    )
    offer.action_send()
    move_back(env, carry_out(offer.sudo()), SENT)
    read(env, offer.sudo())
    large = _upload(
        env,
        topic,
        _lines(small_companies[LARGE], "бумагу А4", 5),
        "бумага.csv",
        hold_out_share=20,
        request="Отдел закупок: остатки на складе",
    )
    large.action_send()


def load_draft(env):
    """A file with errors, checked when people have switched off what they wish."""
    topic = env["partner.notification.topic"].search([("code", "=", "offers")])
    _upload(env, topic, ERRORS, "папки.csv", request="Отдел продаж")


def _make_topic(env):
    """A topic of the company's own, in two languages."""
    topic = (
        env["partner.notification.topic"]
        .with_context(lang="en_US")
        .create(
            {
                "name": "Offers",
                "code": "offers",
                "icon": "fa-percent",
                "allow_hold_out": True,
                "subject": "{percent} % off {goods}",
                "body": "{partner}, until {until} you buy {goods} {percent} % cheaper.",
            }
        )
    )
    topic.with_context(lang="ru_RU").write(
        {
            "name": "Предложения",
            "subject": "Скидка {percent} % на {goods}",
            "body": "{partner}, до {until} для вас скидка {percent} % на {goods}.",
        }
    )
    return topic


def _lines(companies, goods, percent):
    return [f"{company.ref};{goods};{percent};31 декабря" for company in companies]


def _upload(env, topic, lines, filename, **values):
    """A draft of the clerk, its file read, without the job's commits."""
    content = "\r\n".join((COLUMNS, *lines)).encode("cp1251")
    clerk = env.ref("partner_notifications.demo_user_clerk")
    draft = (
        env["partner.notification.broadcast"]
        .with_user(clerk)
        .create(
            {
                "topic_id": topic.id,
                "company_id": env.company.id,
                "file": base64.b64encode(content),
                "filename": filename,
            }
            | values
        )
    )
    draft.action_check()
    reading = draft.sudo()
    reading._keep_parsed(reading._parse(content))
    while reading._is_in_work():
        reading._read_step()
    return draft
