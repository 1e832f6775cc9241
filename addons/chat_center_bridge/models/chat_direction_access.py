from odoo import api, fields, models, tools
from odoo.fields import Domain

# what supervisors change of the directions they lead: the people, the words and the
# targets; how a direction queues its conversations is its administrators' to say
SUPERVISED_FIELDS = frozenset(
    {
        "operator_line_ids",
        "text_ids",
        "reason_ids",
        "service_level_percent",
        "service_level_seconds",
        "answer_seconds",
        "first_reply_seconds",
        "reply_seconds",
        "handle_seconds",
        "short_seconds",
        "amber_percent",
    }
)


class ChatDirection(models.Model):
    """Whose conversations a person serves or supervises: what record rules ask for."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    is_supervised = fields.Boolean(
        compute="_compute_is_supervised",
        search="_search_is_supervised",
        compute_sudo=True,
        help="The reader supervises it; administrators supervise all of the company.",
    )
    is_served = fields.Boolean(
        compute="_compute_is_served",
        search="_search_is_served",
        compute_sudo=True,
        help="The reader answers its customers.",
    )

    def _has_field_access(self, field, operation):
        """Screens show what supervisors may not change as readonly."""
        allowed = super()._has_field_access(field, operation)
        if self.env.su or operation != "write" or field.name in SUPERVISED_FIELDS:
            return allowed
        return allowed and self.env.user.has_group("chat_center_bridge.group_manager")

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("company_id", "supervisor_ids")
    def _compute_is_supervised(self):
        led = self._supervised_domain()
        for direction in self:
            # what is being edited counts as what is stored
            stored = direction._origin or direction
            direction.is_supervised = bool(stored.filtered_domain(led))

    def _search_is_supervised(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return self._supervised_domain()

    @api.model
    def _supervised_domain(self):
        """Administrators also lead what is only being made, and so in no cache yet."""
        if self.env.user.has_group("chat_center_bridge.group_manager"):
            return Domain("company_id", "in", self._reader_company_ids())
        return Domain("id", "in", self._supervised_ids())

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("company_id", "operator_line_ids.operator_id.active")
    def _compute_is_served(self):
        ids = self._served_ids()
        for direction in self:
            direction.is_served = direction._origin.id in ids

    def _search_is_served(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._served_ids())

    @api.model
    def _supervised_ids(self):
        """Ids of the directions that the reader supervises, archived ones, too."""
        user = self.env.user
        if user.has_group("chat_center_bridge.group_manager"):
            return self._ids_in(self._reader_company_ids())
        if user.has_group("chat_center_bridge.group_supervisor"):
            return self._ids_supervised_by(user.id, self._reader_company_ids())
        return ()

    @api.model
    def _served_ids(self):
        """Ids of the directions whose customers the reader answers."""
        return self._ids_served_by(self.env.uid, self._reader_company_ids())

    @api.model
    def _reader_company_ids(self):
        """Of the companies the reader has chosen.

        Rules are worked out as the system, which believes any list of companies a
        caller sends along; so his own are looked at.
        """
        own = self.env.user._get_company_ids()
        return tuple(chosen for chosen in self.env.companies.ids if chosen in own)

    # -- from a cache: rules ask at every search of channels ---------------------------

    @tools.ormcache("company_ids")
    def _ids_in(self, company_ids):
        return self._ids_of(Domain.TRUE, company_ids)

    @tools.ormcache("user_id", "company_ids")
    def _ids_supervised_by(self, user_id, company_ids):
        return self._ids_of(Domain("supervisor_ids", "in", [user_id]), company_ids)

    @tools.ormcache("user_id", "company_ids")
    def _ids_served_by(self, user_id, company_ids):
        own = Domain("operator_id.user_id", "in", [user_id])
        own &= Domain("operator_id.active", "=", True)
        return self._ids_of(Domain("operator_line_ids", "any", own), company_ids)

    def _ids_of(self, domain, company_ids):
        directions = self.sudo().with_context(active_test=False)
        own = Domain("company_id", "in", company_ids)
        return tuple(directions.search(own & domain).ids)
