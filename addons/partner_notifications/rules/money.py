"""How a language and a currency write an amount, without asking for it each time.

``odoo.tools.formatLang`` looks the language and its separators up for each amount, in
some 70 microseconds; what differs from amount to amount takes three.
"""

from dataclasses import dataclass

from odoo.tools import float_round

from odoo.addons.base.models.res_lang import intersperse

THOUSANDS = (3, 0)  # the grouping Python writes by itself
MOST_EXACT = 1e9  # with six digits after the point: what a float of 53 bits holds


@dataclass(frozen=True, slots=True)
class MoneyStyle:
    """What a language and a currency settle for every amount.

    :param int decimals: digits after the point
    :param tuple grouping: sizes of the groups of digits, from the point on; 0: again
    :param str before, after: the currency's symbol with its space, on one side
    """

    decimals: int
    grouping: tuple = THOUSANDS
    thousands: str = ","
    point: str = "."
    before: str = ""
    after: str = ""

    def _is_rounded(self, amount):
        """Whether rounding would change nothing, as of most amounts of a ledger.

        Zero may be below zero, and large floats are not as exact as they look.
        """
        small = 0 < abs(amount) < MOST_EXACT
        return small and round(amount, self.decimals) == amount

    def written(self, amount):
        """The amount as ``formatLang`` writes it.

        :param float amount: in the currency of the style
        """
        if not self._is_rounded(amount):
            amount = float_round(
                amount, precision_digits=self.decimals, rounding_method="HALF-EVEN"
            )
        whole, _point, part = f"{amount:,.{self.decimals}f}".partition(".")
        if self.grouping == THOUSANDS:
            whole = whole.replace(",", self.thousands)
        else:
            digits = whole.replace(",", "")
            whole = intersperse(digits, self.grouping, self.thousands)[0]
        point = self.point if part else ""
        return f"{self.before}{whole}{point}{part}{self.after}"
