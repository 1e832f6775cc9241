from odoo import api, models


class OrderServiceSetupMixin(models.AbstractModel):
    """What a manager sets up seldom and every move reads.

    The engine reads it through ``tools.ormcache``; a change empties that cache in
    every worker, as core does for rights and rules.
    """

    _name = "order.service.setup.mixin"
    _description = "Set-up that moves read from the cache"

    @api.model_create_multi
    def create(self, vals_list):
        """Moves see the new record at once."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Moves see the change at once."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Moves see at once that it is gone."""
        self.env.registry.clear_cache()
        return super().unlink()
