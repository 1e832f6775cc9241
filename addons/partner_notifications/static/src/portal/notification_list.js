import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";

// a text that was on the screen for so long has been read
const READ_AFTER_MS = 2000;

/** The list page: what is on the screen is seen, then read; buttons act in place. */
export class NotificationList extends Interaction {
    static selector = ".o_notification_list";
    dynamicContent = {
        _document: {
            "t-on-visibilitychange": this.onTabVisible,
            "t-on-partner_notifications.fresh": () => (this.isFresh = true),
        },
        ".o_notification_mark_all": { "t-on-click": this.onMarkAll },
        ".o_notification_read": { "t-on-click": (ev) => this.onMark(ev, "read") },
        ".o_notification_keep": { "t-on-click": (ev) => this.onMark(ev, "unread") },
        ".o_notification_archive": {
            "t-on-click": (ev) => this.onTakeAway(ev, "archive", "restore", _t("Archived.")),
        },
        ".o_notification_restore": {
            "t-on-click": (ev) =>
                this.onTakeAway(ev, "restore", "archive", _t("Out of the archive.")),
        },
        ".o_notification_later": {
            "t-on-click": (ev) => this.onLater(ev, ev.currentTarget.dataset.until),
        },
        ".o_notification_later_day": {
            "t-on-submit.prevent": (ev) => this.onLater(ev, ev.currentTarget.elements.day.value),
        },
        ".o_notification_done": { "t-out": () => this.done },
        ".o_notification_note": { "t-att-class": () => ({ "d-none": !this.undo }) },
        ".o_notification_noted": { "t-out": () => this.done },
        ".o_notification_undo": { "t-on-click": this.onUndo },
        ".o_notification_none": { "t-att-class": () => ({ "d-none": !this.isEmpty }) },
        ".o_notification_fresh": { "t-att-class": () => ({ "d-none": !this.isFresh }) },
    };

    setup() {
        this.done = "";
        // how the article taken away last comes back
        this.undo = null;
        this.isEmpty = false;
        this.isFresh = false;
        // articles whose beginning was on the screen; their timers while the end is
        this.begun = new Set();
        this.timers = new Map();
        this.observer = new IntersectionObserver((entries) => this.onScreen(entries));
        this.registerCleanup(() => this.observer.disconnect());
    }

    start() {
        this.watch();
        const ids = [...this.el.querySelectorAll(".o_notification")].map((el) => +el.dataset.id);
        if (ids.length) {
            this.call("/my/notifications/mark", { ids, mark: "seen" });
        }
    }

    // -- reading by looking ------------------------------------------------------------

    /** Begin and end are watched: a text taller than the screen can be read too. */
    watch() {
        const marks = ".o_notification_begin, .o_notification_end";
        for (const article of this.el.querySelectorAll(".o_notification_unread")) {
            for (const mark of article.querySelectorAll(marks)) {
                this.observer.observe(mark);
            }
        }
    }

    onScreen(entries) {
        for (const { target, isIntersecting } of entries) {
            const article = target.closest(".o_notification");
            if (target.classList.contains("o_notification_begin")) {
                if (isIntersecting) {
                    this.begun.add(article);
                }
            } else {
                this.stopTimer(article);
                if (isIntersecting) {
                    this.timers.set(
                        article,
                        this.waitForTimeout(() => this.readByLooking(article), READ_AFTER_MS)
                    );
                }
            }
        }
    }

    stopTimer(article) {
        clearTimeout(this.timers.get(article));
        this.timers.delete(article);
    }

    /** What stands in a hidden tab is not read; the clock starts anew with the tab. */
    onTabVisible() {
        this.observer.disconnect();
        for (const article of [...this.timers.keys()]) {
            this.stopTimer(article);
        }
        if (!document.hidden) {
            this.watch();
        }
    }

    readByLooking(article) {
        const isRead = !article.classList.contains("o_notification_unread");
        if (this.begun.has(article) && !isRead && !document.hidden) {
            return this.mark(article, "read");
        }
    }

    // -- acting ------------------------------------------------------------------------

    async onMark(ev, mark) {
        const article = ev.currentTarget.closest(".o_notification");
        // who marks it unread wants it to stay so, though it is on the screen
        this.stopTimer(article);
        await this.mark(article, mark);
        const other = mark === "read" ? ".o_notification_keep" : ".o_notification_read";
        article.querySelector(other).focus();
        this.say(mark === "read" ? _t("Marked as read.") : _t("Marked as unread."));
    }

    async mark(article, mark) {
        await this.call("/my/notifications/mark", { ids: [+article.dataset.id], mark });
        article.classList.toggle("o_notification_unread", mark === "unread");
    }

    async onTakeAway(ev, mark, undoMark, sentence) {
        const article = ev.currentTarget.closest(".o_notification");
        await this.call("/my/notifications/mark", { ids: [+article.dataset.id], mark });
        this.takeAway(article, [undoMark], sentence);
    }

    async onLater(ev, until) {
        const article = ev.currentTarget.closest(".o_notification");
        await this.call("/my/notifications/later", { ids: [+article.dataset.id], until });
        // what is put off is unread by that
        const wasRead = !article.classList.contains("o_notification_unread");
        const marks = wasRead ? ["back", "read"] : ["back"];
        this.takeAway(article, marks, _t("It comes back on top at that time."));
    }

    /** The article leaves the page; the keyboard goes on with the next one. */
    takeAway(article, undoMarks, sentence) {
        const all = [...this.el.querySelectorAll(".o_notification")];
        const place = all.indexOf(article);
        const next = all[place + 1] || all[place - 1];
        const day = article.closest(".o_notification_day");
        this.stopTimer(article);
        this.undo = { article, day, before: article.nextElementSibling, marks: undoMarks };
        article.remove();
        day.classList.toggle("d-none", !day.querySelector(".o_notification"));
        this.isEmpty = !next;
        this.say(sentence);
        (next || this.el.querySelector(".o_notification_undo")).focus();
    }

    async onUndo() {
        const { article, day, before, marks } = this.undo;
        for (const mark of marks) {
            await this.call("/my/notifications/mark", { ids: [+article.dataset.id], mark });
        }
        day.insertBefore(article, before);
        day.classList.remove("d-none");
        this.undo = null;
        this.isEmpty = false;
        this.say(_t("It is back."));
        article.focus();
    }

    async onMarkAll() {
        const filters = JSON.parse(this.el.dataset.filters);
        await this.waitFor(rpc("/my/notifications/mark_all", { filters }));
        window.location.reload();
    }

    async call(route, params) {
        const count = await this.waitFor(rpc(route, params));
        // the bell stands elsewhere on the page, with website even twice
        document.dispatchEvent(
            new CustomEvent("partner_notifications.count", { detail: count })
        );
    }

    say(sentence) {
        this.done = sentence;
        this.updateContent();
    }
}

registry.category("public.interactions").add("partner_notifications.list", NotificationList);
