import { registry } from "@web/core/registry";

/** Says at once that a gateway is out of order, and that it is in order again. */
export const alarmService = {
    dependencies: ["bus_service", "notification"],

    start(env, { bus_service: bus, notification }) {
        bus.subscribe("chat_center_bridge/alarm", ({ text, type }) => {
            notification.add(text, { type, sticky: type === "danger" });
        });
    },
};

registry.category("services").add("chat_center_bridge.alarm", alarmService);
