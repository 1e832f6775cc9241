import { reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const RELOAD_AT_MOST_EVERY_MS = 2000;
const COUNT_EVERY_MS = 60000;

/**
 * Hears of changed orders and passes them on to the open screens, at most every two
 * seconds; keeps the number of my overdue tasks; shows what became overdue.
 */
export const liveService = {
    dependencies: ["bus_service", "notification", "action", "orm"],

    async start(env, { bus_service: bus, notification, action, orm }) {
        const state = reactive({ overdue: 0, isStaff: false });
        const listeners = new Set();
        let waiting = null;
        let timer = null;

        function pass() {
            timer = null;
            const changed = waiting;
            waiting = null;
            if (!changed) {
                return;
            }
            timer = browser.setTimeout(pass, RELOAD_AT_MOST_EVERY_MS);
            for (const listener of [...listeners]) {
                listener(changed);
            }
            count();
        }

        function collect({ orders, arrived }) {
            waiting = waiting || { orders: new Set(), arrived: false };
            orders.forEach((id) => waiting.orders.add(id));
            waiting.arrived = waiting.arrived || arrived;
            if (!timer) {
                pass();
            }
        }

        async function count() {
            try {
                state.overdue = await orm.silent.call(
                    "order.service.task",
                    "get_my_overdue_count",
                    []
                );
            } catch {
                // Offline or logged out: the next minute or change counts again.
                return;
            }
        }

        function openOverdue(mine) {
            const context = { search_default_overdue: 1, search_default_mine: mine ? 1 : 0 };
            return action.doAction("order_service.order_service_task_action_overdue", {
                additionalContext: context,
                clearBreadcrumbs: true,
            });
        }

        state.isStaff = await user.hasGroup("order_service.group_staff");
        if (state.isStaff) {
            bus.subscribe("order_service/changed", collect);
            bus.subscribe("order_service/overdue", ({ count: tasks }) => {
                count();
                notification.add(_t("Overdue tasks: %s", tasks), {
                    type: "danger",
                    buttons: [{ name: _t("Show"), onClick: () => openOverdue(false), primary: true }],
                });
            });
            bus.subscribe("order_service/nobody", ({ task }) => {
                notification.add(_t("Nobody is on shift for “%s”.", task), { type: "warning" });
            });
            count();
            browser.setInterval(count, COUNT_EVERY_MS);
        }

        return {
            state,
            openOverdue,
            /** @returns {Function} takes the listener away */
            listen(listener) {
                listeners.add(listener);
                return () => listeners.delete(listener);
            },
        };
    },
};

registry.category("services").add("order_service.live", liveService);
