from . import (
    test_debt,
    test_delivery,
    test_dry_run,
    test_effect,
    test_pipeline,
    test_placeholders,
    test_portal,
    test_receipt,
    test_report,
    test_rule,
    test_statistics,
)
