"""What a store carries, from the rows of its assortment; no database.

The more exact row decides: a row of the product before one of its category, a near
category before a far one, and for the same goods a row of the store before one of its
city. Goods that no row names are carried, unless the store carries only what is listed.
"""

from dataclasses import dataclass


def city_key(city):
    """What two spellings of one city share: no case, no spaces around; "" is none."""
    return " ".join((city or "").split()).casefold()


@dataclass(frozen=True)
class Row:
    """One row of an assortment that concerns a store or its city.

    :param carried: whether the goods are carried
    :param product: id of the product, or None
    :param category: id of the category, or None
    :param store: id of the store, None for a row of the city
    """

    carried: bool
    product: int | None = None
    category: int | None = None
    store: int | None = None


class Assortment:
    """The rows of one store and its city.

    :param rows: rules.assortment.Row, of this store and its city only
    :param bool is_list: whether goods that no row names are not carried
    """

    def __init__(self, rows, is_list):
        self.is_list = is_list
        self.rows = {}
        for row in rows:
            goods = (
                ("product", row.product) if row.product else ("category", row.category)
            )
            self.rows[goods, row.store is None] = row.carried

    def carries(self, product, categories):
        """Whether the product is carried.

        :param int product: id of the product
        :param categories: ids of its category and the ones above, the nearest first
        """
        goods = [("product", product), *(("category", one) for one in categories)]
        for key in goods:
            for of_city in (False, True):
                if (key, of_city) in self.rows:
                    return self.rows[key, of_city]
        return not self.is_list
