import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import { Focus } from "@chat_center_bridge/operator_window/focus_service";

const SECOND = 1000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

describe.current.tags("headless");

// a clock of its own: that of a test goes by itself, too, and a second is to be one
let now;

beforeEach(() => {
    now = 0;
    patchWithCleanup(Date, { now: () => now });
    patchWithCleanup(document, { hasFocus: () => true });
});

const conversation = (id) => ({ id, chat_state: "active", isChatMine: true });

/** A window that has a conversation before it, and the seconds it told: [id, seconds]. */
function focusOn(thread, call = async () => {}) {
    const told = [];
    const discuss = { isActive: true, thread };
    const orm = {
        silent: {
            call: (_model, _method, [[id], seconds]) => {
                told.push([id, seconds]);
                return call();
            },
        },
    };
    const focus = new Focus({ "mail.store": { discuss, chatHub: { opened: [] } }, orm });
    const pass = (seconds) => {
        for (let second = 0; second < seconds; second++) {
            now += SECOND;
            focus.look();
        }
    };
    return { focus, discuss, told, pass };
}

describe("the time an operator has a conversation before him", () => {
    test("is told once a minute, and when another one takes its place", () => {
        const { discuss, told, pass } = focusOn(conversation(1));
        pass(1 + MINUTE);
        expect(told).toEqual([[1, 60]]);
        pass(10);
        discuss.thread = conversation(2);
        pass(1);
        expect(told).toEqual([
            [1, 60],
            [1, 10],
        ]);
    });

    test("is not counted for a page without the cursor, or what is over", async () => {
        const { focus, discuss, told, pass } = focusOn(conversation(1));
        patchWithCleanup(document, { hasFocus: () => false });
        pass(2 * MINUTE);
        patchWithCleanup(document, { hasFocus: () => true });
        discuss.thread = { ...conversation(1), chat_state: "closed" };
        pass(2 * MINUTE);
        discuss.thread = { ...conversation(1), isChatMine: false };
        pass(2 * MINUTE);
        await focus.tell();
        expect(told).toEqual([]);
    });

    test("counts the chat window with the cursor where Discuss is not open", async () => {
        const { focus, discuss, told, pass } = focusOn(conversation(1));
        discuss.isActive = false;
        const window = (id, isFocused) => ({ thread: { ...conversation(id), isFocused } });
        focus.store.chatHub.opened = [window(3, false), window(4, true)];
        pass(3);
        await focus.tell();
        expect(told).toEqual([[4, 2]]);
    });

    test("is told again where the server was not reached", async () => {
        const { focus, told, pass } = focusOn(conversation(1), () =>
            Promise.reject(new ConnectionLostError("/web"))
        );
        pass(4);
        await focus.tell();
        pass(2);
        await focus.tell();
        expect(told).toEqual([
            [1, 3],
            [1, 5],
        ]);
    });

    test("a computer that slept was not worked at", async () => {
        const { focus, told, pass } = focusOn(conversation(1));
        pass(2);
        now += 8 * HOUR * SECOND;
        pass(1);
        await focus.tell();
        expect(told).toEqual([[1, 6]]);
    });
});
