"""What two requests may make at the same moment, and only one of them does."""

from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# another transaction was quicker: who meets one of these begins again on what is now
INTERFERENCE = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


@contextmanager
def once(cr):
    """Let the request be made again if another one made the same thing meanwhile.

    Its next transaction sees what is there; this one never will.

    :raises ConcurrencyError: for the caller's caller, which begins again
    """
    try:
        with cr.savepoint():
            yield
    except UniqueViolation as error:
        raise ConcurrencyError("Another request made the same thing") from error
