from odoo import fields, models


class ResCompany(models.Model):
    """What a company decides about its orders."""

    _inherit = "res.company"

    service_portal_reason_id = fields.Many2one(
        "order.service.reason",
        string="Reason of the portal",
        domain=[("party", "=", "customer")],
        default=lambda self: self.env.ref(
            "order_service.reason_customer_portal", raise_if_not_found=False
        ),
        help="Kept on an order the customer declines in the portal.",
    )
    service_feed_days = fields.Integer(
        string="Feed kept for, days",
        default=30,
        help="Rows of the feed older than this are removed.",
    )
    service_slot_days = fields.Integer(
        string="Slots made ahead, days",
        default=14,
        help="How many days after today have slots a customer can choose.",
    )
    service_slot_few_percent = fields.Integer(
        string="Few places left from, %",
        default=20,
        help="Sites show “few left” from this share of free places down.",
    )
    service_order_minutes = fields.Float(
        string="Minutes an order",
        default=8,
        help="Work on any order, however small, for planning a store's shifts.",
    )
    service_line_minutes = fields.Float(
        string="Minutes a line",
        default=1.5,
        help="Work on each line of an order, for planning a store's shifts.",
    )
    service_sms_ready = fields.Boolean(
        string="An SMS provider is connected",
        help="Until then SMS to customers stay queued on the orders.",
    )
    service_age_days = fields.Integer(
        string="An age confirmed counts for, days",
        help="0: until it is withdrawn.",
    )

    service_on_key_missing = fields.Selection(
        [
            ("cancel_order", "Cancel the order"),
            ("drop_dependents", "Leave out the dependent lines"),
            ("call", "Call the customer"),
        ],
        string="If a key item cannot be had",
        default="drop_dependents",
        required=True,
        help="For orders whose customer has not said what to do.",
    )
    service_answer_minutes = fields.Integer(
        string="Customers may decline for, minutes",
        default=30,
        help="Counted from the end of the assembly, and before the hand-over only.",
    )
    service_call_minutes = fields.Integer(
        string="A call is tried for, minutes",
        default=15,
        help="After that the first product the customer listed is sent, else the line"
        " is left out.",
    )

    _service_age_days_positive = models.Constraint(
        "CHECK(service_age_days >= 0)", "The days an age counts for are zero or more."
    )
    _service_minutes_positive = models.Constraint(
        "CHECK (service_answer_minutes >= 0 AND service_call_minutes > 0)",
        "Minutes to answer must not be below zero, and a call needs one at least.",
    )

    def _service_managers(self):
        """The managers of the order service in this company."""
        self.ensure_one()
        return (
            self.env.ref("order_service.group_manager")
            .sudo()
            .all_user_ids.filtered(lambda user: self in user.company_ids)
        )
