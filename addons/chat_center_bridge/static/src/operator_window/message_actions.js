import { messageActionsRegistry } from "@mail/core/common/message_actions";

import { patch } from "@web/core/utils/patch";

/** The customer would be told of it. */
patch(messageActionsRegistry.get("pin"), {
    condition({ thread }) {
        return !thread?.chat_state && super.condition(...arguments);
    },
});
