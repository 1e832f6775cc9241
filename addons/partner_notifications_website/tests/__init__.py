from . import test_website
from . import test_website_tours
