import base64

from odoo import fields, models
from odoo.exceptions import UserError

MAX_BYTES = 2_000_000


class OrderServiceRouteImport(models.TransientModel):
    """Makes a route from a file that another database exported."""

    _name = "order.service.route.import"
    _description = "Import a route"

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()

    def action_import(self):
        """Make the route, not in use, and open it.

        :raises UserError: the file is no route; then nothing was made
        """
        self.ensure_one()
        content = base64.b64decode(self.file)
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is too big for a route."))
        route = self.env["order.service.route"]._import_text(content)
        return {
            "type": "ir.actions.act_window",
            "res_model": route._name,
            "res_id": route.id,
            "views": [(False, "form")],
        }
