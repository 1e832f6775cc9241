from . import test_flow
from . import test_engine
from . import test_route
from . import test_route_check
from . import test_working_time
from . import test_messages
from . import test_task
from . import test_rights
