import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class ChatGateway(models.Model):
    """Whether a gateway's secrets can be opened, and whom it turned away."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    key_problem = fields.Char(
        compute="_compute_key_problem",
        groups="chat_center_bridge.group_manager",
        help="Why the gateway's secrets cannot be opened; empty: they can.",
    )
    refused_count = fields.Integer(
        string="Refused in the last hour",
        compute="_compute_refused_count",
        help="Requests that were not proven to be the provider's, or too big.",
    )

    @api.depends("setting_ids.sealed")
    def _compute_key_problem(self):
        for gateway in self:
            gateway.key_problem = gateway._find_key_problem()

    def _find_key_problem(self):
        """The sentence for whoever has to put the keys in order, or False."""
        try:
            self._secrets()
        except UserError as error:
            return str(error)
        return False

    def _compute_refused_count(self):
        counted = (
            self.env["chat.gateway.refusal"]
            .sudo()
            ._read_group(
                [("gateway_id", "in", self.ids), ("create_date", ">", "-1H")],
                ["gateway_id"],
                ["__count"],
            )
        )
        counts = {gateway.id: count for gateway, count in counted}
        for gateway in self:
            gateway.refused_count = counts.get(gateway.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """A gateway needs an installation that can keep its secrets.

        :raises UserError: the installation has no key
        """
        if vals_list:
            self.env["chat.gateway.setting"]._vault()
        return super().create(vals_list)

    def action_show_refusals(self):
        """The requests that were refused, by hour and reason."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "chat_center_bridge.action_chat_gateway_refusal"
        )
        return {**action, "domain": [("gateway_id", "=", self.id)]}

    # -- at the door -------------------------------------------------------------------

    def _refusal_of(self, headers, body):
        """Why a request is not taken: a reason of ``chat.gateway.refusal``, or None.

        :param headers: mapping of the request's headers
        :param bytes body: exactly as it came
        """
        try:
            return None if self._is_proven(headers, body) else "proof"
        except UserError:
            # who asks is told nothing of it; the gateway's screen says what to do
            _logger.error("The keys do not open the secrets of gateway %s", self.id)
            return "keys"

    def _answer_challenge(self, method, query):
        """What to answer to a provider that asks whether the address is ours.

        :return: plain text; None: it is not told
        """
        try:
            return self._adapter().challenge(method, query, self._secrets())
        except UserError:
            _logger.error("The keys do not open the secrets of gateway %s", self.id)
            return None
