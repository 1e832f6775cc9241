from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker

SUITE = "@order_service"


@tagged("post_install", "-at_install")
class TestUnitJs(HttpCase):
    """The unit tests of our own JavaScript, run in a browser as core runs its own."""

    @no_retry
    def test_unit_tests_of_the_screens(self):
        suite = HOOTCommon._generate_hash(self, SUITE)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
