import { registry } from "@web/core/registry";

const openFromMenu = () => [
    {
        trigger: ".o_menu_systray .dropdown-toggle:has(i[aria-label='Messages'])",
        run: "click",
    },
    {
        trigger: ".o-mail-NotificationItem:contains('Anna')",
        run: "click",
        // the menu loads beside the page, on a busy machine not soon
        timeout: 30000,
    },
    {
        trigger: ".o-mail-ChatWindow:contains('Where is my order?')",
    },
];

registry.category("web_tour.tours").add("chat_center_window", {
    steps: () => [
        ...openFromMenu(),
        {
            content: "a window out of the way is no conversation given up",
            trigger: ".o-mail-ChatWindow-header [title*='Close Chat Window']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o-mail-ChatWindow))",
        },
        ...openFromMenu(),
        {
            trigger: ".o-mail-ChatWindow .o-mail-Composer-input",
            run: "edit On its way",
        },
        {
            trigger: ".o-mail-ChatWindow .o-mail-Composer-input",
            run: "press Enter",
        },
        {
            trigger: ".o-mail-ChatWindow .o-mail-Message:contains('On its way')",
        },
    ],
});
