from . import controllers, models, report, wizards
from . import controllers, models
from .hooks import post_init_hook
from . import controllers, models, wizards
