import { Component } from "@odoo/owl";

import { ThreadIcon } from "@mail/core/common/thread_icon";
import { MessagingMenu } from "@mail/core/public_web/messaging_menu";
import { DiscussSidebarChannel } from "@mail/discuss/core/public_web/discuss_sidebar_categories";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import { asClock, useClock } from "./clock";

const SECOND = 1000;
const ICONS = {
    telegram: { class: "fa fa-telegram", title: "Telegram" },
    whatsapp: { class: "fa fa-whatsapp", title: "WhatsApp" },
    site: { class: "fa fa-globe", title: _t("Site") },
};

/** How long the customer of a conversation has been waiting for an answer. */
export class CustomerWait extends Component {
    static template = "chat_center_bridge.CustomerWait";
    static props = ["thread"];

    setup() {
        this.clock = useClock(SECOND);
    }

    get isShown() {
        return this.props.thread.isChatOpen && Boolean(this.props.thread.chat_waiting_since);
    }

    get wait() {
        const since = this.props.thread.chat_waiting_since.toMillis();
        return asClock((this.clock.now - since) / SECOND);
    }
}

Object.assign(DiscussSidebarChannel.components, { CustomerWait });
Object.assign(MessagingMenu.components, { CustomerWait });

patch(ThreadIcon.prototype, {
    get defaultChatIcon() {
        return ICONS[this.props.thread.chat_gateway_type] ?? super.defaultChatIcon;
    },
});
