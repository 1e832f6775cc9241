import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { clickRecordButton } from "./record_button";

const STYLES = {
    primary: "btn-primary",
    secondary: "btn-secondary",
    success: "btn-success",
    warning: "btn-warning",
    danger: "btn-danger",
};

/**
 * Buttons that the route defines: `[{id, name, style}]`. A click calls the method
 * named in the options with the button's id and, if asked, the screen's version.
 */
export class ServiceButtons extends Component {
    static template = "order_service.ServiceButtons";
    static props = {
        ...standardFieldProps,
        method: { type: String },
        visit: { type: String, optional: true },
        large: { type: Boolean, optional: true },
    };

    get buttons() {
        return this.props.record.data[this.props.name] || [];
    }

    className(button) {
        return `btn ${STYLES[button.style] || "btn-secondary"} ${
            this.props.large ? "btn-lg" : ""
        }`;
    }

    async onClick(button) {
        const { record, method, visit } = this.props;
        const args = visit ? [button.id, record.data[visit]] : [button.id];
        const clickParams = { type: "object", name: method, args: JSON.stringify(args) };
        await clickRecordButton(this.env, record, clickParams);
    }
}

registry.category("fields").add("service_buttons", {
    component: ServiceButtons,
    supportedTypes: ["json"],
    isEmpty: () => false,
    extractProps: ({ options }) => ({
        method: options.method,
        visit: options.visit,
        large: Boolean(options.large),
    }),
});
