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

registry
    .category("public.interactions")
    .add("partner_notifications.preferences", NotificationPreferences);
