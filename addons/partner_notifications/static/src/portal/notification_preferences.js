import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** The preferences page: what is off in the portal has no copies. */
export class NotificationPreferences extends Interaction {
    static selector = ".o_notification_wish";
    dynamicContent = {
        ".o_notification_wish_portal": { "t-on-change": this.updateContent },
        ".o_notification_wish_copy": {
            "t-att-disabled": () =>
                !this.el.querySelector(".o_notification_wish_portal").checked || undefined,
        },
    };
}

/** Quiet hours have a beginning and an end, or neither. */
export class NotificationQuietHours extends Interaction {
    static selector = ".o_notification_quiet_hours";
    dynamicContent = {
        'input[type="time"]': {
            "t-on-change": this.updateContent,
            "t-att-required": () =>
                [...this.el.querySelectorAll("input")].some(({ value }) => value) || undefined,
        },
    };
}

registry
    .category("public.interactions")
    .add("partner_notifications.preferences", NotificationPreferences);
registry
    .category("public.interactions")
    .add("partner_notifications.quiet_hours", NotificationQuietHours);
