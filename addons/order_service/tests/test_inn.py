from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn

from odoo.tests import TransactionCase, tagged

REFUSED_BY_CORE = "002029283130"


@tagged("post_install", "-at_install")
class TestInn(TransactionCase):
    """Tax numbers of Russian companies and entrepreneurs (N5)."""

    def test_number_that_core_refuses_is_accepted_on_a_partner(self):
        partner = self.env["res.partner"].create(
            {
                "name": "Entrepreneur",
                "country_id": self.env.ref("base.ru").id,
                "vat": REFUSED_BY_CORE,
            }
        )
        self.assertTrue(partner.check_vat_ru(REFUSED_BY_CORE))

    @given(st.integers(0, 10**10 - 1))
    def test_every_valid_number_of_twelve_digits_is_accepted(self, number):
        digits = f"{number:010}"
        whole = digits + inn.calc_personal_check_digits(digits)
        self.assertTrue(self.env["res.partner"].check_vat_ru(whole))

    @given(st.integers(0, 10**9 - 1), st.integers(1, 9))
    def test_wrong_check_digit_is_refused(self, number, step):
        digits = f"{number:09}"
        right = int(inn.calc_company_check_digit(digits))
        wrong = f"{digits}{(right + step) % 10}"
        self.assertFalse(self.env["res.partner"].check_vat_ru(wrong))
