import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const RELOAD_AT_MOST_EVERY_MS = 2000;
// colours follow the wait also when nothing happens
const RELOAD_AT_LEAST_EVERY_MS = 30000;
const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;
const HOUR_MINUTES = 60;
const COLOURS = { green: "success", amber: "warning", red: "danger", unknown: "secondary" };

/** What waits and who answers, for supervisors; the server says all that is shown. */
export class ChatBoard extends Component {
    static template = "chat_center_bridge.Board";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.state = useState({
            board: null,
            loadedAt: 0,
            clock: Date.now(),
            directionId: false,
            marked: {},
            operators: {},
            reasonId: false,
            busy: false,
        });
        this.reloadTimer = null;
        onWillStart(() => this.load());
        this.listen();
    }

    listen() {
        const onEvent = () => this.reloadSoon();
        this.bus.subscribe("chat_center_bridge/board", onEvent);
        useBus(this.bus, "BUS:RECONNECT", onEvent);
        const ticking = browser.setInterval(() => this.tick(), SECOND_MS);
        const reloading = browser.setInterval(onEvent, RELOAD_AT_LEAST_EVERY_MS);
        onWillUnmount(() => {
            this.bus.unsubscribe("chat_center_bridge/board", onEvent);
            browser.clearInterval(ticking);
            browser.clearInterval(reloading);
            browser.clearTimeout(this.reloadTimer);
        });
    }

    tick() {
        this.state.clock = Date.now();
    }

    /** Reload once for all that happens within two seconds. */
    reloadSoon() {
        if (!this.reloadTimer) {
            this.reloadTimer = browser.setTimeout(() => {
                this.reloadTimer = null;
                this.load();
            }, RELOAD_AT_MOST_EVERY_MS);
        }
    }

    async load() {
        const board = await this.orm.silent.call("chat.board", "get_board", []);
        const ids = new Set([...board.waiting, ...board.held].map(({ id }) => id));
        for (const id of Object.keys(this.state.marked)) {
            if (!ids.has(Number(id))) {
                delete this.state.marked[id];
            }
        }
        Object.assign(this.state, { board, loadedAt: Date.now() });
        this.tick();
    }

    // -- what is shown ----------------------------------------------------------------

    isOfDirection({ direction_id: id }) {
        return !this.state.directionId || id === this.state.directionId;
    }

    get waiting() {
        return this.state.board.waiting.filter((row) => this.isOfDirection(row));
    }

    get held() {
        return this.state.board.held.filter((row) => this.isOfDirection(row));
    }

    get operators() {
        const { directionId, board } = this.state;
        return board.operators.filter(
            ({ direction_ids: ids }) => !directionId || ids.includes(directionId)
        );
    }

    get markedIds() {
        const { marked } = this.state;
        return Object.keys(marked).filter((id) => marked[id]).map(Number);
    }

    /** Directions of the marked ones. */
    get markedDirections() {
        const { waiting, held, directions } = this.state.board;
        const ids = new Set(this.markedIds);
        const rows = [...waiting, ...held].filter(({ id }) => ids.has(id));
        const ofDirections = new Set(rows.map((row) => row.direction_id));
        return directions.filter(({ id }) => ofDirections.has(id));
    }

    /** Reasons to close with: of the one direction that all the marked ones are of. */
    get reasons() {
        const shown = this.markedDirections;
        return shown.length === 1 ? shown[0].reasons : [];
    }

    /** Reasons differ by direction: with marks in several there is none to choose. */
    get isMixed() {
        const shown = this.markedDirections;
        return shown.length > 1 && shown.some(({ reasons }) => reasons.length > 0);
    }

    directionName(id) {
        return this.state.board.directions.find((direction) => direction.id === id).name;
    }

    candidates(row) {
        return this.state.board.operators.filter(
            (operator) =>
                operator.direction_ids.includes(row.direction_id) &&
                operator.state === "available" &&
                (operator.base.free || (row.is_repeat && operator.extra.free))
        );
    }

    /** Minutes and seconds since a moment, or hours; on the server's clock. */
    since(moment) {
        if (!moment) {
            return "";
        }
        const { board, clock, loadedAt } = this.state;
        const before = deserializeDateTime(board.now).diff(deserializeDateTime(moment));
        const seconds = Math.max(
            0,
            Math.floor((before.toMillis() + clock - loadedAt) / SECOND_MS)
        );
        const minutes = Math.floor(seconds / MINUTE_SECONDS);
        if (minutes >= HOUR_MINUTES) {
            return _t("%(hours)s h %(minutes)s min", {
                hours: Math.floor(minutes / HOUR_MINUTES),
                minutes: minutes % HOUR_MINUTES,
            });
        }
        return `${minutes}:${String(seconds % MINUTE_SECONDS).padStart(2, "0")}`;
    }

    colour(name) {
        return COLOURS[name];
    }

    figure({ value, unit }) {
        if (value === false) {
            return "–";
        }
        const number = Math.round(value);
        // a term of one letter is never translated
        return unit === "%" ? `${number} %` : _t("%s s", number);
    }

    target({ target, unit }) {
        return target === false ? "" : this.figure({ value: target, unit });
    }

    taken({ slots, free }) {
        return `${slots - free} / ${slots}`;
    }

    // -- what is done by hand ---------------------------------------------------------

    showDirection(id) {
        this.state.directionId = this.state.directionId === id ? false : id;
    }

    mark(id) {
        this.state.marked[id] = !this.state.marked[id];
    }

    chooseOperator(row, ev) {
        this.state.operators[row.id] = Number(ev.target.value);
    }

    chooseReason(ev) {
        this.state.reasonId = Number(ev.target.value) || false;
    }

    /** The operator chosen for a row, as long as there is a slot. */
    chosen(row) {
        const id = this.state.operators[row.id];
        return this.candidates(row).some((operator) => operator.id === id) && id;
    }

    /** A second click waits for the first one to be done. */
    async act(method, args) {
        this.state.busy = true;
        try {
            return await this.orm.call("chat.board", method, args);
        } finally {
            this.state.busy = false;
            await this.load();
        }
    }

    give(row) {
        return this.act("give", [row.id, this.chosen(row)]);
    }

    takeOver(row) {
        return this.act("take_over", [row.id]);
    }

    askToClose() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Close conversations"),
            body: _t(
                "Conversations to close: %s. Who writes again begins another one.",
                this.markedIds.length
            ),
            confirmLabel: _t("Close them"),
            confirm: () => this.close(),
            cancel: () => {},
        });
    }

    async close() {
        const args = [this.markedIds, this.state.reasonId];
        const { closed, skipped } = await this.act("close", args);
        this.state.marked = {};
        this.state.reasonId = false;
        this.notification.add(
            skipped
                ? _t("Closed: %(closed)s. Left, somebody is changing them: %(skipped)s.", {
                      closed,
                      skipped,
                  })
                : _t("Closed: %s.", closed),
            { type: skipped ? "warning" : "success" }
        );
    }
}

registry.category("actions").add("chat_center_bridge.board", ChatBoard);
