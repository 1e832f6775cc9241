import { fields } from "@mail/core/common/record";
import { DiscussApp } from "@mail/core/public_web/discuss_app_model";
import { DiscussAppCategory } from "@mail/discuss/core/public_web/discuss_app_category_model";
import { compareDatetime } from "@mail/utils/common/misc";

import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

patch(DiscussApp.prototype, {
    setup() {
        super.setup(...arguments);
        this.chatCenterCategory = fields.One("DiscussAppCategory", {
            compute() {
                return {
                    extraClass: "o-chat_center-category",
                    hideWhenEmpty: true,
                    icon: "fa fa-comments",
                    id: "chat_center_bridge.category_chats",
                    name: _t("Chats"),
                    sequence: 5,
                };
            },
            eager: true,
        });
    },
});

patch(DiscussAppCategory.prototype, {
    /** Unread first, then whoever waits longest. */
    sortThreads(t1, t2) {
        if (this.notEq(this.app?.chatCenterCategory)) {
            return super.sortThreads(...arguments);
        }
        const isUnread = (thread) => Number(thread.importantCounter > 0);
        return (
            isUnread(t2) - isUnread(t1) ||
            Number(Boolean(t2.chat_waiting_since)) - Number(Boolean(t1.chat_waiting_since)) ||
            compareDatetime(t1.chat_waiting_since, t2.chat_waiting_since) ||
            compareDatetime(t2.lastInterestDt, t1.lastInterestDt) ||
            t2.id - t1.id
        );
    },
});
