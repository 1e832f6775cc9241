from . import (
    order_service_act,
    order_service_confirm_age,
    order_service_close_store,
    order_service_force,
    order_service_name_substitute,
    order_service_store_time,
    order_service_postpone,
    order_service_route_import,
    order_service_set_courier,
    order_service_set_slot,
    order_service_settings,
    sale_mass_cancel_orders,
)
