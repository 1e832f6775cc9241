import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
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

registry.category("views").add("order_service_calendar", {
    ...calendarView,
    Controller: ServiceCalendarController,
});
