import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("chat_center_operator", {
    steps: () => [
        {
            content: "nothing is assigned to who is away",
            trigger: ".o-chat_center-OperatorBar:contains('0 of 3'):contains('Waiting: 1')",
        },
        {
            content: "be available",
            trigger: ".o-chat_center-OperatorBar select",
            run: "select available",
        },
        {
            content: "the offer is told, and waits in the sidebar",
            trigger: ".o_notification:contains('Accept it within')",
        },
        {
            trigger:
                ".o-mail-DiscussSidebarChannel:contains('Anna'):has(.o-chat_center-CustomerWait)",
            run: "click",
        },
        {
            content: "the customer stands beside it",
            trigger: ".o-chat_center-panel:contains('Not linked to a customer')",
        },
        {
            trigger: ".o-chat_center-accept",
            run: "click",
        },
        {
            content: "what is accepted is not offered any more",
            trigger: ".o-mail-DiscussContent:not(:has(.o-chat_center-accept))",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit On its way",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "press Enter",
        },
        {
            trigger: ".o-mail-Message:contains('On its way')",
            content: "the time it is before him is counted, from one second to the next",
            async run({ waitUntil }) {
                const { env } = odoo.__WOWL_DEBUG__.root;
                await waitUntil(() => env.services["chat_center.focus"].spent, { timeout: 9000 });
            },
        },
        {
            trigger: ".o-mail-DiscussContent [name='chat-close']",
            run: "click",
        },
        {
            content: "not without a reason",
            trigger: ".modal:has(.o-chat_center-confirm[disabled]) .o-chat_center-reason",
            run: "selectByLabel Question answered",
        },
        {
            trigger: ".modal .o-chat_center-confirm:enabled",
            run: "click",
        },
        {
            content: "the slot is free",
            trigger: ".o-chat_center-OperatorBar:contains('0 of 3'):contains('Nobody waits')",
        },
        {
            content: "who goes says why",
            trigger: ".o-chat_center-OperatorBar select",
            run: "select break",
        },
        {
            trigger: ".modal .o-chat_center-stateReason",
            run: "edit Lunch",
        },
        {
            trigger: ".modal .o-chat_center-stateReason",
            run: "press Enter",
        },
        {
            content: "nothing is taken during a break",
            trigger: ".o-chat_center-OperatorBar:has(.text-warning)",
        },
    ],
});

registry.category("web_tour.tours").add("chat_center_damaged_voice", {
    steps: () => [
        {
            trigger: ".o-mail-DiscussSidebarChannel:contains('Anna')",
            run: "click",
        },
        {
            content: "a voice that no browser can decode is told",
            trigger: ".o-mail-VoicePlayer:contains('Cannot be played here: download it')",
        },
        {
            content: "its button does nothing, and breaks nothing",
            trigger: ".o-mail-VoicePlayer button",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit Please write it",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "press Enter",
        },
        {
            trigger: ".o-mail-Message:contains('Please write it')",
        },
    ],
});
