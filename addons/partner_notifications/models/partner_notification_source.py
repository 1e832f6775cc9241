from datetime import timedelta

from odoo import models


class PartnerNotificationSource(models.AbstractModel):
    """Where notifications come from: yields candidates and does nothing else.

    A source is an abstract model ``partner.notification.source.<code>`` that
    inherits this one, with ``_source`` and ``_source_name`` (a LazyTranslate).
    """

    _name = "partner.notification.source"
    _description = "Source of notifications"

    _source = None
    _source_name = None
    _any_hour = False  # told outside working hours too, unless the rule has hours

    def _all_sources(self):
        """The models of all sources, by code."""
        names = sorted(self.pool.descendants([self._name], "_inherit"))
        return [self.env[name] for name in names if name != self._name]

    def _placeholders(self):
        """set: the names whose values the source gives, beside partner and company."""
        return set()

    def _pause(self):
        """timedelta until a rule of this source runs again."""
        return timedelta(days=1)

    def _prepare(self, rule):
        """Do what has to be stored before the source is asked.

        :param rule: the partner.notification.rule whose time has come
        :return: whether there may be anything to tell; if not, no wave is started
        """
        return True

    def _candidates(self, broadcast):
        """Who may get the broadcast.

        :param broadcast: one running partner.notification.broadcast
        :return: SQL of rows (commercial_partner_id, values jsonb, dedup_key, amount,
            res_model, res_id, url)
        """
        raise NotImplementedError

    def _looked_at(self, broadcast):
        """The candidates are stored: a source that compares marks takes them away."""

    def _finished(self, broadcast):
        """All companies of a wave are decided on: note what the source needs."""
