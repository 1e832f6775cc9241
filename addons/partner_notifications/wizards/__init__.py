from . import partner_notification_preview
