import { onMounted, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";

/**
 * The time, for a component that counts seconds or minutes.
 *
 * @param {number} interval milliseconds between two looks at the clock
 * @returns {{now: number}} milliseconds since the epoch
 */
export function useClock(interval) {
    const clock = useState({ now: Date.now() });
    let timer;
    onMounted(() => {
        timer = browser.setInterval(() => (clock.now = Date.now()), interval);
    });
    onWillUnmount(() => browser.clearInterval(timer));
    return clock;
}

/**
 * @param {number} seconds
 * @returns {string} "0:25", "12:05", "2:03:00"
 */
export function asClock(seconds) {
    const left = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(left / 3600);
    const minutes = Math.floor((left % 3600) / 60);
    const two = (number) => String(number).padStart(2, "0");
    const end = two(left % 60);
    return hours ? `${hours}:${two(minutes)}:${end}` : `${minutes}:${end}`;
}
