import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";

const TRY_AGAIN_AFTER_MS = 3000;
// Short numbers are quantities; scanners send eight digits at least (EAN-8).
const SHORTEST_BARCODE = 8;

/** Whether a text is what a scanner sends rather than a quantity somebody typed. */
export function isBarcode(text) {
    return text.length >= SHORTEST_BARCODE && /^[0-9]+$/.test(text);
}

/**
 * A typed quantity as a number.
 *
 * @returns {number|null} null if nothing was typed
 * @throws {Error} it is no number
 */
export function readQuantity(text) {
    const typed = text.replace(",", ".").trim();
    if (!typed) {
        return null;
    }
    const quantity = Number(typed);
    if (!Number.isFinite(quantity)) {
        throw new Error(typed);
    }
    return quantity;
}

/**
 * The marks on their way to the server, one after the other: quick taps and scans do not
 * overtake each other. What does not get through for want of a network is sent again
 * until it does, so every act must do no harm when it is done twice.
 */
export class MarkQueue {
    /** @param {Function} onChange called whenever `waiting` or `offline` changes */
    constructor(onChange = () => {}) {
        this.onChange = onChange;
        this.last = Promise.resolve();
        this.waiting = 0;
        this.offline = false;
        this.closed = false;
    }

    /**
     * @param {Function} act sends one mark, answers a promise
     * @returns {Promise} of what `act` answers; refused as `act` is refused
     */
    add(act) {
        this.set({ waiting: this.waiting + 1 });
        const done = this.last.then(() => this.insist(act));
        this.last = done.then(
            () => this.set({ waiting: this.waiting - 1 }),
            () => this.set({ waiting: this.waiting - 1 })
        );
        return done;
    }

    async insist(act) {
        for (;;) {
            try {
                const answer = await act();
                this.set({ offline: false });
                return answer;
            } catch (error) {
                const offline = error instanceof ConnectionLostError;
                this.set({ offline });
                if (!offline || this.closed) {
                    throw error;
                }
            }
            await new Promise((resolve) => browser.setTimeout(resolve, TRY_AGAIN_AFTER_MS));
        }
    }

    /** Everything that waits now is on the server, or refused. */
    settled() {
        return this.last;
    }

    /** The screen is gone: what cannot be sent is not tried for ever. */
    close() {
        this.closed = true;
    }

    set(values) {
        Object.assign(this, values);
        this.onChange(this);
    }
}
