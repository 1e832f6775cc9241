from . import order_service_act
