import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate, mockTimeZone } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    models,
    mountView,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Store extends models.Model {
    _name = "stock.warehouse";

    name = fields.Char();

    _records = [{ id: 1, name: "ST01" }];
}

class Slot extends models.Model {
    _name = "order.service.slot";

    start = fields.Datetime();
    end = fields.Datetime();
    store_id = fields.Many2one({ relation: "stock.warehouse", string: "Warehouse" });

    _records = [
        { id: 1, start: "2026-03-02 08:00:00", end: "2026-03-02 10:00:00", store_id: 1 },
        { id: 2, start: "2026-03-04 08:00:00", end: "2026-03-04 10:00:00", store_id: 1 },
    ];
}

defineMailModels();
defineModels([Store, Slot]);
preloadBundle("web.fullcalendar_lib");
beforeEach(() => mockTimeZone(0));

const shownDay = (date) => `.fc-timegrid-col[data-date='${date}']`;

function mountCalendar(jsClass) {
    return mountView({
        type: "calendar",
        resModel: "order.service.slot",
        arch: `<calendar js_class="${jsClass}" date_start="start" date_stop="end" mode="day">
                   <field name="store_id" string="Store" filters="1" />
               </calendar>`,
    });
}

describe("a calendar of what is to come", () => {
    test("opens today as long as something of today is still to end", async () => {
        mockDate("2026-03-02 09:30:00");
        await mountCalendar("order_service_coming_calendar");
        expect(shownDay("2026-03-02")).toHaveCount(1);
    });

    test("opens on the next day with something once today is over", async () => {
        mockDate("2026-03-02 10:30:00");
        await mountCalendar("order_service_coming_calendar");
        expect(shownDay("2026-03-04")).toHaveCount(1);
    });

    test("opens today if nothing is to come", async () => {
        mockDate("2026-03-05 10:30:00");
        await mountCalendar("order_service_coming_calendar");
        expect(shownDay("2026-03-05")).toHaveCount(1);
    });
});

test("filters beside a calendar are titled as the view says", async () => {
    mockDate("2026-03-02 09:30:00");
    await mountCalendar("order_service_calendar");
    expect(".o_calendar_filter[data-name='store_id']").toHaveText(/Store/);
    expect(".o_calendar_filter[data-name='store_id']").not.toHaveText(/Warehouse/);
});
