import { Component, onWillStart, useState } from "@odoo/owl";

import { discussSidebarItemsRegistry } from "@mail/core/public_web/discuss_sidebar";
import { MessagingMenu } from "@mail/core/public_web/messaging_menu";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

import { asClock, useClock } from "./clock";
import { StateDialog } from "./state_dialog";

const SECOND = 1000;
const AVAILABLE = "available";

/** The operator's state, slots and queue, above the conversations. */
export class OperatorBar extends Component {
    static template = "chat_center_bridge.OperatorBar";
    static props = {};

    setup() {
        this.store = useService("mail.store");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.operatorWindow = useState(useService("chat_center.operator_window"));
        this.clock = useClock(SECOND);
        this.state = useState({ busy: false });
        onWillStart(() => this.operatorWindow.refresh());
    }

    get mine() {
        return this.operatorWindow.mine;
    }

    get waitingFor() {
        const since = deserializeDateTime(this.mine.waiting_since);
        return asClock((this.clock.now - since.toMillis()) / SECOND);
    }

    get newCount() {
        return this.store.discuss.livechats.filter((thread) => thread.isChatOffered).length;
    }

    get hasFreeSlot() {
        return ["base", "extra"].some((kind) => this.mine[kind].taken < this.mine[kind].slots);
    }

    get canTake() {
        return (
            !this.state.busy &&
            this.mine.state === AVAILABLE &&
            this.mine.waiting > 0 &&
            this.hasFreeSlot
        );
    }

    /** Who goes says why; whoever comes back need not. */
    onState(ev) {
        const state = ev.target.value;
        if (state === AVAILABLE) {
            return this.setState(state, false);
        }
        // until that is said the old state holds
        ev.target.value = this.mine.state;
        const [, name] = this.mine.states.find(([value]) => value === state);
        this.dialog.add(StateDialog, {
            name,
            confirm: (reason) => this.setState(state, reason),
        });
    }

    setState(state, reason) {
        return this.alone(() => this.operatorWindow.setState(state, reason));
    }

    takeNext() {
        return this.alone(() => this.operatorWindow.takeNext());
    }

    /** A second click waits for the first one to be done. */
    async alone(work) {
        this.state.busy = true;
        try {
            await work();
        } finally {
            this.state.busy = false;
        }
    }
}

discussSidebarItemsRegistry.add("chat_center_bar", OperatorBar, { sequence: 5 });
// a phone has no sidebar
Object.assign(MessagingMenu.components, { OperatorBar });
