import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Seconds as words: “35 s”, “12 min”, “3 h 05 min”, “2 d 4 h”. */
export function durationText(seconds) {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (minutes < 1) {
        return _t("%s s", seconds);
    }
    if (hours < 1) {
        return _t("%s min", minutes);
    }
    if (hours < 24) {
        return _t("%(hours)s h %(minutes)s min", {
            hours,
            minutes: String(minutes % 60).padStart(2, "0"),
        });
    }
    return _t("%(days)s d %(hours)s h", {
        days: Math.floor(hours / 24),
        hours: hours % 24,
    });
}

export class ServiceDuration extends Component {
    static template = "order_service.ServiceDuration";
    static props = { ...standardFieldProps, seconds: { type: Number, optional: true } };
    static defaultProps = { seconds: 1 };

    get text() {
        const { name, record, seconds } = this.props;
        return durationText(Math.round((record.data[name] || 0) * seconds));
    }
}

registry.category("fields").add("service_duration", {
    component: ServiceDuration,
    supportedTypes: ["integer", "float"],
    extractProps: ({ options }) => ({ seconds: options.minutes ? 60 : 1 }),
    isEmpty: () => false,
});
