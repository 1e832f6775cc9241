import { registry } from "@web/core/registry";

/** A manager tries a rule: who would get it, before anybody does. */
registry.category("web_tour.tours").add("partner_notifications_dry_run", {
    url: "/odoo/notification-rules",
    steps: () => [
        { trigger: ".o_data_cell:contains(Late payers)", run: "click" },
        { trigger: "button[name=action_dry_run]", run: "click" },
        { trigger: ".o_group_name:contains(Would get it)", run: "click" },
        { trigger: ".o_data_row:contains(Romashka)" },
        { trigger: ".o_group_name:contains(nobody has access)", run: "click" },
        { trigger: ".o_data_row:contains(Nobody in the portal)" },
    ],
});

/** After the rule has run: what was sent, and that so few companies tell nothing. */
registry.category("web_tour.tours").add("partner_notifications_figures", {
    url: "/odoo/notification-figures",
    steps: () => [
        { trigger: ".o_pivot tbody th:contains(Unpaid orders)" },
        { trigger: ".o_pivot thead th:contains(Read)" },
        { trigger: ".o_switch_view.o_graph", run: "click" },
        { trigger: ".o_graph_canvas_container canvas" },
        { trigger: "[data-menu-xmlid='partner_notifications.menu_figures']", run: "click" },
        {
            trigger: ".dropdown-item[data-menu-xmlid='partner_notifications.menu_effect']",
            run: "click",
        },
        { trigger: ".o_data_row:contains(too few) .o_data_cell[name=measure]", run: "click" },
        { trigger: ".o_field_widget[name=sentence]:contains(too few)" },
        { trigger: ".o_field_widget[name=chart]:contains(95 %)" },
    ],
});
