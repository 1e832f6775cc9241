import { describe, expect, test } from "@odoo/hoot";
import { OperatorWindow } from "@chat_center_bridge/operator_window/operator_window_service";

describe.current.tags("headless");

/** Whether an operator sees a conversation, in Discuss or beside it, on a phone or not. */
function isSeen({ inDiscuss, isSmall = false, isShown = false, hasWindow = false }) {
    const env = { services: { ui: { isSmall } } };
    const store = { discuss: { isActive: inDiscuss } };
    const thread = {
        isDisplayedInDiscussAppDesktop: inDiscuss && !isSmall && isShown,
        isDisplayed: isShown || hasWindow,
    };
    return new OperatorWindow(env, { "mail.store": store }).isSeen(thread);
}

describe("an offer is told by a notice unless it is before the operator", () => {
    test("a chat window that Discuss covers is not seen", () => {
        expect(isSeen({ inDiscuss: true, hasWindow: true })).toBe(false);
        expect(isSeen({ inDiscuss: true, isShown: true })).toBe(true);
    });

    test("elsewhere, and on a phone, the chat window is what one sees", () => {
        expect(isSeen({ inDiscuss: false, hasWindow: true })).toBe(true);
        expect(isSeen({ inDiscuss: false })).toBe(false);
        expect(isSeen({ inDiscuss: true, isSmall: true, hasWindow: true })).toBe(true);
    });
});
