from odoo import api, models


class ChatCachedMixin(models.AbstractModel):
    """Rows that are read through a cache, which whatever changes them empties."""

    _name = "chat.cached.mixin"
    _description = "Rows that are read through a cache"

    # what is read through the cache; empty: every field
    _cached_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        """What is kept in the cache is read again."""
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        return rows

    def write(self, vals):
        """What is kept in the cache is read again."""
        result = super().write(vals)
        if not self._cached_fields or self._cached_fields & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """What is kept in the cache is read again."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
