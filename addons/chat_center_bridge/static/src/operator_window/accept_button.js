import { Component } from "@odoo/owl";

import { asClock, useClock } from "./clock";
import { callConversation } from "./conversation";

const SECOND = 1000;

/** Accept a conversation as long as it is offered. */
export class AcceptButton extends Component {
    static template = "chat_center_bridge.AcceptButton";
    static props = ["thread"];

    setup() {
        this.clock = useClock(SECOND);
    }

    get left() {
        const until = this.props.thread.chat_accept_until?.toMillis() ?? this.clock.now;
        return asClock((until - this.clock.now) / SECOND);
    }

    accept() {
        return callConversation(this.props.thread, "chat_accept");
    }
}
