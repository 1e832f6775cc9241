from odoo import models


class IrHttp(models.AbstractModel):
    """The portal's scripts speak the page's language."""

    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        return [
            *super()._get_translation_frontend_modules_name(),
            "partner_notifications",
        ]
