"""A lock that outlives commits, and dies with the process that holds it."""

from contextlib import contextmanager

from odoo.tools import SQL


@contextmanager
def session_lock(cr, space, number):
    """Try to hold an advisory lock of the session, till the end of the block.

    What the block leaves uncommitted is undone: after an error nothing else would run.
    Who reads after the block reads in a new transaction, which sees whatever was stored
    while the lock was held.

    :param int space: whose numbers they are, from -2^31 to 2^31 - 1
    :param int number: what is locked
    :return: whether nobody else holds it
    """
    is_ours = _ask(cr, SQL("SELECT pg_try_advisory_lock(%s, %s)", space, number))
    try:
        yield is_ours
    finally:
        try:
            cr.rollback()
        finally:
            if is_ours:
                _ask(cr, SQL("SELECT pg_advisory_unlock(%s, %s)", space, number))
                cr.rollback()


def _ask(cr, query):
    cr.execute(query)
    [answer] = cr.fetchone()
    return answer
