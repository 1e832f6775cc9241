"""A clock for the demo data, so that what is done gets the time it seems done at."""

from contextlib import contextmanager

from odoo import fields

REAL_NOW = fields.Datetime.__dict__["now"]


@contextmanager
def clock(env, moment):
    """Let Odoo take ``moment`` for now.

    Only while a new database is filled with demo data: it holds for the whole process.

    :param moment: naive UTC datetime
    """
    cursor = env.cr
    started = cursor.now()
    moment = moment.replace(microsecond=0)
    fields.Datetime.now = staticmethod(lambda *_args: moment)
    cursor._now = moment
    try:
        yield
        env.flush_all()
    finally:
        fields.Datetime.now = REAL_NOW
        cursor._now = started


def settle_times(env):
    """Repair the few moments that fields took from the real clock as a default."""
    env.flush_all()
    env.cr.execute("UPDATE order_service_change SET at = create_date")
    env.cr.execute("UPDATE order_service_deferral SET opened_at = create_date")
    env.cr.execute(
        """UPDATE sale_order SET date_order = service_placed_at
            WHERE state = 'draft' AND service_placed_at IS NOT NULL"""
    )
    env.invalidate_all()
