from . import (
    test_calendar,
    test_debt,
    test_delivery,
    test_pipeline,
    test_placeholders,
    test_portal,
    test_receipt,
    test_rule,
    test_words,
)
