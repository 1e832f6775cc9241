from . import (
    partner_notification_correct,
    partner_notification_correct_words,
    partner_notification_sending,
    partner_notification_withdraw,
    partner_notification_preview,
)
