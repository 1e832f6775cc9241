import { registry } from "@web/core/registry";

const TABLE = "ref;order\nR-1;S-1\nnobody;S-2\n";
const field = (name) => `.o_field_widget[name=${name}]`;

/** Gives the hidden file input a file, as a person's choice does. */
function choose(content) {
    const input = document.querySelector(`${field("file")} input[type=file]`);
    const files = new DataTransfer();
    files.items.add(new File([content], "orders.csv", { type: "text/csv" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A clerk writes a text, chooses a file and has it checked. */
registry.category("web_tour.tours").add("partner_notifications_upload", {
    url: "/odoo/notification-broadcasts",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: `${field("topic_id")} input`, run: "edit Orders ready" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Orders ready)",
            run: "click",
        },
        { trigger: `${field("file")}:contains(20 MB)`, run: () => choose("") },
        { trigger: ".o_notification_manager:contains(“orders.csv” is empty.)" },
        { trigger: `${field("file")}:contains(20 MB)`, run: () => choose(TABLE) },
        { trigger: `${field("file")} input.o_input:value(orders.csv)` },
        { trigger: "button[name=action_check]", run: "click" },
        { trigger: `${field("file_state")}:contains(Waiting)` },
    ],
});

/** The clerk sees the errors, looks at the text as its reader would, and sends. */
registry.category("web_tour.tours").add("partner_notifications_send", {
    steps: () => [
        { trigger: `${field("problem_count")}:contains(1)` },
        { trigger: "button[name=action_problems]" },
        { trigger: `${field("expected_sent")}:contains(1)` },
        { trigger: ".o_statusbar_buttons button:contains(Preview)", run: "click" },
        { trigger: `.modal ${field("body")}:contains(S-1 is ready.)` },
        { trigger: ".modal-footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_send]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Queued)" },
    ],
});
