"""How a language and a currency write an amount, without asking for it each time.

``odoo.tools.formatLang`` looks the language and its separators up for each amount, in
some 70 microseconds; what differs from amount to amount takes three.
"""

from dataclasses import dataclass

from odoo.tools import float_round

from odoo.addons.base.models.res_lang import intersperse

THOUSANDS = (3, 0)  # the grouping Python writes by itself


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

    def written(self, amount):
        """The amount as ``formatLang`` writes it.

        :param float amount: in the currency of the style
        """
        rounded = float_round(
            amount, precision_digits=self.decimals, rounding_method="HALF-EVEN"
        )
        whole, _point, part = f"{rounded:,.{self.decimals}f}".partition(".")
        if self.grouping == THOUSANDS:
            whole = whole.replace(",", self.thousands)
        else:
            digits = whole.replace(",", "")
            whole = intersperse(digits, self.grouping, self.thousands)[0]
        point = self.point if part else ""
        return f"{self.before}{whole}{point}{part}{self.after}"
