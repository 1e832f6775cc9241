import { sendAgain } from "./send_again";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const NOTICE_INTERVAL = 15000;

/** Tells an operator that a message of his own did not reach the customer. */
export const undeliveredService = {
    dependencies: ["bus_service", "dialog", "notification", "orm"],

    start(env, { bus_service, dialog, notification, orm }) {
        bus_service.subscribe("chat_center_bridge/undelivered", (delivery) => {
            const close = notification.add(delivery.title, {
                title: _t("Your message to %s", delivery.customer),
                type: delivery.state === "unknown" ? "warning" : "danger",
                // the message says it for good: what is below is not to be covered
                autocloseDelay: NOTICE_INTERVAL,
                buttons: [
                    {
                        name: _t("Send again"),
                        primary: true,
                        onClick: () => {
                            close();
                            sendAgain(orm, dialog, delivery);
                        },
                    },
                ],
            });
        });
        bus_service.start();
    },
};

registry.category("services").add("chat_center_bridge.undelivered", undeliveredService);
