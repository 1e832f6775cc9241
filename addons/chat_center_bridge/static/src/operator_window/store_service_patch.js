import { Store } from "@mail/core/common/store_service";

import { patch } from "@web/core/utils/patch";

patch(Store.prototype, {
    setup() {
        super.setup(...arguments);
        /** Whether the user takes conversations himself. */
        this.is_chat_operator = false;
        /** Whether the user may lead conversations: his own, or those he supervises. */
        this.has_access_chat_center = false;
    },
});
