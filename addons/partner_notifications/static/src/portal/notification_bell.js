import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";
import { markup } from "@odoo/owl";

const OTHER_TABS = "partner_notifications";

/**
 * The bell in the header: its badge follows what happens in every open tab, its menu
 * shows the newest ones.
 */
export class NotificationBell extends Interaction {
    static selector = ".o_notification_bell";
    dynamicContent = {
        _root: { "t-on-show.bs.dropdown": this.onOpen },
        _document: {
            "t-on-visibilitychange": this.onVisible,
            "t-on-partner_notifications.count": ({ detail }) => this.showEverywhere(detail),
            "t-on-partner_notifications.asked": ({ detail }) => this.show(detail),
        },
        ".o_notification_badge": {
            "t-out": () => this.count,
            "t-att-class": () => ({ "d-none": !this.count }),
        },
        ".o_notification_newest": { "t-out": () => this.newest },
        ".o_notification_told": { "t-out": () => this.told },
    };

    setup() {
        this.count = this.el.querySelector(".o_notification_badge").textContent.trim();
        this.told = "";
        this.newest = markup(this.el.querySelector(".o_notification_newest").innerHTML);
        const bus = this.services.bus_service;
        const onNew = () => this.refresh();
        const onWave = ({ spread_s }) => this.refreshWithin(spread_s);
        bus.subscribe("partner_notifications/new", onNew);
        bus.subscribe("partner_notifications/wave", onWave);
        bus.start();
        this.registerCleanup(() => {
            bus.unsubscribe("partner_notifications/new", onNew);
            bus.unsubscribe("partner_notifications/wave", onWave);
        });
        this.otherTabs = new BroadcastChannel(OTHER_TABS);
        this.otherTabs.onmessage = ({ data }) => this.show(data);
        this.registerCleanup(() => this.otherTabs.close());
    }

    /** Thousands of tabs are told at once: each asks at a moment of its own. */
    refreshWithin(seconds) {
        this.waitForTimeout(() => this.refresh(), Math.random() * seconds * 1000);
    }

    /** A website's page has two bells, one of them hidden: the first asks for both. */
    get isFirst() {
        return document.querySelector(NotificationBell.selector) === this.el;
    }

    async refresh() {
        if (!this.isFirst) {
            return;
        }
        if (document.hidden) {
            this.isStale = true;
            return;
        }
        this.isStale = false;
        const before = this.count;
        const count = await this.waitFor(rpc("/my/notifications/count", {}, { silent: true }));
        // of this page: other tabs ask by themselves, and tell their lists what is fresh
        document.dispatchEvent(new CustomEvent("partner_notifications.asked", { detail: count }));
        if (this.count && this.count !== before) {
            document.dispatchEvent(new CustomEvent("partner_notifications.fresh"));
        }
    }

    onVisible() {
        if (!document.hidden && this.isStale) {
            this.refresh();
        }
    }

    async onOpen() {
        const { html, count } = await this.waitFor(rpc("/my/notifications/newest"));
        this.newest = markup(html);
        this.showEverywhere(count);
    }

    /** What is read in one tab is read in the person's other tabs too. */
    showEverywhere(count) {
        this.otherTabs.postMessage(count);
        this.show(count);
    }

    show(count) {
        if (count !== this.count) {
            this.told = count
                ? _t("Unread notifications: %s", count)
                : _t("All notifications are read");
        }
        this.count = count;
        this.updateContent();
    }
}

registry.category("public.interactions").add("partner_notifications.bell", NotificationBell);
