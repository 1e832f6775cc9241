from odoo import models


class IrHttp(models.AbstractModel):
    """Portal pages speak the customer's language in the chat's window, too."""

    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        modules = super()._get_translation_frontend_modules_name()
        return [*modules, "im_livechat", "mail", "rating"]
