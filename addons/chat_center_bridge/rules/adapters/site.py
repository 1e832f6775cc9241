"""The chat of site, portal and app: core's im_livechat is its provider."""

from ..adapter import Adapter, Field
from ..sentences import _lt
from ..token import SHORTEST_KEY


class Site(Adapter):
    """No webhook and no requests: customers write straight into the conversation.

    Only the set-up is the same as everybody's.
    """

    TYPE = "site"
    NAME = "Site"
    FIELDS = (
        Field(
            "app_key",
            _lt("Key of the app"),
            is_secret=True,
            is_required=False,
            help=_lt(
                "The app's own server signs with it who is signed in (JWT, HS256):"
                " 32 signs at least. Empty: the app has no chat."
            ),
            pattern=f".{{{SHORTEST_KEY},}}",
        ),
    )
