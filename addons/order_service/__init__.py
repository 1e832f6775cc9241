from . import controllers, models, rules, wizards
from .hooks import post_init_hook, uninstall_hook
