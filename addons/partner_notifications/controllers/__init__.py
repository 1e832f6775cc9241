from . import portal
from . import problem_file
