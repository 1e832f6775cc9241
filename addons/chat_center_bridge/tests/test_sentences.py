import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..rules import adapter, sentences
from ..rules.adapters import telegram, whatsapp

# how the code names a sentence -> where it stands
CALLS = {
    r"(?:Malformed|unknown|ignored|_no_number)\(\s*\"(\w+)\"": sentences.REASONS,
    r"reason=\"(\w+)\"": sentences.REASONS,
    r"(?:Refused\(\s*|\"code\": )\"(\w+)\"": sentences.REFUSALS,
    r"Problem\(\s*\"(\w+)\"": sentences.PROBLEMS,
}
TABLES = (
    dict(telegram.DESCRIPTIONS).values(),
    telegram.CODES.values(),
    whatsapp.CODES.values(),
    ("provider_down", "refused"),
)


# plays customers and operators, whose reasons are no sentences
PLAYED = ("simulation.py", "life.py", "figures.py")


def sources():
    addon = Path(adapter.__file__).parents[1]
    paths = [
        *addon.glob("rules/**/*.py"),
        *addon.glob("models/*.py"),
        *addon.glob("data/*.sql"),
    ]
    return "".join(path.read_text() for path in paths if path.name not in PLAYED)


@tagged("post_install", "-at_install")
class TestSentences(BaseCase):
    """Every code has a sentence, and every sentence a code."""

    def test_codes_have_sentences(self):
        code = sources()
        for call, known in CALLS.items():
            named = set(re.findall(call, code))
            self.assertTrue(named)
            self.assertEqual(named - known.keys(), set(), call)

    def test_sentences_are_used(self):
        code = sources()
        named = {one for call in CALLS for one in re.findall(call, code)}
        named |= {one for table in TABLES for one in table}
        for known in (sentences.REASONS, sentences.REFUSALS, sentences.PROBLEMS):
            self.assertEqual(known.keys() - named, set())

    def test_tables_have_sentences(self):
        for table in TABLES:
            self.assertEqual(set(table) - sentences.PROBLEMS.keys(), set())
