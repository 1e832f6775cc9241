import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

import { DiscussContent } from "@mail/core/public_web/discuss_content";
import { ActionPanel } from "@mail/discuss/core/common/action_panel";
import { prettifyMessageContent } from "@mail/utils/common/format";
import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { rpc } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

import { callConversation } from "./conversation";

/** The customer beside the conversation: contacts, orders, debt, what was before. */
export class CustomerPanel extends Component {
    static template = "chat_center_bridge.CustomerPanel";
    static components = { ActionPanel };
    static props = ["thread"];

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ panel: null, read: false, said: [] });
        onWillStart(() => this.load(this.props.thread));
        onWillUpdateProps((props) => {
            if (props.thread.notEq(this.props.thread)) {
                return this.load(props.thread);
            }
        });
    }

    async load(thread) {
        this.state.read = false;
        try {
            this.state.panel = await callConversation(thread, "chat_panel");
        } catch (error) {
            if (error.exceptionName !== "odoo.exceptions.AccessError") {
                throw error;
            }
            // it was given to somebody else at this moment, and goes from the list, too
            this.state.panel = null;
        }
    }

    get holdUntil() {
        const { chat_state, chat_hold_until } = this.props.thread;
        const isOnHold = chat_state === "hold" && chat_hold_until;
        return isOnHold && toLocaleDateTimeString(chat_hold_until);
    }

    /** Core's own place for them: kept with the conversation, for the company only. */
    saveNotes() {
        // by then another conversation may be open, or this one given away
        const { thread } = this.props;
        thread.chatNotesKept = this.writeNotes(thread.id, thread.livechatNoteText || "");
        return thread.chatNotesKept;
    }

    async writeNotes(channelId, text) {
        const note = await prettifyMessageContent(text);
        await rpc("/im_livechat/session/update_note", { channel_id: channelId, note });
    }

    /** What was said in an earlier conversation; the second press hides it. */
    async read(earlierId) {
        if (this.state.read === earlierId) {
            this.state.read = false;
            return;
        }
        this.state.said = await callConversation(this.props.thread, "chat_earlier", {
            earlier_id: earlierId,
        });
        this.state.read = earlierId;
    }

    openRecord(model, id) {
        const onClose = () => this.load(this.props.thread);
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose }
        );
    }

    async link(partnerId) {
        await this.orm.call("chat.identity", "chat_link", [
            [this.state.panel.identity.id],
            partnerId,
        ]);
        await this.load(this.props.thread);
    }

    async linkToAnother() {
        const action = await callConversation(this.props.thread, "action_chat_link");
        this.action.doAction(action, { onClose: () => this.load(this.props.thread) });
    }
}

patch(DiscussContent.prototype, {
    actionPanelAutoOpenFn() {
        const panel = this.threadActions.actions.find((one) => one.id === "chat-customer");
        if (panel) {
            panel.open();
        } else {
            super.actionPanelAutoOpenFn();
        }
    },
});
