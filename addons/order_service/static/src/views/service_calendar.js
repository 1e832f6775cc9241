import { Domain } from "@web/core/domain";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { visitXML } from "@web/core/utils/xml";
import { CalendarArchParser } from "@web/views/calendar/calendar_arch_parser";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { calendarView } from "@web/views/calendar/calendar_view";
import { zoneText } from "@order_service/fields/store_time";

const { DateTime } = luxon;

/** A calendar that says by whose clock its hours run: stores may be in other zones. */
export class ServiceCalendarController extends CalendarController {
    static template = "order_service.ServiceCalendarController";

    get zoneNote() {
        return _t(
            "Hours of this calendar are by your own clock (%s), not by the store's.",
            zoneText(DateTime.local())
        );
    }
}

/** Filters beside the calendar are titled as the view says, not as the field. */
export class ServiceCalendarArchParser extends CalendarArchParser {
    parse(arch, models, modelName) {
        const info = super.parse(arch, models, modelName);
        visitXML(arch, (node) => {
            const filter = node.tagName === "field" && info.filtersInfo[node.getAttribute("name")];
            if (filter && node.hasAttribute("string")) {
                filter.label = node.getAttribute("string");
            }
        });
        return info;
    }
}

/** Opens on the first day on which something is still to end: today may be over. */
export class ComingCalendarModel extends CalendarModel {
    async load(params = {}) {
        const date = params.date || this.meta.date || (await this.firstDay(params));
        return super.load({ ...params, date });
    }

    /** Many stand side by side, at the hours they are of: their titles leave these out. */
    fetchRecords(data) {
        const { context } = this.meta;
        this.meta.context = { ...context, service_calendar: true };
        try {
            return super.fetchRecords(data);
        } finally {
            this.meta.context = context;
        }
    }

    async firstDay({ domain = [] }) {
        const { date_start, date_stop } = this.fieldMapping;
        const now = DateTime.local();
        const [first] = await this.orm.searchRead(
            this.resModel,
            Domain.and([domain, [[date_stop, ">", serializeDateTime(now)]]]).toList(),
            [date_start],
            { order: date_start, limit: 1 }
        );
        return (first ? deserializeDateTime(first[date_start]) : now).startOf("day");
    }
}

export const serviceCalendarView = {
    ...calendarView,
    ArchParser: ServiceCalendarArchParser,
    Controller: ServiceCalendarController,
};

registry.category("views").add("order_service_calendar", serviceCalendarView);
registry.category("views").add("order_service_coming_calendar", {
    ...serviceCalendarView,
    Model: ComingCalendarModel,
});
