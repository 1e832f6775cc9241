"""What has to begin after the commit of what it is about."""

import logging

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
