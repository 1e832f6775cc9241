import { reactive } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { debounce } from "@web/core/utils/timing";

/** How old the numbers of the queue may be, in milliseconds. */
const REFRESH_INTERVAL = 15000;
/** A notice here must not cover the buttons for long: the bar goes on counting. */
const NOTICE_INTERVAL = 6000;
/**
 * Several changes come at once: a state, a slot, a member. A page that is opened hears the
 * last ones once more, offers that are over among them.
 */
const REFRESH_PAUSE = 300;

/** How the operator stands and who waits; tells of new conversations. */
export class OperatorWindow {
    constructor(env, services) {
        this.env = env;
        this.store = services["mail.store"];
        this.orm = services.orm;
        this.notification = services.notification;
        this.outOfFocus = services["mail.out_of_focus"];
        /** @type {{state: string, states: string[][], waiting: number}|null} */
        this.mine = null;
        this.told = new Map();
        this.notices = new Map();
    }

    /** Called as the reactive one: what was begun as the other would show nothing. */
    start(busService) {
        this.refreshSoon = debounce(() => this.refresh(), REFRESH_PAUSE);
        busService.subscribe("chat_center/my_window", () => this.refreshSoon());
        this.env.bus.addEventListener("chat_center/changed", () => this.refreshSoon());
        this.env.bus.addEventListener("chat_center/offered", ({ detail }) =>
            browser.setTimeout(() => this.tellOffer(detail.thread), REFRESH_PAUSE)
        );
        browser.setInterval(() => this.refreshIfSeen(), REFRESH_INTERVAL);
    }

    refreshIfSeen() {
        if (this.store.discuss?.isActive && !document.hidden) {
            this.refresh();
        }
    }

    async refresh() {
        if (this.store.is_chat_operator) {
            this.mine = await this.orm.silent.call("chat.operator", "chat_my_window");
        }
    }

    async setState(state, reason) {
        await this.orm.call("chat.operator", "chat_set_my_state", [state, reason]);
        await this.refresh();
    }

    async takeNext() {
        const channelId = await this.orm.call("chat.operator", "chat_take_next");
        if (!channelId) {
            this.notification.add(_t("No conversation waits that you could take."), {
                type: "info",
            });
            return this.refresh();
        }
        const thread = await this.store.Thread.getOrFetch({
            model: "discuss.channel",
            id: channelId,
        });
        thread?.open({ focus: true });
    }

    /** Sound, desktop notice and a notice here: once for each offer, while it stands. */
    tellOffer(thread) {
        if (!thread.isChatOffered) {
            this.closeNotice(thread);
            return;
        }
        const until = thread.chat_accept_until.toMillis();
        const seconds = Math.round((until - Date.now()) / 1000);
        if (this.told.get(thread.id) === until || seconds <= 0) {
            return;
        }
        this.told.set(thread.id, until);
        const title = _t("New conversation: %s", thread.displayName);
        const message = _t("Accept it within %s s.", seconds);
        this.outOfFocus.sendNotification({
            icon: thread.avatarUrl,
            message,
            title,
            type: "info",
        });
        if (!this.isSeen(thread)) {
            this.showNotice(thread, title, message);
        }
    }

    /** Whether it is before the operator: Discuss covers the chat windows that are open. */
    isSeen(thread) {
        const isCovered = this.store.discuss?.isActive && !this.env.services.ui.isSmall;
        return isCovered ? thread.isDisplayedInDiscussAppDesktop : thread.isDisplayed;
    }

    closeNotice(thread) {
        this.notices.get(thread.id)?.();
        this.notices.delete(thread.id);
    }

    showNotice(thread, title, message) {
        this.closeNotice(thread);
        const close = this.notification.add(message, {
            title,
            type: "info",
            autocloseDelay: NOTICE_INTERVAL,
            buttons: [
                {
                    name: _t("Open"),
                    primary: true,
                    onClick: () => {
                        close();
                        thread.open({ focus: true });
                    },
                },
            ],
        });
        this.notices.set(thread.id, close);
    }
}

export const operatorWindowService = {
    dependencies: ["bus_service", "mail.out_of_focus", "mail.store", "notification", "orm"],
    start(env, services) {
        const operatorWindow = reactive(new OperatorWindow(env, services));
        operatorWindow.start(services.bus_service);
        return operatorWindow;
    },
};

registry.category("services").add("chat_center.operator_window", operatorWindowService);
