import { Component, useState } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

/** Why an operator takes no conversations now: for the log of states. */
export class StateDialog extends Component {
    static template = "chat_center_bridge.StateDialog";
    static components = { Dialog };
    static props = ["name", "confirm", "close"];

    setup() {
        this.state = useState({ reason: "" });
        useAutofocus({ refName: "first" });
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.confirm();
        }
    }

    confirm() {
        this.props.close();
        return this.props.confirm(this.state.reason.trim() || false);
    }
}
