import { fields } from "@mail/core/common/record";
import { Thread } from "@mail/core/common/thread_model";

import { patch } from "@web/core/utils/patch";

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {"bot"|"queued"|"active"|"hold"|"wrap_up"|"closed"|undefined} */
        this.chat_state = fields.Attr(undefined, {
            onUpdate() {
                this.store.env.bus.trigger("chat_center/changed");
            },
        });
        /** Until when its operator may accept it; nothing once that is done. */
        this.chat_accept_until = fields.Datetime();
        /** What it follows from is told in several pieces, in no order. */
        this.chatOfferedUntil = fields.Attr(undefined, {
            compute() {
                return this.isChatOffered ? this.chat_accept_until.toMillis() : undefined;
            },
            eager: true,
            onUpdate() {
                this.store.env.bus.trigger("chat_center/offered", { thread: this });
            },
        });
        /** Since when the customer waits for an answer. */
        this.chat_waiting_since = fields.Datetime();
        this.chat_hold_until = fields.Datetime();
        /** @type {number|false|undefined} */
        this.chat_holder_partner_id = undefined;
        /** @type {string|undefined} */
        this.chat_gateway_type = undefined;
        this.chat_is_test = false;
        /** @type {Promise|undefined} until the notes just written are kept */
        this.chatNotesKept = undefined;
    },
    /** The customer's name alone: core adds a country to it. */
    get displayName() {
        const customer = this.chat_state && this.livechatVisitorMember;
        return customer?.name || super.displayName;
    },
    get isChatMine() {
        return (
            Boolean(this.chat_holder_partner_id) &&
            this.chat_holder_partner_id === this.store.self_partner?.id
        );
    },
    get isChatOffered() {
        return (
            this.chat_state === "active" && this.isChatMine && Boolean(this.chat_accept_until)
        );
    },
    get isChatOpen() {
        return ["queued", "active", "hold"].includes(this.chat_state);
    },
    /** To close a chat window is to hide it: core would leave, and give it back. */
    async leaveChannel() {
        if (!this.chat_state) {
            return super.leaveChannel(...arguments);
        }
    },
    /** Nobody describes a conversation: its customer reads the description too. */
    get allowDescription() {
        return !this.chat_state && super.allowDescription;
    },
    /** The customer, whoever of the company is in the conversation. */
    computeCorrespondent() {
        const customer =
            this.chat_state &&
            this.channel_member_ids.find((member) => member.livechat_member_type === "visitor");
        return customer || super.computeCorrespondent();
    },
    _computeDiscussAppCategory() {
        return this.chat_state
            ? this.store.discuss.chatCenterCategory
            : super._computeDiscussAppCategory();
    },
});
