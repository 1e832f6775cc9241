from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

MOST_AN_HOUR = 1000
KEPT_DAYS = 30


class ChatGatewayRefusal(models.Model):
    """A request at a gateway's address that was not taken.

    Rows and no counter: two requests at a time would wait for each other's counter. Of
    one gateway and hour no more than a thousand are kept, so that whoever sends
    forgeries by the million makes us write no more than that.
    """

    _name = "chat.gateway.refusal"
    _description = "Refused request of a chat gateway"
    _order = "id desc"
    _rec_name = "reason"

    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Selection(
        [
            ("proof", "Not proven to be the provider's"),
            ("challenge", "Asked for the address with a wrong word"),
            ("size", "Too big when unpacked"),
            ("keys", "The installation's keys do not open the gateway's secrets"),
        ],
        required=True,
        readonly=True,
    )

    _gateway_time_idx = models.Index("(gateway_id, create_date)")

    @api.model
    def _count_one(self, gateway, reason):
        """Keep that a request was refused, unless there are too many already.

        :param str reason: a value of ``reason``
        """
        domain = [("gateway_id", "=", gateway.id), ("create_date", ">", "-1H")]
        if self.search_count(domain, limit=MOST_AN_HOUR) < MOST_AN_HOUR:
            self.create({"gateway_id": gateway.id, "reason": reason})

    @api.autovacuum
    def _gc_old(self):
        """A month is enough to see since when somebody tries."""
        old = [("create_date", "<", f"-{KEPT_DAYS}d")]
        rows = self.search(old, limit=GC_UNLINK_LIMIT)
        rows.unlink()
        return len(rows), len(rows) == GC_UNLINK_LIMIT
