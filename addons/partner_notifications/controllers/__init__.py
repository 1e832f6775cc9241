from . import portal
from . import manager, waitlist
