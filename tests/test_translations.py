"""Every term of our addons has its Russian translation (mission X7).

bin/lint looks at the entries that i18n/ru.po has; only Odoo's own export, which
needs a database, knows which ones it lacks.
"""

import io
from pathlib import Path

import polib

from odoo.tests import TransactionCase
from odoo.tools.translate import trans_export

ADDONS = Path(__file__).resolve().parents[1] / "addons"


class TestTranslations(TransactionCase):
    def _exported_terms(self, addon):
        """Return the terms of the addon as Odoo sees them now."""
        buffer = io.BytesIO()
        trans_export(False, [addon], buffer, "po", self.env)
        return {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}

    def test_no_term_is_missing_in_russian(self):
        modules = self.env["ir.module.module"].search([("state", "=", "installed")])
        ours = [name for name in modules.mapped("name") if (ADDONS / name).is_dir()]
        self.assertTrue(ours)
        for addon in ours:
            with self.subTest(addon=addon):
                path = ADDONS / addon / "i18n" / "ru.po"
                self.assertTrue(path.is_file(), f"{path} is missing")
                entries = polib.pofile(str(path))
                known = {entry.msgid for entry in entries if entry.msgstr}
                missing = sorted(self._exported_terms(addon) - known)
                self.assertFalse(missing[:20], f"{len(missing)} terms lack Russian")
