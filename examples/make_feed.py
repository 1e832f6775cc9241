#!/usr/bin/env python3
"""Write a feed of 500 orders of a plausible week, as a site would send them.

    python3 examples/make_feed.py                       # the week of 23 November 2026
    python3 examples/make_feed.py --start 2027-03-01    # the week from another Monday

The same arguments give the same file, byte for byte. Goods, prices, stores and known
customers are those of the demo data of ``addons/order_service``; about half of the
customers are new to Odoo. Needs nothing but Python.
"""

import argparse
import csv
import json
import random
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "addons" / "order_service" / "demo"
FIRST_NUMBER = 200001
SEED = 200001
DAYS = 7
SLOT_HOURS = (10, 12, 14, 16, 18)
# Evenings and the weekend are busier.
SLOT_WEIGHTS = (3, 3, 2, 4, 6)
DAY_WEIGHTS = (10, 9, 9, 10, 14, 16, 12)
SLOT_LENGTH = timedelta(hours=2)
SHARE_KNOWN = 0.5
SHARE_COMPANIES = 0.08
MOST_LINES = 25
# Fixed: Russia has no summer time.
CITIES = {
    "Хабаровск": {
        "offset": timezone(timedelta(hours=10)),
        "phone": "924 000",
        "region": "27",
        "postal": "680",
        "streets": (
            "ул. Ленина, ул. Пушкина, ул. Калинина, ул. Запарина, ул. Серышева,"
            " ул. Карла Маркса, ул. Краснореченская, ул. Панфиловцев, пер. Дежнёва"
        ),
    },
    "Калининград": {
        "offset": timezone(timedelta(hours=2)),
        "phone": "906 000",
        "region": "39",
        "postal": "236",
        "streets": (
            "проспект Мира, Ленинский проспект, ул. Горького, ул. Багратиона,"
            " ул. Театральная, ул. Киевская, ул. Гайдара, ул. Красная, ул. Уральская"
        ),
    },
}
# Store: city, share of the orders, whether it hands orders out at a desk.
STORES = {
    "ST01": ("Хабаровск", 34, True),
    "ST02": ("Хабаровск", 20, False),
    "ST03": ("Калининград", 28, True),
    "ST04": ("Калининград", 18, True),
}
WOMEN = "Анна Вера Галина Дарья Елена Жанна Зоя Ирина Ксения Лидия Мария Нина Ольга"
MEN = "Антон Борис Виктор Глеб Денис Егор Иван Кирилл Лев Максим Никита Олег Павел"
SURNAMES = (
    "Агафонов Блинов Быков Воронин Гончаров Дроздов Еремеев Журавлёв Зуев Игнатов"
    " Кудрявцев Лаптев Матвеев Некрасов Одинцов Пахомов Родионов Субботин Трофимов"
    " Устинов Фомин Харитонов Цветков Шилов Юдин"
)
COMPANIES = (
    "ООО «Утренний кофе», ООО «Студия йоги «Лотос», ООО «Архитектурное бюро «Линия»,"
    " ООО «Кафе «Облепиха», АО «Городские окна», ООО «Школа языков «Глагол»,"
    " ООО «Автосервис «Ключ», ООО «Пекарня «Колос», ООО «Клиника «Здоровье»"
)
COMMENTS = (
    "Позвоните за полчаса, пожалуйста.",
    "Домофон не работает.",
    "Оставьте у двери, не звоните: спит ребёнок.",
    "Бананы чуть зелёные, авокадо мягкие.",
    "Нужен чек и накладная.",
    "Подъезд со двора, код 15К2580.",
    "Спасибо, вы лучшие <3",
    "Сдача с 5000.",
    "Если будет задержка, напишите СМС.",
    "Хлеб порежьте, если можно.",
)
INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)


class Feed:
    """Makes the orders of one week; every choice comes from one seeded generator."""

    def __init__(self, start):
        self.random = random.Random(SEED)
        self.start = start
        self.goods, self.adult_goods = self._read_goods()
        self.prices = self._read_prices()
        self.known = self._read_customers()
        self.newcomers = {city: [] for city in CITIES}
        self.seen = 0

    # -- the demo data ----------------------------------------------------------------

    @staticmethod
    def _rows(name):
        with (DEMO / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _read_goods(self):
        goods, adult = [], []
        for row in self._rows("product.product.csv"):
            (adult if "_adult_" in row["categ_id/id"] else goods).append(row)
        return goods, adult

    def _read_prices(self):
        """(store, sku) -> price."""
        skus = {
            row["id"]: row["default_code"] for row in self._rows("product.product.csv")
        }
        return {
            (row["pricelist_id/id"][-4:].upper(), skus[row["product_id/id"]]): float(
                row["fixed_price"]
            )
            for row in self._rows("product.pricelist.item.csv")
        }

    def _read_customers(self):
        """city -> is company -> rows."""
        known = {city: {True: [], False: []} for city in CITIES}
        for row in self._rows("res.partner.csv"):
            if row["id"].startswith("demo_customer_"):
                known[row["city"]][row["is_company"] == "True"].append(row)
        return known

    # -- orders -----------------------------------------------------------------------

    def make(self, count):
        """``count`` orders, in the order in which they were placed."""
        orders = [self._order() for _number in range(count)]
        orders.sort(key=lambda order: datetime.fromisoformat(order["placed_at"]))
        for number, order in enumerate(orders, start=FIRST_NUMBER):
            order["external_ref"] = f"S-{number}"
        return orders

    def _order(self):
        store = self.random.choices(
            list(STORES), [share for _city, share, _desk in STORES.values()]
        )[0]
        city, _share, desk = STORES[store]
        pickup = desk and self.random.random() < 0.35
        start = self._slot_start(city)
        placed = start - timedelta(minutes=self.random.randint(150, 30 * 60))
        person, address = self._customer(city)
        lines = self._lines(store)
        if pickup and person["type"] == "person" and self.random.random() < 0.12:
            self._add_adult_line(store, person, lines, placed)
        order = {
            "source": "site",
            "external_ref": "",
            "placed_at": placed.isoformat(),
            "customer": person,
            "fulfilment": "pickup" if pickup else "delivery",
            "store": store,
            "slot": {
                "start": start.isoformat(),
                "end": (start + SLOT_LENGTH).isoformat(),
            },
            "payment": self._payment(),
            "lines": lines,
        }
        if not pickup:
            order["address"] = address
        self._add_wishes(order, city)
        return order

    def _slot_start(self, city):
        day = self.random.choices(range(DAYS), DAY_WEIGHTS)[0]
        hour = self.random.choices(SLOT_HOURS, SLOT_WEIGHTS)[0]
        moment = datetime.combine(self.start + timedelta(days=day), time(hour=hour))
        return moment.replace(tzinfo=CITIES[city]["offset"])

    def _payment(self):
        method = self.random.choices(
            ("online", "card_on_delivery", "cash"), (45, 35, 20)
        )[0]
        return {"method": method, "paid": 0.0, "currency": "RUB"}

    def _add_wishes(self, order, city):
        if self.random.random() < 0.2:
            order["recipient"] = {"name": self._name(), "phone": self._phone(city)}
        if self.random.random() < 0.3:
            order["comment"] = self.random.choice(COMMENTS)
        if any(line.get("key") for line in order["lines"]):
            order["on_key_missing"] = self.random.choice(
                ("cancel_order", "drop_dependents", "call")
            )

    # -- customers --------------------------------------------------------------------

    def _customer(self, city):
        """A customer as the site sends it, and the address of a delivery."""
        company = self.random.random() < SHARE_COMPANIES
        if self.random.random() < SHARE_KNOWN:
            return self._known_customer(city, company)
        returning = self.newcomers[city]
        if returning and self.random.random() < 0.2:
            customer, address = self.random.choice(returning)
            return dict(customer), dict(address)
        newcomer = self._new_customer(city, company), self._address(city)
        returning.append(newcomer)
        return dict(newcomer[0]), dict(newcomer[1])

    def _known_customer(self, city, company):
        """Somebody Odoo knows: by external id, or (guests) by the phone alone."""
        row = self.random.choice(self.known[city][company])
        customer = {
            "type": "company" if company else "person",
            "name": row["name"],
            "phone": row["phone"],
            "email": row["email"],
        }
        if company:
            customer["inn"] = row["vat"]
        if company or self.random.random() < 0.65:
            customer["external_id"] = row["id"].replace("demo_customer_", "c-")
        else:
            customer["phone"] = row["phone"].replace("+7", "8")
            del customer["email"]
        text = f"г {city}, {row['street']}"
        address = {
            "text": text,
            "city": city,
            "street": row["street"],
            "postal_code": row["zip"],
        }
        return customer, address

    def _new_customer(self, city, company):
        self.seen += 1
        customer = {
            "type": "company" if company else "person",
            "name": self._company_name() if company else self._name(),
            "phone": self._phone(city),
        }
        if company:
            customer["inn"] = self._inn(CITIES[city]["region"])
        if company or self.random.random() < 0.7:
            customer["external_id"] = f"c-{1000 + self.seen}"
        if self.random.random() < 0.7:
            customer["email"] = f"customer{self.seen}@example.com"
        return customer

    def _name(self):
        woman = self.random.random() < 0.6
        first = self.random.choice((WOMEN if woman else MEN).split())
        last = self.random.choice(SURNAMES.split())
        return f"{first} {self._feminine(last) if woman else last}"

    @staticmethod
    def _feminine(surname):
        return f"{surname}а"

    def _company_name(self):
        return self.random.choice(COMPANIES.split(", "))

    def _phone(self, city):
        """In one of the ways people write it."""
        digits = f"{self.random.randint(1000, 9999)}"
        code, middle = CITIES[city]["phone"].split()
        form = self.random.choice(
            ("+7 {0} {1}-{2}-{3}", "8 ({0}) {1} {2} {3}", "+7{0}{1}{2}{3}")
        )
        return form.format(code, middle, digits[:2], digits[2:])

    def _inn(self, region):
        digits = f"{region}{self.random.randint(1000000, 9999999)}"
        total = sum(int(d) * w for d, w in zip(digits, INN_WEIGHTS, strict=True))
        return f"{digits}{total % 11 % 10}"

    def _address(self, city):
        street = self.random.choice(CITIES[city]["streets"].split(", "))
        house, flat = self.random.randint(1, 120), self.random.randint(1, 180)
        return {
            "text": f"г {city}, {street}, д {house}, кв {flat}",
            "city": city,
            "street": street,
            "house": str(house),
            "flat": str(flat),
            "postal_code": f"{CITIES[city]['postal']}{self.random.randint(0, 40):03}",
        }

    # -- lines ------------------------------------------------------------------------

    def _lines(self, store):
        wanted = min(MOST_LINES, 1 + int(self.random.expovariate(1 / 7)))
        lines = [
            self._line(store, goods, number)
            for number, goods in enumerate(
                self.random.sample(self.goods, wanted), start=1
            )
        ]
        if self.random.random() < 0.1:
            self._add_key_item(store, lines)
        return lines

    def _line(self, store, goods, number):
        line = {
            "ref": str(number),
            "sku": goods["default_code"],
            "quantity": self._quantity(goods),
            "policy": self.random.choices(
                ("listed", "similar", "call", "none"), (20, 45, 15, 20)
            )[0],
        }
        price = self._price(store, goods["default_code"])
        if price is not None:
            line["price"] = price
        if line["policy"] == "listed":
            line["substitutes"] = self._substitutes(store, goods)
        return line

    def _quantity(self, goods):
        if goods["uom_id/id"] == "uom.product_uom_kgm":
            grams = self.random.choice((200, 300, 356, 450, 500, 750, 1000, 1200, 1500))
            return grams / 1000
        return self.random.choices((1, 2, 3, 4, 6), (60, 22, 9, 5, 4))[0]

    def _price(self, store, sku):
        """What the customer saw: the store's price, at times less, at times unsaid."""
        price = self.prices[store, sku]
        chance = self.random.random()
        if chance < 0.07:
            return None
        if chance < 0.15:
            return round(price * self.random.choice((0.95, 0.9, 0.85)), 2)
        return price

    def _substitutes(self, store, goods):
        family = goods["default_code"].rsplit("-", 1)[0]
        others = [
            other["default_code"]
            for other in self.goods
            if other["default_code"].rsplit("-", 1)[0] == family and other is not goods
        ]
        chosen = self.random.sample(others, min(len(others), self.random.randint(1, 3)))
        substitutes = [{"sku": sku} for sku in chosen]
        if substitutes and self.random.random() < 0.3:
            substitutes[0]["max_price"] = self.prices[store, substitutes[0]["sku"]]
        return substitutes

    def _add_key_item(self, store, lines):
        """No kvass, no cucumbers."""
        lines[:] = [line for line in lines if line["sku"] not in ("KVAS-1", "CUC-1")]
        lines[:] = lines[: MOST_LINES - 2]
        for number, line in enumerate(lines, start=1):
            line["ref"] = str(number)
        key, dependent = str(len(lines) + 1), str(len(lines) + 2)
        lines += [
            {
                "ref": key,
                "sku": "KVAS-1",
                "quantity": self.random.randint(1, 3),
                "price": self.prices[store, "KVAS-1"],
                "key": True,
                "policy": "listed",
                "substitutes": [{"sku": "KVAS-2"}, {"sku": "KEFIR-1"}],
            },
            {
                "ref": dependent,
                "sku": "CUC-1",
                "quantity": 0.5,
                "price": self.prices[store, "CUC-1"],
                "depends_on": [key],
                "policy": "none",
            },
        ]

    def _add_adult_line(self, store, customer, lines, placed):
        goods = self.random.choice(self.adult_goods)
        del lines[MOST_LINES - 1 :]
        customer["adult_confirmed_at"] = (placed - timedelta(days=30)).isoformat()
        customer["adult_confirmed_how"] = "account"
        lines.append(
            {
                "ref": str(len(lines) + 1),
                "sku": goods["default_code"],
                "quantity": 1,
                "price": self.prices[store, goods["default_code"]],
                "policy": "none",
            }
        )


def write(orders, output):
    """One order a line: small, and a change shows as one line."""
    rows = (json.dumps(order, ensure_ascii=False) for order in orders)
    output.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def main():
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--start",
        type=date.fromisoformat,
        default=date(2026, 11, 23),
        help="first day of the week, YYYY-MM-DD",
    )
    parser.add_argument("--count", type=int, default=500, help="number of orders")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "examples" / "feed_week.json"
    )
    arguments = parser.parse_args()
    write(Feed(arguments.start).make(arguments.count), arguments.output)


if __name__ == "__main__":
    main()
