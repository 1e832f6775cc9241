import { registry } from "@web/core/registry";

const openActions = {
    trigger: ".o-mail-ChatWindow-moreActions",
    run: "click",
};

registry.category("web_tour.tours").add("chat_center_phone", {
    steps: () => [
        {
            content: "the state, the slots and the queue stand above the lists",
            trigger: ".o-mail-MessagingMenu .o-chat_center-OperatorBar:contains('Waiting: 1')",
        },
        {
            trigger: ".o-chat_center-OperatorBar select",
            run: "select available",
        },
        {
            trigger: ".o-chat_center-takeNext:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-ChatWindow:contains('Cheap watches!')",
        },
        openActions,
        {
            trigger: "[name='chat-test']",
            run: "click",
        },
        openActions,
        {
            content: "a mark is taken back where it was made",
            trigger: "[name='chat-test']:contains('Count it')",
        },
        {
            content: "everything is in the one menu",
            trigger: "[name='chat-block']",
            run: "click",
        },
        {
            trigger: ".modal input",
            run: "edit Advertising",
        },
        {
            trigger: ".modal .btn-danger",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
