import { registry } from "@web/core/registry";

const waiting = (name) => `.o_chat_board_waiting tr:contains(${name})`;
const held = (name) => `.o_chat_board_held tr:contains(${name})`;

/** The last one is given away first, taken over, and the rest closed with a reason. */
registry.category("web_tour.tours").add("chat_center_bridge_board", {
    url: "/odoo/chat-board",
    steps: () => [
        { trigger: ".o_chat_board_direction:contains(Customers) .o_chat_board_count:contains(2)" },
        { trigger: `${waiting("Boris")} button:contains(Give):disabled` },
        { trigger: `${waiting("Boris")} select`, run: "selectByLabel Olga" },
        { trigger: `${waiting("Boris")} button:contains(Give):enabled`, run: "click" },
        { trigger: `${held("Boris")}:contains(Olga)` },
        { trigger: ".o_chat_board_operators tr:contains(Olga):contains(1 / 3)" },
        { trigger: `${held("Boris")} button:contains(Take over)`, run: "click" },
        { trigger: `${held("Boris")}:contains(Svetlana):not(:has(button))` },
        { trigger: `${waiting("Anna")} input[type=checkbox]`, run: "click" },
        { trigger: ".o_chat_board_close:disabled" },
        { trigger: "select[aria-label='Closing reason']", run: "selectByLabel Solved" },
        { trigger: ".o_chat_board_close:enabled:contains(1)", run: "click" },
        { trigger: ".modal .btn-primary:contains(Close them)", run: "click" },
        { trigger: ".o_notification:contains(Closed: 1)" },
        { trigger: ".o_chat_board_direction:contains(Customers) .o_chat_board_count:contains(0)" },
    ],
});
