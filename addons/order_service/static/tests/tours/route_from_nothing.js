import { registry } from "@web/core/registry";

// What was chosen is there once the server has told what follows from it: a list that is
// opened before would be drawn anew under the click.
function choose(place, name, choice) {
    const field = `${place} .o_field_widget[name=${name}] input`;
    return [
        { trigger: field, run: "click" },
        { trigger: `.o_select_menu_item:contains("${choice}")`, run: "click" },
        { trigger: `${field}:value("${choice}")` },
        { trigger: "body:not(:has(.o_select_menu_item))" },
    ];
}

function addStage(name, choices, more = []) {
    return [
        { trigger: ".o_field_widget[name=stage_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] input", run: `edit ${name}` },
        ...choices.flatMap(([field, choice]) => choose(".modal", field, choice)),
        ...more,
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: `.o_field_widget[name=stage_ids] .o_data_row:contains("${name}")` },
        { trigger: "body:not(:has(.modal))" },
    ];
}

// Nothing is typed: a name that is typed is searched a quarter of a second later, which
// opens the list again over whatever is clicked by then.
function pickStage(field, name) {
    const place = `.o_selected_row .o_field_widget[name=${field}]`;
    return [
        { trigger: `${place} input`, run: "click" },
        { trigger: `${place} .o-autocomplete--dropdown-item:contains("${name}")`, run: "click" },
        { trigger: `${place} input:value("${name}")` },
    ];
}

const TASK_DIALOG = ".modal:has(.o_field_widget[name=role])";
const addTask = [
    {
        trigger: ".modal .o_field_widget[name=template_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    { trigger: `${TASK_DIALOG} .o_field_widget[name=name] input`, run: "edit Look at it" },
    ...choose(TASK_DIALOG, "role", "Operator"),
    { trigger: `${TASK_DIALOG} .o_field_widget[name=can_fail] input`, run: "click" },
    { trigger: `${TASK_DIALOG} .o_form_button_save`, run: "click" },
    {
        trigger:
            '.modal .o_field_widget[name=template_ids] .o_data_row:contains("Look at it")',
    },
];

/** A manager builds a route from nothing by clicking, and reads what is missing. */
registry.category("web_tour.tours").add("order_service_route_from_nothing", {
    url: "/odoo/service-routes",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Tiny route" },
        { trigger: ".nav-link[name=stages]", run: "click" },
        ...addStage("Begin", [["status", "New"]], addTask),
        ...addStage("Finish", [
            ["status", "Delivered"],
            ["outcome", "Won"],
        ]),
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
        { trigger: ".alert:contains(“Begin” is a dead end)" },
        { trigger: ".nav-link[name=transitions]", run: "click" },
        {
            trigger: ".o_field_widget[name=transition_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...pickStage("stage_id", "Begin"),
        ...pickStage("to_stage_id", "Finish"),
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view:not(:has(.alert:contains(dead end)))" },
        { trigger: "button[name=action_put_in_use]", run: "click" },
        { trigger: ".badge:contains(In use)" },
        { trigger: ".nav-link[name=graph]", run: "click" },
        { trigger: ".o_service_graph:contains(Begin):contains(Finish)" },
    ],
});
