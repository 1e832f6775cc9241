"""A link that needs no foreign key of its own."""

from odoo import fields


class UnconstrainedMany2one(fields.Many2one):
    """A many2one without a foreign key.

    For rows stored by the hundred thousand whose link is copied from a row they go
    away with, or is checked where the row ends up: a foreign key looks its row up for
    each of them, and that costs as much as storing the row with all its indexes.
    """

    def update_db_foreign_key(self, model, column):
        """None is wanted."""
