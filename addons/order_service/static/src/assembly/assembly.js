import { Component, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { uuid } from "@web/core/utils/strings";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const TRIES_WITHOUT_NETWORK = 3;

/** Why a substitute is proposed, for the picker. */
export function reasonText(reason) {
    return {
        listed: _t("the customer's choice"),
        category: _t("same kind"),
        attributes: _t("same properties"),
        not_dearer: _t("not dearer"),
        available: _t("in stock"),
        accepted: _t("others took it"),
    }[reason];
}

/** What came of a line, as text and colour. */
export function outcomeBadge(line) {
    if (line.asked) {
        return { text: _t("The customer is asked"), color: "text-bg-warning" };
    }
    return {
        found: { text: _t("Found"), color: "text-bg-success" },
        short: { text: _t("Less than ordered"), color: "text-bg-warning" },
        missing: { text: _t("Missing"), color: "text-bg-danger" },
        replaced: { text: _t("Replaced"), color: "text-bg-info" },
    }[line.outcome];
}

/** Lines that follow each other with one place, under one heading. */
export function byPlace(lines) {
    const places = [];
    for (const line of lines) {
        if (places.at(-1)?.name !== line.place) {
            places.push({ name: line.place, lines: [] });
        }
        places.at(-1).lines.push(line);
    }
    return places;
}

/**
 * The administrator's screen of one assembly: lines by place, marked by tap or scanner.
 * Each mark is saved at once and answered with the whole order, so that a closed browser
 * loses nothing and a colleague's marks are seen.
 */
export class Assembly extends Component {
    static template = "order_service.Assembly";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        const live = useService("order_service.live");
        this.taskId = this.props.action.context.active_id;
        this.state = useState({ order: null, scan: "", scanned: 0, bags: 1 });
        this.scanInput = useRef("scan");
        this.queue = Promise.resolve();
        this.reasonText = reasonText;
        this.outcomeBadge = outcomeBadge;
        let stop = () => {};
        onWillStart(() => this.load());
        onMounted(() => {
            this.scanInput.el?.focus();
            stop = live.listen(({ orders }) => {
                if (orders.has(this.state.order.order)) {
                    this.enqueue(() => this.load());
                }
            });
        });
        onWillUnmount(() => stop());
    }

    get places() {
        return byPlace(this.state.order.lines);
    }

    get percent() {
        const { marked, total } = this.state.order;
        return total ? Math.round((100 * marked) / total) : 100;
    }

    /** One call after the other: quick taps do not overtake each other. */
    enqueue(act) {
        this.queue = this.queue.then(act, act);
        return this.queue;
    }

    async load() {
        this.state.order = await this.call("get_service_assembly");
    }

    call(method, args = []) {
        return this.orm.call("order.service.task", method, [[this.taskId], ...args]);
    }

    mark(method, ...args) {
        return this.enqueue(async () => {
            this.state.order = await this.call(method, args);
        });
    }

    /** The quantity typed beside a line; empty: as ordered. */
    onFound(line, ev) {
        const input = ev.target.closest(".o_service_line").querySelector("input");
        const typed = (input?.value || "").replace(",", ".").trim();
        input.value = "";
        return this.mark("action_service_found", line.id, typed ? Number(typed) : null);
    }

    onScan(ev) {
        if (ev.key !== "Enter" || !this.state.scan.trim()) {
            return;
        }
        ev.preventDefault();
        const [barcode, token] = [this.state.scan.trim(), uuid()];
        this.state.scan = "";
        return this.enqueue(() => this.scan(barcode, token));
    }

    /** The same scan is sent again when the network fails: its token counts it once. */
    async scan(barcode, token) {
        for (let left = TRIES_WITHOUT_NETWORK; left; left--) {
            try {
                const order = await this.call("action_service_scan", [barcode, token]);
                this.state.order = order;
                this.state.scanned = order.scanned;
                return;
            } catch (error) {
                if (!(error instanceof ConnectionLostError) || left === 1) {
                    throw error;
                }
            }
        }
    }

    async onFinish() {
        await this.queue;
        const action = await this.call("action_done");
        if (action && action.type) {
            await this.action.doAction(action, { onClose: () => this.afterFinish() });
        }
        await this.afterFinish();
    }

    async afterFinish() {
        await this.load();
        if (!this.state.order.open) {
            this.notification.add(_t("The assembly is finished."), { type: "success" });
        }
    }

    onBack() {
        this.env.config.historyBack();
    }

    async onPrint(method, ...args) {
        await this.action.doAction(await this.call(method, args));
    }
}

registry.category("actions").add("order_service.assembly", Assembly);
