"""What has to begin after the commit of what it is about."""

import logging
from contextlib import suppress
from functools import partial

import psycopg2

_logger = logging.getLogger(__name__)

KEY = "chat_center_bridge.after_commit"


def after_commit(cr, act):
    """Do something right after this transaction, in one of its own.

    It is on the same connection: with many requests at a time a second connection each
    would be more than the pool has. What fails is left to who looks for what was left
    behind, for the commit itself has not failed.

    :param act: function without arguments
    """
    acts = cr.postcommit.data.setdefault(KEY, [])
    acts.append(act)
    if len(acts) == 1:
        cr.postcommit.add(partial(_run, cr, acts))


def _run(cr, acts):
    for act in acts:
        try:
            act()
            cr.commit()  # pylint: disable=invalid-commit
        except Exception:
            # whoever was told that his message was not stored would send it again
            _logger.exception("What follows a commit is left to the cron")
            _undo(cr)


def _undo(cr):
    try:
        # a rollback would forget what else follows the commit
        cr.postcommit.run()
    finally:
        # without a connection nothing is to be undone
        with suppress(psycopg2.InterfaceError):
            cr.rollback()
