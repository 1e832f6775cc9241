from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..rules import payload


class SaleOrder(models.Model):
    """The public API for sites and other outside systems.

    Argument names and the shapes of the answers are a contract: JSON-2 passes
    arguments by name, and XML-RPC carries neither null nor large integers.
    """

    _inherit = "sale.order"

    @api.model
    def _service_check_api(self):
        """The caller is an API user or a manager.

        :raises AccessError: neither
        """
        user = self.env.user
        if not (
            user.has_group("order_service.group_api")
            or user.has_group("order_service.group_manager")
        ):
            raise AccessError(
                self.env._("The order API is not for your role: ask the manager.")
            )

    @api.model
    def service_submit(self, orders):
        """Take orders from a source of the caller.

        Repeated with the same content an order answers ``unchanged``; with other
        content it is rewritten while its status is new and nobody has taken its task.
        Of an order that is there twice in one call the first counts.

        :param list orders: at most 100 orders with 2 500 lines in all
        :return: list of {"source", "external_ref", "result": created | updated |
            unchanged | rejected, "order_id", "order_name", "errors": [{"code",
            "field", "message"}]}, one an order, in the same order
        :raises AccessError: the caller is no user of the API
        :raises UserError: ``orders`` is no list
        """
        self._service_check_api()
        if not isinstance(orders, list | tuple):
            raise UserError(self.env._("“orders” must be a list."))
        if len(orders) > payload.MOST_ANSWERS:
            raise UserError(
                self.env._(
                    "too_many: a call takes at most 100 orders with 2 500 lines."
                )
            )
        return self.env["order.service.intake"]._receive(orders)
