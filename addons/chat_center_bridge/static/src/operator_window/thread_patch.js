import { Thread } from "@mail/core/common/thread";

import { patch } from "@web/core/utils/patch";

const OF_OUR_PAGES = "site";

patch(Thread.prototype, {
    /** A page is open or not; in a messenger a message is read whenever it is. */
    get showVisitorDisconnected() {
        const { chat_gateway_type: type } = this.props.thread;
        return super.showVisitorDisconnected && (!type || type === OF_OUR_PAGES);
    },
});
