import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/** How often is looked at what the operator has before him, in milliseconds. */
const LOOK_INTERVAL = 1000;
/** A computer that slept was not worked at: no two looks are further apart. */
const LONGEST_LOOK = 5000;
/** How much may be lost with a window that is closed, in milliseconds. */
const TELL_INTERVAL = 60000;
const SECOND = 1000;

/** Counts how long the operator has a conversation of his before him. */
export class Focus {
    constructor(services) {
        this.store = services["mail.store"];
        this.orm = services.orm;
        this.thread = null;
        this.spent = 0;
        this.lookedAt = Date.now();
    }

    start() {
        browser.setInterval(() => this.look(), LOOK_INTERVAL);
        document.addEventListener("visibilitychange", () => document.hidden && this.tell());
    }

    /** The conversation in Discuss, or else in the chat window with the cursor. */
    get current() {
        if (document.hidden || !document.hasFocus()) {
            return null;
        }
        const { discuss, chatHub } = this.store;
        const thread = discuss?.isActive
            ? discuss.thread
            : chatHub.opened.find(({ thread }) => thread?.isFocused)?.thread;
        return thread?.chat_state === "active" && thread.isChatMine ? thread : null;
    }

    look() {
        const now = Date.now();
        const passed = Math.min(now - this.lookedAt, LONGEST_LOOK);
        this.lookedAt = now;
        const thread = this.current;
        if (thread?.id !== this.thread?.id) {
            this.tell();
            this.thread = thread;
        } else if (thread) {
            this.spent += passed;
            if (this.spent >= TELL_INTERVAL) {
                this.tell();
            }
        }
    }

    /** Tell the server what was spent since it was told last. */
    async tell() {
        const { thread, spent } = this;
        if (!thread || !spent) {
            return;
        }
        this.spent = 0;
        try {
            const seconds = spent / SECOND;
            await this.orm.silent.call("discuss.channel", "chat_spend", [[thread.id], seconds]);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            // told with the next look, if it is still before him
            this.spent += thread.id === this.thread?.id ? spent : 0;
        }
    }
}

export const focusService = {
    dependencies: ["mail.store", "orm"],
    start(env, services) {
        const focus = new Focus(services);
        focus.start();
        return focus;
    },
};

registry.category("services").add("chat_center.focus", focusService);
