from contextlib import nullcontext
from unittest.mock import MagicMock, Mock, patch

import psycopg2
from werkzeug.wrappers import Response

from odoo.tests import BaseCase
from odoo.tools.misc import Callbacks

from odoo.addons.chat_center_bridge.models.after_commit import after_answer, after_commit

LOGGER = "odoo.addons.chat_center_bridge.models.after_commit"
REGISTRY = f"{LOGGER}.Registry"


class TestAfterCommit(BaseCase):
    """A commit has not failed because of what follows it."""

    def setUp(self):
        super().setUp()
        self.cr = Mock(postcommit=Callbacks(), savepoint=nullcontext)
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


class TestAfterAnswer(BaseCase):
    """Who asked is answered before what follows is begun."""

    def setUp(self):
        super().setUp()
        self.cr = Mock(postcommit=Callbacks(), dbname="shop")
        self.answer = Response("ok")
        self.cursor = MagicMock()
        self.registry = self.startPatcher(patch(REGISTRY))
        self.registry.return_value.cursor.return_value = self.cursor
        self.done = []

    def test_it_is_begun_when_the_answer_is_out_in_a_transaction_of_its_own(self):
        after_answer(self.cr, self.answer, self.done.append)
        self.cr.postcommit.run()
        self.assertFalse(self.done)
        self.answer.close()
        self.assertEqual(self.done, [self.cursor.__enter__.return_value])
        self.cursor.__exit__.assert_called_once_with(None, None, None)

    def test_what_was_not_committed_is_not_followed(self):
        after_answer(self.cr, self.answer, self.done.append)
        self.cr.postcommit.clear()
        self.answer.close()
        self.assertFalse(self.done)

    def test_what_fails_is_logged_and_the_connection_lives(self):
        act = Mock(side_effect=psycopg2.OperationalError("away"))
        after_answer(self.cr, self.answer, act)
        self.cr.postcommit.run()
        self.cursor.__exit__.return_value = False
        with self.assertLogs(LOGGER, "ERROR"):
            self.answer.close()
        act.assert_called_once()
