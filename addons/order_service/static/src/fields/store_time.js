import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

function inStore(moment, zone) {
    return zone ? moment.setZone(zone) : moment;
}

/**
 * A moment by the clock of the store: hours alone if it is today there.
 *
 * @param {luxon.DateTime} moment
 * @param {string} [zone] name of the store's time zone
 * @param {luxon.DateTime} [now]
 */
export function storeTime(moment, zone, now = DateTime.now()) {
    const local = inStore(moment, zone);
    const today = inStore(now, zone).hasSame(local, "day");
    return local.toFormat(today ? "HH:mm" : "dd.MM HH:mm");
}

/** “21.11 12:00–14:00”: a stretch of time by the clock of the store. */
export function storeSlot(start, end, zone, now = DateTime.now()) {
    const from = storeTime(start, zone, now);
    if (!end) {
        return from;
    }
    const sameDay = inStore(start, zone).hasSame(inStore(end, zone), "day");
    const until = inStore(end, zone).toFormat(sameDay ? "HH:mm" : "dd.MM HH:mm");
    return `${from}–${until}`;
}

/** The distance of the store's clock from UTC: “UTC+10”. */
export function zoneText(moment, zone) {
    const offset = inStore(moment, zone).offset;
    const sign = offset < 0 ? "-" : "+";
    const hours = Math.floor(Math.abs(offset) / 60);
    const minutes = Math.abs(offset) % 60;
    return `UTC${sign}${hours}${minutes ? ":" + String(minutes).padStart(2, "0") : ""}`;
}

/** The moment in full, by the clock of the store and by one's own. */
export function storeTimeTitle(moment, zone) {
    const local = inStore(moment, zone);
    const own = moment.toLocal();
    const text = `${local.toFormat("dd.MM.yyyy HH:mm")} (${zoneText(moment, zone)})`;
    return local.offset === own.offset
        ? text
        : `${text} = ${own.toFormat("dd.MM HH:mm")} (${zoneText(own)})`;
}

/** A date and time shown by the clock of the order's store; never edited. */
export class ServiceStoreTime extends Component {
    static template = "order_service.ServiceStoreTime";
    static props = {
        ...standardFieldProps,
        tz: { type: String },
        until: { type: String, optional: true },
        zone: { type: Boolean, optional: true },
    };

    get moment() {
        return this.props.record.data[this.props.name];
    }

    get zone() {
        return this.props.record.data[this.props.tz] || undefined;
    }

    get text() {
        const end = this.props.until && this.props.record.data[this.props.until];
        return this.moment ? storeSlot(this.moment, end, this.zone) : "";
    }

    /** Told where asked, and in short wherever the store's clock is not one's own. */
    get zoneText() {
        if (!this.moment) {
            return "";
        }
        const text = zoneText(this.moment, this.zone);
        if (this.props.zone) {
            return `(${text})`;
        }
        const own = this.moment.toLocal().offset;
        return inStore(this.moment, this.zone).offset === own ? "" : text.replace("UTC", "");
    }

    get title() {
        return this.moment ? storeTimeTitle(this.moment, this.zone) : "";
    }
}

export const serviceStoreTime = {
    component: ServiceStoreTime,
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({
        tz: options.tz,
        until: options.until,
        zone: Boolean(options.zone),
    }),
};

registry.category("fields").add("service_store_time", serviceStoreTime);
