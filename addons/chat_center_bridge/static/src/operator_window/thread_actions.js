import { registerThreadAction, ThreadAction } from "@mail/core/common/thread_actions";

import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import { AcceptButton } from "./accept_button";
import { callConversation } from "./conversation";
import { CustomerPanel } from "./customer_panel";
import { CloseDialog, HoldDialog, TransferDialog } from "./dialogs";

/** Core's actions that mean nothing to a messenger, or go around the queue. */
const NOT_OF_CONVERSATIONS = [
    "call",
    "camera-call",
    "invite-people",
    "leave",
    "livechat-info",
    "livechat-status",
    "pinned-messages",
];
/** How the names of our actions begin. */
const OURS = "chat-";
/** Before core's own; the panel is the last of ours. */
const FIRST_GROUP = 1;

patch(ThreadAction.prototype, {
    _condition({ action, store, thread }) {
        if (thread?.chat_state && NOT_OF_CONVERSATIONS.includes(action.id)) {
            return false;
        }
        if (action.id.startsWith(OURS) && !store.has_access_chat_center) {
            return false;
        }
        return super._condition(...arguments);
    },
});

function open(thread, dialog) {
    thread.store.env.services.dialog.add(dialog, { thread });
}

function isShown(owner) {
    return !owner.isDiscussSidebarChannelActions;
}

registerThreadAction("chat-accept", {
    component: AcceptButton,
    componentProps: ({ thread }) => ({ thread }),
    condition: ({ owner, thread }) => thread?.isChatOffered && isShown(owner),
    name: _t("Accept"),
    sequence: 1,
    sequenceQuick: 1,
});
registerThreadAction("chat-resume", {
    condition: ({ thread }) => thread?.chat_state === "hold" && thread.isChatMine,
    hotkey: "shift+h",
    icon: "fa fa-fw fa-play",
    inlineName: _t("Go on"),
    name: _t("Go on"),
    nameClass: "ms-1",
    open: ({ thread }) => callConversation(thread, "chat_resume"),
    sequence: 10,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-hold", {
    condition: ({ thread }) => thread?.chat_state === "active" && thread.isChatMine,
    hotkey: "shift+h",
    icon: "fa fa-fw fa-pause",
    inlineName: _t("Hold"),
    name: _t("Put on hold"),
    nameClass: "ms-1",
    open: ({ thread }) => open(thread, HoldDialog),
    sequence: 20,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-transfer", {
    condition: ({ thread }) => thread?.isChatOpen,
    hotkey: "shift+t",
    icon: "fa fa-fw fa-share",
    inlineName: _t("Transfer"),
    name: _t("Transfer"),
    nameClass: "ms-1",
    open: ({ thread }) => open(thread, TransferDialog),
    sequence: 30,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-close", {
    condition: ({ thread }) => thread?.isChatOpen,
    hotkey: "shift+x",
    icon: "fa fa-fw fa-check",
    inlineName: _t("Close"),
    name: _t("Close the conversation"),
    nameClass: "ms-1",
    open: ({ thread }) => open(thread, CloseDialog),
    sequence: 40,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-wrapped-up", {
    condition: ({ thread }) => thread?.chat_state === "wrap_up" && thread.isChatMine,
    hotkey: "shift+x",
    icon: "fa fa-fw fa-check",
    inlineName: _t("Notes are written"),
    name: _t("Notes are written: free the slot"),
    nameClass: "ms-1",
    open: ({ thread }) => callConversation(thread, "chat_wrapped_up"),
    sequence: 40,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-more", {
    condition: ({ owner, thread }) =>
        thread?.chat_state && isShown(owner) && !owner.env.inChatWindow,
    dropdown: true,
    dropdownMenuClass: "p-1",
    dropdownTemplate: "chat_center_bridge.MoreMenu",
    dropdownTemplateParams: ({ thread }) => ({ thread, block, markTest, testName }),
    icon: "oi oi-fw oi-ellipsis-v",
    name: _t("More"),
    sequence: 50,
    sequenceGroup: FIRST_GROUP,
});
// the actions of a chat window are a menu, and a finger opens no menu in a menu
registerThreadAction("chat-test", {
    condition: ({ owner, thread }) => thread?.chat_state && owner.env.inChatWindow,
    icon: "fa fa-fw fa-flask",
    name: ({ thread }) => testName(thread),
    open: ({ thread }) => markTest(thread),
    sequence: 70,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-block", {
    condition: ({ owner, thread }) => thread?.isChatOpen && owner.env.inChatWindow,
    icon: "fa fa-fw fa-ban",
    name: _t("Block as spam…"),
    open: ({ thread }) => block(thread),
    sequence: 80,
    sequenceGroup: FIRST_GROUP,
});
registerThreadAction("chat-customer", {
    actionPanelComponent: CustomerPanel,
    condition: ({ owner, thread }) => thread?.chat_state && isShown(owner),
    icon: "fa fa-fw fa-user",
    name: _t("Customer"),
    panelOuterClass: "o-chat_center-CustomerPanel bg-inherit",
    sequence: 60,
    sequenceGroup: FIRST_GROUP,
    toggle: true,
});

async function block(thread) {
    const action = await callConversation(thread, "action_chat_block");
    return thread.store.env.services.action.doAction(action);
}

function testName(thread) {
    return thread.chat_is_test
        ? _t("Count it: it is no test")
        : _t("Test: keep out of the figures");
}

function markTest(thread) {
    return callConversation(thread, "chat_mark_test", { is_test: !thread.chat_is_test });
}
