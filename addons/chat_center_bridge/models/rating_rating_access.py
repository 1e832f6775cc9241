from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class RatingRating(models.Model):
    """A rating of a conversation is seen by who may see the conversation."""

    # one file a concern of the rating
    _inherit = "rating.rating"  # pylint: disable=consider-merging-classes-inherited

    chat_is_visible = fields.Boolean(
        compute="_compute_chat_is_visible",
        search="_search_chat_is_visible",
        compute_sudo=True,
        help="What the record rule asks for; always of what is no conversation.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Customers rate, by the window they write in.

        :raises AccessError: somebody else does
        """
        ratings = super().create(vals_list)
        ratings._chat_check_rater()
        return ratings

    def write(self, vals):
        """A customer's rating stays as it was given.

        :raises AccessError: somebody would change it
        """
        self._chat_check_rater()
        result = super().write(vals)
        self._chat_check_rater()
        return result

    def _chat_check_rater(self):
        if self.env.su:
            return
        rated = self.sudo().filtered(lambda one: one.res_model == "discuss.channel")
        channels = self.env["discuss.channel"].sudo().browse(rated.mapped("res_id"))
        if any(channels.exists().mapped("chat_state")):
            raise AccessError(
                self.env._("Conversations are rated by customers, and by nobody else.")
            )

    @api.depends_context("uid", "guest", "allowed_company_ids")
    @api.depends("res_model", "res_id")
    def _compute_chat_is_visible(self):
        rated = self.filtered(lambda one: one.res_model == "discuss.channel")
        channels = self.env["discuss.channel"].browse(rated.mapped("res_id"))
        visible = set(channels.exists().filtered("chat_is_visible").ids)
        for rating in self:
            rating.chat_is_visible = rating not in rated or rating.res_id in visible

    def _search_chat_is_visible(self, operator, _value):
        if operator != "in":
            return NotImplemented
        channels = self.env["discuss.channel"].sudo().with_context(active_test=False)
        visible = channels._search([("chat_is_visible", "=", True)])
        return Domain("res_model", "!=", "discuss.channel") | Domain(
            "res_id", "in", visible
        )
