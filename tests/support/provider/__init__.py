"""Telegram and WhatsApp on loopback, so that nothing needs the internet.

``Provider`` speaks Telegram's Bot API below ``/telegram`` and the Cloud API of WhatsApp
below ``/graph``, plays the customers, and goes wrong when it is asked to. Everything is
in memory and every message it got is kept. ``python -m support.provider --port 8090``
with ``PYTHONPATH=tests`` shows a page on which one writes as a customer.

``people``    who writes; ``beside`` where they come from
``chats``     what was written, and what both messengers have in common
``telegram``  ``whatsapp``  the two APIs, and what their customers do
``faults``    what goes wrong next
``post``      how events reach our webhook
``page``      the page and its doors
``server``    all of it behind one address
"""

from .server import Provider

__all__ = ["Provider"]
