from unittest.mock import Mock

import psycopg2

from odoo.tests import BaseCase
from odoo.tools.misc import Callbacks

from odoo.addons.chat_center_bridge.models.after_commit import after_commit

LOGGER = "odoo.addons.chat_center_bridge.models.after_commit"


class TestAfterCommit(BaseCase):
    """A commit has not failed because of what follows it."""

    def setUp(self):
        super().setUp()
        self.cr = Mock(postcommit=Callbacks())
        self.done = []

    def test_each_is_done_in_a_transaction_of_its_own(self):
        for number in (1, 2):
            after_commit(self.cr, lambda number=number: self.done.append(number))
        self.assertFalse(self.done)
        self.cr.postcommit.run()
        self.assertEqual(self.done, [1, 2])
        self.assertEqual(self.cr.commit.call_count, 2)

    def test_what_fails_is_logged_and_stops_nothing(self):
        after_commit(self.cr, Mock(side_effect=psycopg2.OperationalError("away")))
        after_commit(self.cr, lambda: self.done.append("next"))
        with self.assertLogs(LOGGER, "WARNING"):
            self.cr.postcommit.run()
        self.assertEqual(self.done, ["next"])
        self.cr.rollback.assert_called_once()

    def test_a_lost_connection_stops_nothing(self):
        lost = psycopg2.InterfaceError("connection already closed")
        self.cr.rollback.side_effect = lost
        after_commit(self.cr, Mock(side_effect=lost))
        with self.assertLogs(LOGGER, "WARNING"):
            self.cr.postcommit.run()

    def test_whatever_else_follows_the_commit_is_not_forgotten(self):
        """A rollback clears what is to follow."""
        self.cr.rollback.side_effect = self.cr.postcommit.clear
        after_commit(self.cr, Mock(side_effect=psycopg2.OperationalError("away")))
        self.cr.postcommit.add(lambda: self.done.append("notice"))
        after_commit(self.cr, lambda: self.done.append("next"))
        with self.assertLogs(LOGGER, "WARNING"):
            self.cr.postcommit.run()
        self.assertEqual(self.done, ["notice", "next"])

    def test_what_fails_after_the_commit_elsewhere_loses_no_wake_up(self):
        after_commit(self.cr, lambda: self.done.append("woken"))
        self.cr.postcommit.add(Mock(side_effect=psycopg2.OperationalError("full")))
        with self.assertRaises(psycopg2.OperationalError):
            self.cr.postcommit.run()
        self.assertEqual(self.done, ["woken"])
