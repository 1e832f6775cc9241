from odoo import fields, models


class OrderServiceTaskTemplateLine(models.Model):
    """One thing to tick on a task."""

    _name = "order.service.task.template.line"
    _inherit = "order.service.setup.mixin"
    _description = "Checklist item of a task template"
    _order = "template_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    template_id = fields.Many2one(
        "order.service.task.template", required=True, index=True, ondelete="cascade"
    )
