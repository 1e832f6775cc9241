from . import person, portal
