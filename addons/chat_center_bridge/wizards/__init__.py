from . import (
    chat_center_settings,
    chat_gateway_test_message,
    chat_identity_blocker,
    chat_identity_linker,
    chat_operator_set_state,
    privacy_lookup_wizard,
)
