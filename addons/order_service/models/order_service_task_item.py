from odoo import fields, models


class OrderServiceTaskItem(models.Model):
    """An item of a task's checklist and who ticked it."""

    _name = "order.service.task.item"
    _description = "Checklist item"
    _order = "task_id, line_id, id"

    task_id = fields.Many2one(
        "order.service.task", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "order.service.task.template.line",
        string="Item",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(related="line_id.name")
    done = fields.Boolean()
    done_by = fields.Many2one("res.users", string="Ticked by")
    done_at = fields.Datetime(string="Ticked at")

    def action_tick(self):
        """Tick or untick; the task checks who may."""
        for item in self:
            item.task_id.action_tick(item.id)
        return True

    def _tick(self, done, user):
        """Tick or untick; whoever did so first stays named.

        :param bool done: what the items are to be
        :param user: res.users who says so
        """
        self.filtered(lambda item: item.done != done).write(
            {
                "done": done,
                "done_by": user.id if done else False,
                "done_at": fields.Datetime.now() if done else False,
            }
        )
