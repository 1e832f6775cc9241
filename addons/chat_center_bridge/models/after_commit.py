"""What has to begin after the commit of what it is about."""

import logging

from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)


def after_commit(cr, act):
    """Do something right after this transaction, in the next one.

    It is the next one of the same connection: with many requests at a time a second
    connection each would be more than the pool has. What fails is left to who looks
    for what was left behind, for the commit itself has not failed.

    :param act: function without arguments
    """

    def run():
        try:
            with cr.savepoint():
                act()
            cr.commit()  # pylint: disable=invalid-commit
        except Exception:
            # whoever was told that his message was not stored would send it again
            _logger.exception("What follows a commit is left to the cron")

    cr.postcommit.add(run)


def after_answer(cr, answer, act):
    """Do something once a request is committed and answered, for who must not wait.

    The cursor of the request is closed by then: it is a transaction of its own, on the
    connection that was just given back. What fails is left to who looks for what was
    left behind, as what a killed process has not begun.

    :param cr: cursor of the request
    :param werkzeug.wrappers.Response answer: what the request is answered with
    :param act: function that takes the cursor to work with
    """

    def run():
        try:
            with Registry(cr.dbname).cursor() as own:
                act(own)
        except Exception:
            # the answer is out, and nobody else would tell
            _logger.exception("What follows an answer is left to the cron")

    cr.postcommit.add(lambda: answer.call_on_close(run))
