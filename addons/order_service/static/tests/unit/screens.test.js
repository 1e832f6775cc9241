import { describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { Deferred, KeepLast } from "@web/core/utils/concurrency";
import { durationText } from "@order_service/fields/service_duration";
import { storeSlot, storeTime, storeTimeTitle, zoneText } from "@order_service/fields/store_time";
import { afterLoading, orderIdOf, shownRecords } from "@order_service/live/live_hook";

const { DateTime } = luxon;
const KHABAROVSK = "Asia/Vladivostok";
const KALININGRAD = "Europe/Kaliningrad";

function utc(text) {
    return DateTime.fromISO(text, { zone: "utc" });
}

describe.current.tags("headless");

describe("times are told by the clock of the store", () => {
    const now = utc("2026-03-02T01:00:00");

    test("hours alone if it is today there, the date too if it is not", () => {
        const moment = utc("2026-03-01T22:30:00");
        expect(storeTime(moment, KHABAROVSK, now)).toBe("08:30");
        expect(storeTime(moment, KALININGRAD, now)).toBe("00:30");
        expect(storeTime(utc("2026-03-01T20:30:00"), KALININGRAD, now)).toBe("01.03 22:30");
    });

    test("a slot names its day once", () => {
        const start = utc("2026-03-03T00:00:00");
        const end = utc("2026-03-03T02:00:00");
        expect(storeSlot(start, end, KHABAROVSK, now)).toBe("03.03 10:00–12:00");
        expect(storeSlot(start, false, KHABAROVSK, now)).toBe("03.03 10:00");
        const night = utc("2026-03-03T23:00:00");
        expect(storeSlot(start, night, KHABAROVSK, now)).toBe("03.03 10:00–04.03 09:00");
    });

    test("the distance from UTC is told, half hours too", () => {
        expect(zoneText(now, KHABAROVSK)).toBe("UTC+10");
        expect(zoneText(now, "Asia/Kolkata")).toBe("UTC+5:30");
        expect(zoneText(now, "America/New_York")).toBe("UTC-5");
        expect(storeTimeTitle(now, KHABAROVSK)).toMatch(/02\.03\.2026 11:00 \(UTC\+10\)/);
    });
});

test("time spent in a stage is told in the two units that matter", () => {
    allowTranslations();
    expect(String(durationText(35))).toBe("35 s");
    expect(String(durationText(12 * 60 + 59))).toBe("12 min");
    expect(String(durationText(3 * 3600 + 5 * 60))).toBe("3 h 05 min");
    expect(String(durationText(52 * 3600))).toBe("2 d 4 h");
});

describe("live screens", () => {
    test("a change heard during a load is looked at after it, and cancels none", async () => {
        const keepLast = new KeepLast();
        const loads = [];
        const model = {
            load: () => {
                loads.push(new Deferred());
                return keepLast.add(loads.at(-1));
            },
        };
        const whenLoaded = afterLoading(model);
        const mine = model.load();
        whenLoaded(() => model.load());
        whenLoaded(() => model.load());
        expect(loads).toHaveLength(1);
        loads[0].resolve();
        await mine;
        expect(loads).toHaveLength(2);
    });

    test("a record is known by its order", () => {
        expect(orderIdOf({ resModel: "sale.order", resId: 7, data: {} })).toBe(7);
        const task = { resModel: "order.service.task", resId: 1, data: { order_id: { id: 9 } } };
        expect(orderIdOf(task)).toBe(9);
        expect(orderIdOf({ ...task, data: {} })).toBe(false);
    });

    test("records of nested groups count as shown", () => {
        const group = (records) => ({ list: { records } });
        const root = { groups: [group([1, 2]), { list: { groups: [group([3])] } }] };
        expect(shownRecords(root)).toEqual([1, 2, 3]);
        expect(shownRecords({ records: [4] })).toEqual([4]);
    });
});
