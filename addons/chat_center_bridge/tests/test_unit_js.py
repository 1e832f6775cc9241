from odoo.tests import HttpCase, no_retry, tagged

# not its classes by name: pytest would run them as ours
from odoo.addons.web.tests import test_js

SUITE = "@chat_center_bridge"


@tagged("post_install", "-at_install")
class TestUnitJs(HttpCase):
    """The unit tests of our own JavaScript, run in a browser as core runs its own."""

    @no_retry
    def test_unit_tests_of_the_operators_window(self):
        suite = test_js.HOOTCommon._generate_hash(self, SUITE)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
