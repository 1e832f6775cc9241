from . import (
    manager,
    portal,
    portal_debt,
    problem_file,
    waitlist,
    person,
)
