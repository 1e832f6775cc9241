import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { hasTouch } from "@web/core/browser/feature_detection";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { uuid } from "@web/core/utils/strings";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { isBarcode, MarkQueue, readQuantity } from "./mark_queue";

const QUANTITY_DIGITS = [16, 3];

/** Why a substitute is proposed, for the picker. */
export function reasonText(reason) {
    return {
        listed: _t("the customer's choice"),
        category: _t("same kind"),
        name: _t("similar name"),
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
    if (line.comes_off) {
        return { text: _t("Comes off"), color: "text-bg-dark" };
    }
    return {
        found: { text: _t("Found"), color: "text-bg-success" },
        short: { text: _t("Less than ordered"), color: "text-bg-warning" },
        missing: { text: _t("Missing"), color: "text-bg-danger" },
        replaced: { text: _t("Replaced"), color: "text-bg-info" },
    }[line.outcome];
}

/** How a line shows from afar: asked about, coming off, what came of it, or open. */
export function lineLook(line) {
    if (line.asked) {
        return "asked";
    }
    return line.comes_off ? "off" : line.outcome || "open";
}

/** What to do with goods that come off with a missing line. */
export function comesOffText(line) {
    return line.found || line.substitute
        ? _t("Comes off with %s: take it out of the bag.", line.comes_off)
        : _t("Comes off with %s: leave it on the shelf.", line.comes_off);
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
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.live = useService("order_service.live");
        this.taskId = this.props.action.context.active_id;
        this.root = useRef("root");
        this.scanInput = useRef("scan");
        this.state = useState({
            order: null,
            scan: "",
            scanned: 0,
            bags: 1,
            onlyOpen: false,
            finishing: false,
            waiting: 0,
            offline: false,
        });
        this.queue = new MarkQueue(({ waiting, offline }) =>
            Object.assign(this.state, { waiting, offline })
        );
        this.hasCamera = hasTouch() && isBarcodeScannerSupported();
        Object.assign(this, { reasonText, outcomeBadge, lineLook, comesOffText });
        useBus(useService("barcode").bus, "barcode_scanned", ({ detail }) =>
            this.onBarcode(detail.barcode)
        );
        useSetupAction({
            beforeUnload: (ev) => this.state.waiting && ev.preventDefault(),
        });
        this.followOrder();
    }

    /** Show the order, follow colleagues' marks, and what was scanned into view. */
    followOrder() {
        let stop = () => {};
        onWillStart(() => this.taskId && this.load());
        onMounted(() => {
            if (!hasTouch()) {
                this.scanInput.el?.focus();
            }
            stop = this.live.listen(({ orders }) => {
                if (this.state.order && orders.has(this.state.order.order)) {
                    this.queue.add(() => this.load());
                }
            });
        });
        onWillUnmount(() => {
            stop();
            this.queue.close();
        });
        useEffect(
            (lineId) => {
                const card = this.root.el?.querySelector(`[data-line-id="${lineId}"]`);
                card?.scrollIntoView({ block: "center" });
            },
            () => [this.state.scanned]
        );
    }

    // -- what is shown -----------------------------------------------------------------

    get places() {
        const { lines } = this.state.order;
        const shown = (line) =>
            !(line.outcome || line.comes_off) || line.id === this.state.scanned;
        return byPlace(this.state.onlyOpen ? lines.filter(shown) : lines);
    }

    get percent() {
        const { marked, total } = this.state.order;
        return total ? Math.round((100 * marked) / total) : 100;
    }

    hangsOnText(line) {
        return _t("Hangs on %s", line.hangs_on);
    }

    quantity(number) {
        return formatFloat(number, { digits: QUANTITY_DIGITS, trailingZeros: false });
    }

    price(amount) {
        return formatCurrency(amount, this.state.order.currency);
    }

    // -- marking -----------------------------------------------------------------------

    async load() {
        this.state.order = await this.call("get_service_assembly");
    }

    call(method, args = []) {
        return this.orm.call("order.service.task", method, [[this.taskId], ...args]);
    }

    /** Send a mark; what the server refuses is told without stopping the scanner. */
    async mark(method, ...args) {
        try {
            const order = await this.queue.add(() => this.call(method, args));
            Object.assign(this.state, { order, scanned: order.scanned || 0 });
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.warn(error.data.message);
        }
    }

    warn(message) {
        this.notification.add(message, { type: "danger" });
    }

    /** The quantity typed beside a line; empty: as ordered. */
    onFound(line, ev) {
        const input = ev.target.closest(".o_service_line").querySelector("input");
        const typed = input.value.trim();
        input.value = "";
        input.blur();
        if (isBarcode(typed)) {
            return this.onBarcode(typed);
        }
        try {
            return this.mark("action_service_found", line.id, readQuantity(typed));
        } catch {
            this.warn(_t("“%s” is not a number.", typed));
        }
    }

    onQuantityKey(line, ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            return this.onFound(line, ev);
        }
    }

    onScanKey(ev) {
        const barcode = this.state.scan.trim();
        if (ev.key === "Enter" && barcode) {
            ev.preventDefault();
            this.state.scan = "";
            return this.onBarcode(barcode);
        }
    }

    async onCamera() {
        return this.onBarcode(await scanBarcode(this.env));
    }

    /** One scan has one token, however often it is sent: it counts once. */
    onBarcode(barcode) {
        if (this.state.order?.open) {
            return this.mark("action_service_scan", barcode, uuid());
        }
    }

    /** Say what the box shows, not “the other way round”: sent twice it does no harm. */
    async onTick({ id }, ev) {
        await this.mark("action_service_tick", id, ev.target.checked);
        // a refused tick changes nothing that would be drawn anew
        const item = this.state.order.checklist.find((one) => one.id === id);
        ev.target.checked = Boolean(item?.done);
    }

    // -- finishing ---------------------------------------------------------------------

    /** Ask first where something on the checklist is left; unmarked lines ask anyway. */
    async onFinish() {
        await this.queue.settled();
        const { marked, total, question } = this.state.order;
        if (!question || marked < total) {
            return this.finish();
        }
        this.dialog.add(ConfirmationDialog, {
            body: question,
            confirmLabel: _t("Finish"),
            confirm: () => this.finish(),
            cancel: () => {},
        });
    }

    async finish() {
        this.state.finishing = true;
        try {
            const action = await this.call("action_done");
            if (action && action.type) {
                await this.action.doAction(action, { onClose: () => this.afterFinish() });
            }
            await this.afterFinish();
        } finally {
            this.state.finishing = false;
        }
    }

    async afterFinish() {
        await this.load();
        if (!this.state.order.open) {
            this.root.el?.scrollTo({ top: 0 });
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
