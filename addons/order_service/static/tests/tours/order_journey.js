import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const ORDER = "T-JOURNEY";

function taskRow(task) {
    return `.o_data_row:contains("${task}")`;
}

/** Something on the checklist is left: one is asked, and finishes all the same. */
function finishUnticked() {
    return [
        { trigger: ".modal-body:contains(ticked)" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
    ];
}

/** From the list over the assembly screen and back: nobody marks a line. */
function assembleAsOrdered() {
    return [
        {
            trigger: `${taskRow("Assemble the order")}:not(:has(button[name=action_done])) button[name=action_service_assemble]`,
            run: "click",
        },
        { trigger: ".o_service_finish", run: "click" },
        { trigger: ".modal .alert:contains(found as ordered)" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        // finishing writes sales and stock: a busy machine needs its time
        { trigger: ".o_service_closed button", run: "click", timeout: 60000 },
    ];
}

/** The operator finds the order by its site number, ticks the checklist, is done. */
tours.add("order_service_operator", {
    url: "/odoo/service-orders",
    steps: () => [
        { trigger: ".o_service_counter[data-counter=new]" },
        { trigger: `.o_data_row:contains("${ORDER}") td[name=service_number]`, run: "click" },
        { trigger: ".o_service_step_here:contains(Check)" },
        { trigger: ".o_service_tasks button[name=action_take]", run: "click" },
        { trigger: ".o_service_tasks:not(:has(button[name=action_take]))" },
        { trigger: ".o_service_checklist input:eq(0):not(:checked)", run: "click" },
        { trigger: ".o_service_checklist small:contains(T_Operator)" },
        { trigger: ".o_service_tasks button[name=action_done]", run: "click" },
        ...finishUnticked(),
        { trigger: ".o_service_step_here:contains(Assembly)" },
        { trigger: ".o_service_tasks:not(:has(button[name=action_done]))" },
    ],
});

/** The administrator assembles the order and hands it over to a courier. */
tours.add("order_service_storeadmin_hands_over", {
    url: "/odoo/service-store-tasks",
    steps: () => [
        ...assembleAsOrdered(),
        {
            trigger: `${taskRow("Hand over to the courier")} button[name=action_done]`,
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=courier_id] input", run: "edit T_Courier" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(T_Courier)",
            run: "click",
        },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_view_nocontent" },
    ],
});

/** The courier delivers from one card. */
tours.add("order_service_courier", {
    url: "/odoo/my-deliveries",
    steps: () => [
        { trigger: ".o_kanban_record a[href^='tel:']" },
        { trigger: ".o_kanban_record button[name=action_done]", run: "click" },
        { trigger: ".modal-body:contains(T-JOURNEY):contains(Collect)" },
        { trigger: ".modal-footer .btn-secondary", run: "click" },
        { trigger: ".o_kanban_record button[name=action_done]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_view_nocontent" },
    ],
});

/** The administrator reports from the task's own form; nothing can be refused there. */
tours.add("order_service_storeadmin_reports", {
    url: "/odoo/service-store-tasks",
    steps: () => [
        { trigger: `${taskRow("Report on the order")} td[name=template_id]`, run: "click" },
        { trigger: ".o_statusbar_buttons:not(:has(button[name=action_fail]))" },
        { trigger: ".o_statusbar_buttons button[name=action_done]", run: "click" },
        { trigger: ".o_form_view .alert:contains(Done)" },
    ],
});

function openOrder(ref) {
    return { trigger: `.o_data_row:contains("${ref}") td[name=service_number]`, run: "click" };
}

/** The customer gave up: the operator takes the order and refuses it with a reason. */
tours.add("order_service_operator_refuses", {
    url: "/odoo/service-orders",
    steps: () => [
        openOrder("T-REFUSAL"),
        { trigger: ".o_service_tasks button[name=action_take]", run: "click" },
        { trigger: ".o_service_tasks:not(:has(button[name=action_take]))" },
        { trigger: ".o_service_tasks button[name=action_fail]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason_id] label:contains(changed)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] input",
            run: "edit Bought it elsewhere",
        },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".alert:contains(Refused):contains(changed)" },
        { trigger: ".o_service_tasks:contains(Disassemble the order)" },
    ],
});

/** The administrator puts the goods of the refused order back. */
tours.add("order_service_storeadmin_disassembles", {
    url: "/odoo/service-store-tasks",
    steps: () => [
        {
            trigger: `${taskRow("Disassemble the order")}:contains(T-REFUSAL) button[name=action_done]`,
            run: "click",
        },
        { trigger: ".o_view_nocontent" },
    ],
});

/** Pick-up: the operator checks, and the form says who comes for the order. */
tours.add("order_service_operator_checks_pickup", {
    url: "/odoo/service-orders",
    steps: () => [
        openOrder("T-PICKUP"),
        { trigger: ".o_service_tasks button[name=action_done]", run: "click" },
        ...finishUnticked(),
        { trigger: ".o_service_step_here:contains(Assembly)" },
    ],
});

/** The administrator assembles, reads what to collect, hands out and reports. */
tours.add("order_service_storeadmin_hands_out", {
    url: "/odoo/service-store-tasks",
    steps: () => [
        ...assembleAsOrdered(),
        { trigger: `${taskRow("Hand out at the desk")} td[name=template_id]`, run: "click" },
        { trigger: ".o_form_view .alert:contains(Collect):contains(cash)" },
        { trigger: ".o_statusbar_buttons button[name=action_done]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_form_view .alert:contains(Done)" },
        { trigger: ".o_breadcrumb a:contains(Tasks of my store), .o_back_button", run: "click" },
        { trigger: `${taskRow("Report on the order")} button[name=action_done]`, run: "click" },
        { trigger: ".o_view_nocontent" },
    ],
});

/** A colleague has the task: taking it over names the colleague and asks. */
tours.add("order_service_manager_takes_over", {
    url: "/odoo/service-orders",
    steps: () => [
        openOrder("T-OVER"),
        { trigger: ".o_service_tasks:not(:has(button[name=action_done]))" },
        { trigger: ".o_service_tasks button:contains(Take over)", run: "click" },
        { trigger: ".modal:contains(T_Operator) button.btn-primary", run: "click" },
        { trigger: ".o_service_tasks button[name=action_done]" },
        { trigger: ".o_service_tasks:not(:has(button[name=action_take]))" },
    ],
});
