import { _t } from "@web/core/l10n/translation";
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * Says why a message was not posted; core shows a sign beside it and keeps the reason
 * to itself.
 */
export const refusedService = {
    dependencies: ["mail.store", "notification"],

    start(env, { "mail.store": store, notification }) {
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail: { data, error } }) => {
            const { post_data: post, thread_id: id, thread_model: model } = data.params;
            if (!post || !error?.data) {
                return;
            }
            const thread = store.Thread.get({ model, id });
            if (thread?.chat_state) {
                notification.add(error.data.message, {
                    title: _t("Not sent to %s", thread.displayName),
                    type: "danger",
                });
            }
        });
    },
};

registry.category("services").add("chat_center_bridge.refused", refusedService);
