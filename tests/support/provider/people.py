"""Who writes: the customers of the demo, and whoever is added."""

from .beside import customers


class People:
    """The customers there are, each a ``Customer`` of the demo's."""

    def __init__(self):
        self._people = {person.number: person for person in customers.CUSTOMERS}

    def __iter__(self):
        return iter(list(self._people.values()))

    def __getitem__(self, number):
        """:raises KeyError: there is no such customer"""
        return self._people[number]

    def add(self, name):
        """A new customer.

        :return: Customer
        :raises ValueError: without a name
        """
        if not name.strip():
            raise ValueError("Назовите покупателя.")
        number = len(self._people) + 1
        self._people[number] = customers.Customer(number, name.strip())
        return self._people[number]
