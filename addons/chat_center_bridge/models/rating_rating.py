from odoo import api, models


class RatingRating(models.Model):
    """A rating of a conversation is one of the operator who held it last."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        """Core takes any member for the rated one, which a transfer makes wrong."""
        ratings = super().create(vals_list)
        channels = ratings.filtered(lambda one: one.res_model == "discuss.channel")
        for rating in channels:
            channel = self.env["discuss.channel"].sudo().browse(rating.res_id)
            if last := channel._chat_last_operator():
                rating.rated_partner_id = last.user_id.partner_id
        return ratings
