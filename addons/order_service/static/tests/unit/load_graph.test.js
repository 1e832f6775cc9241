import { expect, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { checkDatasets, setupChartJsForTests } from "@web/../tests/views/graph/graph_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Load extends models.Model {
    _name = "order.service.slot.load";

    store = fields.Char();
    orders = fields.Integer();
    minutes = fields.Float({ string: "Work" });
    staff_minutes = fields.Float({ string: "Staff" });

    _records = [
        { id: 1, store: "ST01", orders: 1, minutes: 20, staff_minutes: 60 },
        { id: 2, store: "ST01", orders: 2, minutes: 30, staff_minutes: 60 },
        { id: 3, store: "ST02", orders: 5, minutes: 90, staff_minutes: 0 },
    ];
}

defineMailModels();
defineModels([Load]);
setupChartJsForTests();

function mountGraph(measure) {
    return mountView({
        type: "graph",
        resModel: "order.service.slot.load",
        arch: `<graph js_class="order_service_load_graph" stacked="0">
                <field name="store"/><field name="${measure}" type="measure"/>
            </graph>`,
    });
}

test("work has the people's minutes beside it, store by store", async () => {
    const view = await mountGraph("minutes");
    checkDatasets(view, ["label", "data"], [
        { label: "Work", data: [50, 90] },
        { label: "Staff", data: [120, 0] },
    ]);
});

test("any other figure stands alone", async () => {
    const view = await mountGraph("orders");
    checkDatasets(view, ["data"], { data: [3, 5] });
});
