import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

const SHOWN_ON_PHONE = 2;

/**
 * On a phone the two main actions stand in sight and the rest under a word: core shows
 * one, and three dots nobody takes for actions.
 */
export class ServiceStatusBarButtons extends StatusBarButtons {
    static template = "order_service.StatusBarButtons";

    get shownSlots() {
        const names = this.visibleSlotNames;
        return this.env.isSmall ? names.slice(0, SHOWN_ON_PHONE) : names;
    }

    get moreSlots() {
        return this.visibleSlotNames.slice(this.shownSlots.length);
    }
}
