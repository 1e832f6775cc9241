from . import portal, portal_debt
from . import portal
from . import problem_file
from . import manager, waitlist
