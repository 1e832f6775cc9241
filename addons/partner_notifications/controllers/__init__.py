from . import portal, portal_debt
