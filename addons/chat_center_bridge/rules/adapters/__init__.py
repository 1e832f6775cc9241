"""The providers, by the type of their gateways."""

from .site import Site
from .telegram import Telegram
from .whatsapp import WhatsApp

ADAPTERS = {adapter.TYPE: adapter for adapter in (Telegram(), WhatsApp())}
# nobody between the customer and us: it is set up as the others, and that is all
SITE = Site()


def adapter_of(gateway_type):
    """The adapter of a type of gateway.

    :param str gateway_type: as in the webhook's address
    :raises KeyError: there is no such provider
    """
    return SITE if gateway_type == SITE.TYPE else ADAPTERS[gateway_type]
