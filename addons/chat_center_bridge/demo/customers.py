"""Who writes in the demo, and under which addresses; no database.

The simulator of messengers plays the same people.
"""

from dataclasses import dataclass

FIRST_CHAT = 77_100_001
FIRST_PHONE = 79_140_000_301
FIRST_BSUID = 13_491_208_655_302_741_001
NAMES = (
    "Анна Белова",
    "Борис Титов",
    "Вера Орлова",
    "Игорь Богданов",
    "Людмила Киселёва",
    "Глеб Соколов",
    "Дарья Ким",
    "Егор Лебедев",
    "Жанна Цой",
    "Захар Мельник",
    "Инна Павлова",
    "Кирилл Ушаков",
)


@dataclass(frozen=True)
class Customer:
    """A person with an address in each messenger.

    :param int number: from 1 on; the addresses follow from it
    """

    number: int
    name: str

    @property
    def chat(self):
        """Id of the private chat in Telegram."""
        return FIRST_CHAT + self.number - 1

    @property
    def phone(self):
        """The number in WhatsApp, digits only."""
        return str(FIRST_PHONE + self.number - 1)

    @property
    def bsuid(self):
        """The business-scoped user ID in WhatsApp."""
        return f"RU.{FIRST_BSUID + self.number - 1}"


CUSTOMERS = tuple(Customer(*one) for one in enumerate(NAMES, start=1))


# couriers of order_service's demo, by their users
COURIERS = {
    "demo_user_courier": Customer(201, "Александра Фролова"),
    "demo_user_courier2": Customer(202, "Борис Чернов"),
    "demo_user_courier3": Customer(203, "Алина Королёва"),
    "demo_user_courier4": Customer(204, "Виктор Логинов"),
    "demo_user_courier5": Customer(205, "Олег Зайцев"),
}

# the many who write once in a day, and whom nobody plays
FIRST_NAMES = ("Алла", "Галина", "Елена", "Ирина", "Марина", "Оксана", "Софья", "Юлия")
LAST_NAMES = ("Власова", "Громова", "Жукова", "Лаптева", "Рыбина", "Хан")
FIRST_OF_CROWD = 101


def crowd(count):
    """So many other customers.

    :param int count: 48 at most have names of their own
    """
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    return [
        Customer(FIRST_OF_CROWD + place, name)
        for place, name in enumerate(names[:count])
    ]
