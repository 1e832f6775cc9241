from odoo import api, fields, models


class ChatGateway(models.Model):
    """By what a messenger proves that events are its own, and whether it can."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    proof_state = fields.Selection(
        [
            ("set_up", "Set up"),
            ("missing", "Not set up"),
            ("locked", "Cannot be read"),
        ],
        string="Proof of events",
        compute="_compute_proof",
        groups="chat_center_bridge.group_manager",
    )
    proof_sentence = fields.Char(
        string="What proves events",
        compute="_compute_proof",
        groups="chat_center_bridge.group_manager",
    )

    @api.depends("gateway_type", "setting_ids.sealed")
    @api.depends_context("lang")
    def _compute_proof(self):
        for gateway in self:
            state, sentence = gateway._find_proof()
            gateway.proof_state = state
            gateway.proof_sentence = sentence

    def _find_proof(self):
        """(state, sentence) of the proof; both empty where nobody has to prove it."""
        if not self._has_provider() or not self.gateway_type:
            return False, False
        # the sentence is marked for translation where it stands
        told = self.env._(self._adapter().PROOF)
        if problem := self._find_key_problem():
            return "locked", problem
        missing = self._adapter().missing_proof(self._secrets())
        if not missing:
            return "set_up", told
        rows = self.setting_ids.filtered(lambda row: row.name in missing)
        labels = ", ".join(rows.mapped("label"))
        return "missing", self.env._(
            "%(proof)s Missing: %(values)s.", proof=told, values=labels
        )
