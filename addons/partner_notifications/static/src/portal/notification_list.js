import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

// a text that was on the screen for so long has been read
const READ_AFTER_MS = 2000;

/** The list page: what is on the screen is seen, then read; buttons act in place. */
export class NotificationList extends Interaction {
    static selector = ".o_notification_list";
    dynamicContent = {
        ".o_notification_mark_all": { "t-on-click": this.onMarkAll },
        ".o_notification_read": { "t-on-click": (ev) => this.onMark(ev, "read") },
        ".o_notification_unread_button": { "t-on-click": (ev) => this.onMark(ev, "unread") },
        ".o_notification_archive": { "t-on-click": (ev) => this.onMark(ev, "archive") },
        ".o_notification_later": {
            "t-on-click": (ev) => this.onLater(ev, ev.currentTarget.dataset.until),
        },
        ".o_notification_later_day": {
            "t-on-change": (ev) => this.onLater(ev, ev.currentTarget.value),
        },
    };

    setup() {
        this.timers = new Map();
        this.observer = new IntersectionObserver((entries) => this.onVisible(entries), {
            threshold: 0.9,
        });
        this.registerCleanup(() => this.observer.disconnect());
    }

    start() {
        for (const article of this.el.querySelectorAll(".o_notification.o_notification_unread")) {
            this.observer.observe(article);
        }
        const ids = [...this.el.querySelectorAll(".o_notification")].map((el) => +el.dataset.id);
        if (ids.length) {
            this.call("/my/notifications/mark", { ids, mark: "seen" });
        }
    }

    onVisible(entries) {
        for (const { target, isIntersecting } of entries) {
            clearTimeout(this.timers.get(target));
            if (isIntersecting && !document.hidden) {
                this.timers.set(
                    target,
                    this.waitForTimeout(() => this.read(target), READ_AFTER_MS)
                );
            }
        }
    }

    async read(article) {
        this.observer.unobserve(article);
        await this.call("/my/notifications/mark", { ids: [+article.dataset.id], mark: "read" });
    }

    async onMark(ev, mark) {
        const article = ev.currentTarget.closest(".o_notification");
        await this.call("/my/notifications/mark", { ids: [+article.dataset.id], mark });
        window.location.reload();
    }

    async onLater(ev, until) {
        const article = ev.currentTarget.closest(".o_notification");
        await this.call("/my/notifications/later", { ids: [+article.dataset.id], until });
        article.remove();
    }

    async onMarkAll() {
        const filters = JSON.parse(this.el.dataset.filters);
        const { count } = await this.waitFor(rpc("/my/notifications/mark_all", { filters }));
        this.tell(count);
        window.location.reload();
    }

    async call(route, params) {
        this.tell(await this.waitFor(rpc(route, params)));
    }

    /** The bell stands elsewhere on the page, with website even twice. */
    tell(count) {
        document.dispatchEvent(
            new CustomEvent("partner_notifications.count", { detail: count })
        );
    }
}

registry.category("public.interactions").add("partner_notifications.list", NotificationList);
