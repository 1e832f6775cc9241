from odoo import models
from odoo.fields import Datetime
from odoo.tools import SQL

DELETED_AT_ONCE = 10_000
# the choice is made once: a subquery with a limit may be asked again for each row
OLD_ROWS = """WITH old AS MATERIALIZED (
        SELECT chosen.id FROM chat_gateway gateway
          JOIN res_company company
            ON company.id = gateway.company_id
    CROSS JOIN LATERAL (
               SELECT id FROM %(table)s
                WHERE gateway_id = gateway.id
                  AND create_date < %(now)s::timestamp
                      - company.%(days)s * INTERVAL '1 day'
                  AND (%(is_over)s)
                ORDER BY create_date LIMIT %(most)s
                  FOR UPDATE SKIP LOCKED) chosen
         LIMIT %(most)s)
 DELETE FROM %(table)s USING old WHERE %(table)s.id = old.id"""


class ChatKeepingMixin(models.AbstractModel):
    """Rows of a gateway's traffic that are kept so many days, as its company says."""

    _name = "chat.keeping.mixin"
    _description = "Rows of gateways that are kept for a time"

    def _delete_old(self, days, is_over):
        """Delete rows nobody needs any more, the oldest of each gateway first.

        A row somebody works on just now is left for the next time.

        :param str days: the field of res.company that says how long they are kept
        :param SQL is_over: tells of a row that it may go
        :return: (rows deleted, whether there may be more), as the vacuum counts
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                OLD_ROWS,
                table=SQL.identifier(self._table),
                days=SQL.identifier(days),
                now=Datetime.now(),
                is_over=is_over,
                most=DELETED_AT_ONCE,
            )
        )
        deleted = self.env.cr.rowcount
        self.env.invalidate_all()
        return deleted, deleted == DELETED_AT_ONCE
