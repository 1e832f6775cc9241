"""Passwords, and the many small companies without whom nothing can be measured."""

import csv

from odoo import Command
from odoo.tools import SQL, file_open

KINDS = (
    "Офис",
    "Склад",
    "Клиника",
    "Школа",
    "Типография",
    "Гостиница",
    "Мастерская",
    "Бюро",
    "Аптека",
    "Студия",
)
NAMES = (
    "Восток",
    "Запад",
    "Север",
    "Юг",
    "Берёза",
    "Кедр",
    "Сосна",
    "Рябина",
    "Заря",
    "Полдень",
    "Вечер",
    "Родник",
    "Исток",
    "Маяк",
    "Компас",
    "Парус",
)
# of the small companies: nobody of these may enter the portal yet
WITHOUT_PORTAL = 8


def load_people(env):
    """Let the demo's people sign in, and make the small companies.

    :return: the small companies, each with a person with portal access
    """
    _set_passwords(env)
    return _make_companies(env)


def _set_passwords(env):
    """Password = login. Hashed before: hashing them here takes seconds."""
    with file_open("partner_notifications/demo/password_hashes.csv") as file:
        for row in csv.DictReader(file):
            env.cr.execute(
                SQL(
                    "UPDATE res_users SET password = %s WHERE login = %s",
                    row["password"],
                    row["login"],
                )
            )
    env.invalidate_all()
    env.registry.clear_cache()


def _make_companies(env):
    names = [f"ООО «{kind} «{name}»" for name in NAMES for kind in KINDS]
    common = {
        "company_id": env.company.id,
        "lang": "ru_RU",
        "country_id": env.ref("base.ru").id,
    }
    companies = env["res.partner"].create(
        [
            {"name": name, "is_company": True, "ref": f"П-{number:03}"} | common
            for number, name in enumerate(names, start=1)
        ]
    )
    persons = env["res.partner"].create(
        [
            {
                "name": f"Закупки {company.name}",
                "parent_id": company.id,
                "email": f"office{number}@example.com",
            }
            | common
            for number, company in enumerate(companies, start=1)
        ]
    )
    env["res.users"].create(
        [
            {
                "login": person.email,
                "partner_id": person.id,
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
                "company_ids": [Command.set(env.company.ids)],
                "company_id": env.company.id,
                "lang": "ru_RU",
                "tz": "Europe/Moscow",
            }
            for person in persons[:-WITHOUT_PORTAL]
        ]
    )
    return companies
