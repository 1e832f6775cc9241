import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { storeTime, storeTimeTitle } from "@order_service/fields/store_time";

const { DateTime } = luxon;

/** The stage bar of an order: `[{name, state: passed | here | ahead, at}]`. */
export class ServiceProgress extends Component {
    static template = "order_service.ServiceProgress";
    static props = { ...standardFieldProps, tz: { type: String, optional: true } };

    get stages() {
        const zone = this.props.record.data[this.props.tz];
        return (this.props.record.data[this.props.name] || []).map((stage) => {
            const moment = stage.at && DateTime.fromISO(stage.at);
            return {
                ...stage,
                time: moment ? storeTime(moment, zone) : "",
                title: moment
                    ? `${stage.name}: ${storeTimeTitle(moment, zone)}`
                    : stage.name,
            };
        });
    }
}

registry.category("fields").add("service_progress", {
    component: ServiceProgress,
    supportedTypes: ["json"],
    isEmpty: () => false,
    extractProps: ({ options }) => ({ tz: options.tz }),
});
