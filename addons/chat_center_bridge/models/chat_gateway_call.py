import logging
from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ..rules import calling
from ..rules.adapter import Adapter, Answer, Problem, Result
from ..rules.delivery import pause_after

_logger = logging.getLogger(__name__)

# a simulator on the same machine stands in for the provider
API_URL_PARAMETER = "chat_center_bridge.api_url.%s"


class ChatGateway(models.Model):
    """What is needed to call the provider."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    def _account(self):
        """Everything the adapter needs for a call, by name; not for screens or logs.

        The system parameter ``chat_center_bridge.api_url.<type>`` replaces the
        provider's address for all gateways of a type.

        :raises UserError: the keys of the installation do not open a secret
        """
        parameters = self.env["ir.config_parameter"].sudo()
        address = parameters.get_param(API_URL_PARAMETER % self.gateway_type)
        return {**self._secrets(), **({"api_url": address} if address else {})}

    def _check_account(self):
        """:raises UserError: something is missing without which nothing can be sent"""
        if self._adapter().missing(self._account()):
            raise UserError(
                self.env._(
                    "“%s” is not set up, so nothing can be sent to the customer: ask"
                    " the administrator of the chat center.",
                    self.name,
                )
            )

    def _caller(self):
        """What makes calls of the provider; it needs no transaction."""
        self.ensure_one()
        return Caller(self.id, self._adapter())


@dataclass(frozen=True)
class Caller:
    """Asks a provider while no transaction is open."""

    gateway_id: int
    adapter: Adapter

    def ask(self, request, contents=None, attempt=1):
        """Make a request and read its answer.

        :param request: rules.adapter.Request
        :param dict contents: key of an OutFile -> bytes
        :param int attempt: of the request, from 1 on
        :return: rules.adapter.Answer
        """
        return self.ask_in_full(request, contents, attempt)[0]

    def ask_in_full(self, request, contents=None, attempt=1):
        """Make a request, read its answer, and give what it was read from.

        :return: rules.adapter.Answer and bytes
        """
        try:
            reply = calling.call(request, contents)
        except calling.NotReached:
            _logger.info("Gateway %s, %s: not reached", self.gateway_id, request.name)
            problem = Problem("not_reached")
            pause = pause_after(attempt)
            return Answer(Result.RETRY, retry_after=pause, problem=problem), b""
        except (calling.NoAnswer, calling.TooBig):
            _logger.info("Gateway %s, %s: no answer", self.gateway_id, request.name)
            reply = calling.Reply(None, {}, b"")
        answer = self.adapter.read_answer(
            reply.status, reply.headers, reply.body, request.is_repeatable, attempt
        )
        return answer, reply.body
