from odoo import api, fields, models


class ChatTrackedLine(models.AbstractModel):
    """A line of a direction: who changed what in it stands in the direction's log.

    Rules act at once, so it must be seen whose they are.
    """

    _name = "chat.tracked.line"
    _description = "Line that is tracked in its direction"

    def _valid_field_parameter(self, field, name):
        return name == "tracking" or super()._valid_field_parameter(field, name)

    def _tracked_fields(self):
        """Descriptions of the fields that are tracked, as ``_mail_track`` wants."""
        return self.fields_get(
            [
                name
                for name, field in self._fields.items()
                if getattr(field, "tracking", False)
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        """The direction's log tells what is added."""
        lines = super().create(vals_list)
        for line in lines:
            line._log_line(line.env._("Added: %s", line._log_name()))
        return lines

    def write(self, vals):
        """The direction's log tells what was there and what is.

        :raises AccessError: a line would come to a direction of somebody else's
        """
        tracked = self._tracked_fields()
        before = {line: {name: line[name] for name in tracked} for line in self}
        result = super().write(vals)
        # core asks where a line was; one could have put it anywhere
        self.check_access("write")
        for line in self:
            changes = line._mail_track(tracked, before[line])[1]
            if changes:
                line._log_line(line._log_name(), tracking_value_ids=changes)
        return result

    def unlink(self):
        """The direction's log tells what is removed."""
        for line in self:
            line._log_line(line.env._("Removed: %s", line._log_name()))
        return super().unlink()

    def _log_name(self):
        """What the line is, and its name: the direction has lines of several kinds."""
        kind = self.env["ir.model"]._get(self._name).name
        return self.env._("%(kind)s “%(name)s”", kind=kind, name=self.display_name)

    def _log_line(self, body, **values):
        self.direction_id._message_log(body=body, **values)


class ChatReason(models.Model):
    """A closing reason, tracked."""

    _name = "chat.reason"
    _inherit = ["chat.reason", "chat.tracked.line"]

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)


class ChatDirectionText(models.Model):
    """An automatic text, tracked."""

    _name = "chat.direction.text"
    _inherit = ["chat.direction.text", "chat.tracked.line"]

    event = fields.Selection(tracking=True)
    text = fields.Text(tracking=True)
    active = fields.Boolean(tracking=True)

    @api.depends("event")
    def _compute_display_name(self):
        """Named after what it is sent on."""
        events = dict(self._fields["event"]._description_selection(self.env))
        for line in self:
            line.display_name = events.get(line.event)


class ChatOperatorSkill(models.Model):
    """Who serves the direction and what he knows there, tracked."""

    _name = "chat.operator.skill"
    _inherit = ["chat.operator.skill", "chat.tracked.line"]

    skill_ids = fields.Many2many(tracking=True)

    @api.depends("operator_id")
    def _compute_display_name(self):
        """Named after the operator."""
        for line in self:
            line.display_name = line.operator_id.display_name


class ChatDirection(models.Model):
    """Who leads a direction and how customers see it, tracked."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    supervisor_ids = fields.Many2many(tracking=True)
    public_name = fields.Char(tracking=True)


class ChatGateway(models.Model):
    """Whose queue a gateway fills, tracked."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    direction_id = fields.Many2one(tracking=True)
