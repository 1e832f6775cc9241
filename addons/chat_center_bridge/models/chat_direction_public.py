from odoo import api, fields, models


class ChatDirection(models.Model):
    """The one name a direction speaks with, whoever answers there."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    public_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Speaks as",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A direction with a name for customers has a partner of that name."""
        directions = super().create(vals_list)
        directions._fit_public_partner()
        return directions

    def write(self, vals):
        """The partner follows the name; without one, operators have their own."""
        result = super().write(vals)
        if "public_name" in vals:
            self._fit_public_partner()
        return result

    def _fit_public_partner(self):
        # sudo: res.partner - it belongs to the direction, not to whoever sets it up
        partners = self.env["res.partner"].sudo()
        for direction in self:
            if not direction.public_name:
                direction.public_partner_id = False
            elif direction.public_partner_id:
                direction.sudo().public_partner_id.name = direction.public_name
            else:
                # archived as the queue's: nobody sells to it or writes to it
                direction.public_partner_id = partners.create(
                    {"name": direction.public_name, "active": False}
                )
