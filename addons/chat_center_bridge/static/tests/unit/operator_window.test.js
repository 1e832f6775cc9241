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

/** Notices of an operator in Discuss who sees no conversation, by what closes them. */
function noticesOf(notices) {
    const env = { services: { ui: { isSmall: false } } };
    const store = { discuss: { isActive: true } };
    const notification = {
        add(message, { title }) {
            notices.push(title);
            return () => notices.splice(notices.indexOf(title), 1);
        },
    };
    return new OperatorWindow(env, {
        "mail.out_of_focus": { sendNotification() {} },
        "mail.store": store,
        notification,
    });
}

function offered(seconds) {
    const until = Date.now() + seconds * 1000;
    return {
        id: 7,
        displayName: "Anna",
        isChatOffered: true,
        chat_accept_until: { toMillis: () => until },
    };
}

describe("a notice stands while its offer does", () => {
    test("an offer made again has one notice", () => {
        const notices = [];
        const operatorWindow = noticesOf(notices);
        operatorWindow.tellOffer(offered(3));
        operatorWindow.tellOffer(offered(30));
        expect(notices.length).toBe(1);
    });

    test("what is taken back or accepted has none", () => {
        const notices = [];
        const operatorWindow = noticesOf(notices);
        operatorWindow.tellOffer(offered(30));
        expect(notices.length).toBe(1);
        operatorWindow.tellOffer({ id: 7, isChatOffered: false });
        expect(notices).toEqual([]);
    });
});
