import { Message } from "@mail/core/common/message_model";
import { fields } from "@mail/core/common/record";

import { patch } from "@web/core/utils/patch";

/** How far a message has come to a customer's messenger; see chat.outbox. */
patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {{id: number, state: string, title: string, can_send_again: boolean}} */
        this.chat_delivery = fields.Attr(undefined);
        /** @type {{id: number, title: string}[]} of a customer, not fetched (yet) */
        this.chat_files = fields.Attr([]);
    },
    computeIsEmpty() {
        return super.computeIsEmpty() && !this.chat_files?.length;
    },
    /** What went to a messenger cannot be changed there. */
    get editable() {
        return super.editable && !this.chat_delivery;
    },
});
