import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const COUNTED_UP_TO = 99;

/** The number of my overdue tasks, always in sight. */
export class OverdueSystray extends Component {
    static template = "order_service.OverdueSystray";
    static props = {};

    setup() {
        this.live = useService("order_service.live");
        this.state = useState(this.live.state);
    }

    get text() {
        const { overdue } = this.state;
        return overdue > COUNTED_UP_TO ? `${COUNTED_UP_TO}+` : String(overdue);
    }
}

registry
    .category("systray")
    .add("order_service.overdue", { Component: OverdueSystray }, { sequence: 30 });
