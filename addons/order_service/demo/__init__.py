"""Demo data that no data file can hold: stock, shifts and orders relative to today.

Loaded once, by ``post_init_hook``, after the files of the manifest's ``demo``.
"""

from .master_data import load_master_data
from .orders import load_orders
from .slots import load_slots
from .store_stories import load_store_stories


def load(env):
    """Fill the demo company's stores and let its people work for some days.

    :param env: of the superuser
    """
    load_master_data(env)
    load_orders(env)
    load_slots(env)
    load_store_stories(env)
