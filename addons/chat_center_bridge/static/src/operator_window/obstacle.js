import { fields } from "@mail/core/common/record";
import { Thread } from "@mail/core/common/thread_model";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** A timer knows no longer times: this one looks again. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Why nobody can write to the customer now, in the place where one would write. */
patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        this.chat_has_blocked_us = false;
        /** After it the messenger takes no free texts; nothing: it always does. */
        this.chat_window_until = fields.Datetime({
            onUpdate() {
                this.watchChatWindow();
            },
        });
        this.isChatWindowOver = false;
        this.chatWindowTimer = undefined;
    },
    watchChatWindow() {
        browser.clearTimeout(this.chatWindowTimer);
        const until = this.chat_window_until ? this.chat_window_until.toMillis() : Infinity;
        const left = until - Date.now();
        this.isChatWindowOver = left <= 0;
        if (left > 0 && left < Infinity) {
            const next = Math.min(left, LONGEST_TIMER);
            this.chatWindowTimer = browser.setTimeout(() => this.watchChatWindow(), next);
        }
    },
    get chatObstacle() {
        if (!this.isChatOpen) {
            return "";
        }
        if (this.chat_has_blocked_us) {
            return _t(
                "The customer has blocked us here, and gets nothing until he writes again. Call him, or write to him another way."
            );
        }
        if (this.isChatWindowOver) {
            return _t(
                "The customer wrote more than 24 hours ago: the messenger takes nothing until he writes again. Call him, or write to him another way."
            );
        }
        return "";
    },
    get composerDisabled() {
        return super.composerDisabled || Boolean(this.chatObstacle);
    },
    get composerDisabledText() {
        return super.composerDisabledText || this.chatObstacle;
    },
});
