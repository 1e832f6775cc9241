import { registry } from "@web/core/registry";

const line = (sku) => `.o_service_line[data-sku=${sku}]`;
const outcome = (sku, text) => ({
    trigger: `${line(sku)} .o_service_outcome:contains(${text})`,
});

/** One found by scan, one weighed, one short, one replaced, a key item lost. */
registry.category("web_tour.tours").add("order_service_assembly", {
    url: "/odoo/service-store-tasks",
    steps: () => [
        {
            trigger: ".o_data_row:contains(T-ASSEMBLY) button[name=action_service_assemble]",
            run: "click",
        },
        { trigger: ".o_service_marked:contains(0 / 6)" },
        { trigger: ".o_service_scan", run: "edit 2000000000046" },
        { trigger: ".o_service_scan", run: "press Enter" },
        outcome("BREAD", "Found"),
        { trigger: `${line("CUCUMBER")} input`, run: "edit 0,956" },
        { trigger: `${line("CUCUMBER")} .o_service_found`, run: "click" },
        outcome("CUCUMBER", "Found"),
        { trigger: `${line("MILK")} input`, run: "edit 1" },
        { trigger: `${line("MILK")} .o_service_found`, run: "click" },
        outcome("MILK", "Less than ordered"),
        { trigger: `${line("KVAS")} .o_service_missing`, run: "click" },
        { trigger: `${line("KVAS")} .o_service_reason:contains(the customer's choice)` },
        { trigger: `${line("KVAS")} .o_service_send`, run: "click" },
        outcome("KVAS", "Replaced"),
        { trigger: `${line("CAKE")} .o_service_missing`, run: "click" },
        outcome("CAKE", "Missing"),
        { trigger: `${line("CANDLE")} .o_service_comes_off:contains(Cake)` },
        { trigger: ".o_service_marked:contains(6 / 6)" },
        { trigger: `${line("CAKE")} .o_service_reset`, run: "click" },
        { trigger: `${line("CANDLE")} .o_service_hangs_on:contains(Cake)` },
        { trigger: `${line("CANDLE")} .o_service_found` },
        { trigger: `${line("CAKE")} .o_service_missing`, run: "click" },
        outcome("CANDLE", "Comes off"),
        // the checklist is left: one is asked, goes back and ticks it
        { trigger: ".o_service_finish", run: "click" },
        { trigger: ".modal-body:contains(Everything is packed)" },
        { trigger: ".modal-footer .btn-secondary", run: "click" },
        { trigger: ".o_service_checklist input:eq(0):not(:checked)", run: "click" },
        { trigger: ".o_service_checklist label:eq(0):contains(T_Storeadmin)" },
        { trigger: ".o_service_checklist input:eq(1):not(:checked)", run: "click" },
        { trigger: ".o_service_checklist label:eq(1):contains(T_Storeadmin)" },
        { trigger: ".o_service_checklist input:eq(2):not(:checked)", run: "click" },
        { trigger: ".o_service_checklist label:eq(2):contains(T_Storeadmin)" },
        // nothing is left to ask about
        { trigger: ".o_service_finish", run: "click" },
        // finishing writes sales and stock: a busy machine needs its time
        { trigger: ".o_service_closed", timeout: 60000 },
    ],
});

/** A card leads to the screen: an assembly is not done unseen. */
registry.category("web_tour.tours").add("order_service_assembly_card", {
    url: "/odoo/service-store-tasks?view_type=kanban",
    steps: () => [
        {
            trigger:
                ".o_kanban_record:not(:has(button[name=action_done])) button.btn-primary[name=action_service_assemble]",
            run: "click",
        },
        { trigger: ".o_service_marked:contains(0 / 2)" },
    ],
});
