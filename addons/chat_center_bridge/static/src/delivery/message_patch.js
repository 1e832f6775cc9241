import { Message } from "@mail/core/common/message";

import { sendAgain } from "./send_again";

import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

const ICONS = {
    queued: "fa-clock-o",
    sending: "fa-clock-o",
    sent: "fa-check",
    delivered: "fa-check",
    read: "fa-check text-info",
    failed: "fa-exclamation-circle text-danger",
    expired: "fa-exclamation-circle text-danger",
    unknown: "fa-question-circle text-warning",
};

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.chatOrm = useService("orm");
        this.chatDialog = useService("dialog");
    },
    /** Who has seen it in Odoo says nothing of the customer, and looks as if it did. */
    get showSeenIndicator() {
        return super.showSeenIndicator && !this.message.chat_delivery;
    },
    get chatDeliveryIcon() {
        return ICONS[this.message.chat_delivery.state];
    },
    /** Two signs where the customer's device has the message. */
    get chatDeliveryIsDouble() {
        return ["delivered", "read"].includes(this.message.chat_delivery.state);
    },
    onClickChatDelivery() {
        sendAgain(this.chatOrm, this.chatDialog, this.message.chat_delivery);
    },
});
