"""Demo data that no data file can hold: what happened relative to today.

Loaded once, by ``post_init_hook``, after the files of the manifest's ``demo``.
"""

from .deliveries import move_deliveries
from .ledger import load_debts
from .news import tell_news
from .people import load_people
from .uploads import load_draft, load_uploads
from .waitlists import load_waitlists
from .waves import load_waves, work_out_effects
from .wishes import load_wishes


def load(env):
    """Let the demo company be owed money, ask for it, and see what came of it.

    :param env: of the superuser
    """
    company = env.ref("partner_notifications.demo_company")
    env = env(
        context={
            **env.context,
            "allowed_company_ids": company.ids,
            "lang": "ru_RU",
            "no_reset_password": True,
            "tracking_disable": True,
        }
    )
    small_companies = load_people(env)
    load_debts(env, small_companies)
    load_waves(env)
    load_uploads(env, small_companies)
    work_out_effects(env)
    tell_news(env)
    move_deliveries(env)
    load_waitlists(env)
    load_wishes(env, small_companies)
    load_draft(env)
