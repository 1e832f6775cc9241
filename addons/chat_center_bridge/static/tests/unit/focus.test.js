import { advanceTime, beforeEach, describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import { Focus } from "@chat_center_bridge/operator_window/focus_service";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe.current.tags("headless");

beforeEach(() => patchWithCleanup(document, { hasFocus: () => true }));

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
    focus.start();
    return { focus, discuss, told };
}

describe("the time an operator has a conversation before him", () => {
    test("is told once a minute, and when another one takes its place", async () => {
        const { discuss, told } = focusOn(conversation(1));
        await advanceTime(61 * SECOND);
        expect(told).toEqual([[1, 60]]);
        await advanceTime(10 * SECOND);
        discuss.thread = conversation(2);
        await advanceTime(SECOND);
        expect(told).toEqual([
            [1, 60],
            [1, 10],
        ]);
    });

    test("is not counted for a page without the cursor, or what is over", async () => {
        const { focus, discuss, told } = focusOn(conversation(1));
        patchWithCleanup(document, { hasFocus: () => false });
        await advanceTime(2 * MINUTE);
        patchWithCleanup(document, { hasFocus: () => true });
        discuss.thread = { ...conversation(1), chat_state: "closed" };
        await advanceTime(2 * MINUTE);
        discuss.thread = { ...conversation(1), isChatMine: false };
        await advanceTime(2 * MINUTE);
        await focus.tell();
        expect(told).toEqual([]);
    });

    test("counts the chat window with the cursor where Discuss is not open", async () => {
        const { focus, discuss, told } = focusOn(conversation(1));
        discuss.isActive = false;
        const window = (id, isFocused) => ({ thread: { ...conversation(id), isFocused } });
        focus.store.chatHub.opened = [window(3, false), window(4, true)];
        await advanceTime(3 * SECOND);
        await focus.tell();
        expect(told).toEqual([[4, 2]]);
    });

    test("is told again where the server was not reached", async () => {
        const { focus, told } = focusOn(conversation(1), () =>
            Promise.reject(new ConnectionLostError("/web"))
        );
        await advanceTime(4 * SECOND);
        await focus.tell();
        await advanceTime(2 * SECOND);
        await focus.tell();
        expect(told).toEqual([
            [1, 3],
            [1, 5],
        ]);
    });

    test("a computer that slept was not worked at", async () => {
        const { focus, told } = focusOn(conversation(1));
        await advanceTime(2 * SECOND);
        focus.lookedAt -= 8 * 60 * MINUTE;
        await advanceTime(SECOND);
        await focus.tell();
        expect(told).toEqual([[1, 6]]);
    });
});
